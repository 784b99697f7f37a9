"""What the pages ask of the provider, and what is wrong with it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode, urlsplit

CLIENT: Final = "rollbook-portal"
CALLBACK: Final = "/sign-in/callback"
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Unanswerable(Exception):
    """A request whose answer may be sent nowhere; says why, to the person in front of it."""


class Faulty(Exception):
    """A request whose sender is told what is wrong (RFC 6749, 4.1.2.1), by the address `answer`."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One who wants a code, and where the answer is to go."""

    client_id: str
    redirect_uri: str
    response_type: str
    state: str
    code_challenge: str
    code_challenge_method: str
    nonce: str

    @classmethod
    def read(cls, values: Mapping[str, str], portals: Collection[str]) -> Self:
        """The request in these parameters.

        Raises:
            Unanswerable: the client is a stranger, or the answer would go elsewhere than to a portal.
        """
        read = cls(**{name: values.get(name, "") for name in cls.__dataclass_fields__})
        if read.client_id != CLIENT:
            raise Unanswerable(f"The page that sent you here is not known: client_id is not {CLIENT}.")
        if read.redirect_uri not in {f"{portal}{CALLBACK}" for portal in portals}:
            raise Unanswerable(
                f"The page that sent you here is not of this Rollbook: redirect_uri is not its {CALLBACK}."
            )
        return read

    def check(self) -> None:
        """Check what is asked for.

        Raises:
            Faulty: something else than a code, without a state, or without a challenge by S256.
        """
        if self.response_type != "code":
            raise self._faulty("unsupported_response_type", "response_type must be code.")
        if not self.state:
            raise self._faulty("invalid_request", "state is missing.")
        if self.code_challenge_method != "S256" or not _CHALLENGE.fullmatch(self.code_challenge):
            raise self._faulty("invalid_request", "A code_challenge by code_challenge_method=S256 is needed.")

    @property
    def origin(self) -> str:
        """Where it comes from and its answer goes to."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    def answered(self, **answer: str) -> str:
        """The address that carries the answer."""
        return f"{self.redirect_uri}?{urlencode({**answer, 'state': self.state})}"

    def _faulty(self, error: str, description: str) -> Faulty:
        return Faulty(self.answered(error=error, error_description=description))
