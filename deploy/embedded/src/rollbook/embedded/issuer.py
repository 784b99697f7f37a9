"""The embedded mode's own issuer of tokens: one key in the data directory, its public half as a JWKS file."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import ECKey

from rollbook.embedded.data_directory import keep_secret

ISSUER: Final = "https://embedded.example.org"
AUDIENCE: Final = "rollbook"
VALID_SECONDS: Final = 12 * 3600


class Issuer:
    """Signs tokens (ES256) with the key of a data directory, which is made when it is first needed."""

    def __init__(self, data: Path) -> None:
        self._private, self._public = data / "issuer-key.json", data / "jwks.json"
        if not self._private.exists():
            self._make_key()
        self._key = ECKey.import_key(json.loads(self._private.read_text()))
        if not self._public.exists():
            self._public.write_text(json.dumps({"keys": [self._key.as_dict(private=False)]}))

    @property
    def jwks_url(self) -> str:
        """Where the web application reads the public key."""
        return self._public.resolve().as_uri()

    def token(self, district: str, roles: Sequence[str], name: str) -> str:
        """A token for a person of a district, good for twelve hours."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": name.lower().replace(" ", "."),
            "name": name,
            "district_id": district,
            "roles": list(roles),
            "iat": now,
            "exp": now + VALID_SECONDS,
        }
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)

    def _make_key(self) -> None:
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
        keep_secret(self._private, json.dumps(key.as_dict(private=True)))
