"""Authorization codes: what stands between choosing a person and holding a token."""

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from rollbook.embedded.sign_in.people import DemoPerson

LIVES_SECONDS: Final = 60.0
MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for: the person, and the request that it answers."""

    person: DemoPerson
    client_id: str
    redirect_uri: str
    code_challenge: str
    nonce: str

    def belongs_to(self, client_id: str, redirect_uri: str, code_verifier: str) -> bool:
        """Whether this caller made the request: only the maker of the challenge knows the verifier."""
        digest = hashlib.sha256(code_verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=")
        return (client_id, redirect_uri) == (self.client_id, self.redirect_uri) and hmac.compare_digest(
            challenge, self.code_challenge.encode()
        )


@dataclass(slots=True)
class Codes:
    """The codes that are out: each good once, for a minute.  Beyond some hundred the oldest is forgotten."""

    now: Callable[[], float] = time.monotonic
    _grants: dict[str, tuple[float, Grant]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, grant: Grant) -> str:
        """A code for this grant."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._grants) >= MOST_AT_ONCE:
                del self._grants[next(iter(self._grants))]
            self._grants[code] = (self.now() + LIVES_SECONDS, grant)
        return code

    def redeem(self, code: str) -> Grant | None:
        """What the code stood for; None where it was never given, was used before, or is too old."""
        with self._lock:
            until, grant = self._grants.pop(code, (0.0, None))
        return grant if self.now() < until else None
