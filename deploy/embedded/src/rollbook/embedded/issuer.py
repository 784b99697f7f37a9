"""Who signs the tokens of a Rollbook that needs no identity provider of yours: one key, and what it signs."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from rollbook.embedded.data_directory import keep_secret
from rollbook.embedded.refusal import CannotRun

ISSUER: Final = "https://embedded.example.org"
AUDIENCE: Final = "rollbook"
VALID_SECONDS: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs (ES256) with its key, in the name `iss`."""

    key: ECKey
    iss: str = ISSUER

    @classmethod
    def made(cls, iss: str) -> Self:
        """An issuer with a new key, which is kept nowhere."""
        return cls(ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True), iss)

    @classmethod
    def kept_in(cls, data: Path) -> Self:
        """The issuer of a data directory.  Its key is made when first needed, and its public half written.

        Raises:
            CannotRun: what stands in the place of the key is none.
        """
        private, public = data / "issuer-key.json", data / "jwks.json"
        if not private.exists():
            keep_secret(private, json.dumps(cls.made(ISSUER).key.as_dict(private=True)))
        try:
            kept = cls(ECKey.import_key(json.loads(private.read_text())))
        except (ValueError, KeyError, TypeError, AttributeError, JoseError):
            raise CannotRun(
                f"{private} holds no key; put the right one back, or remove it: then a new one is made, "
                "and the tokens that there are end."
            ) from None
        if not public.exists():
            public.write_text(json.dumps(kept.public_keys()))
        return kept

    def public_keys(self) -> dict[str, Any]:
        """What proves its signatures, as a JWKS document."""
        return {"keys": [self.key.as_dict(private=False)]}

    def token(
        self,
        district: str,
        roles: Sequence[str] = ("system", "enrollment"),
        name: str = "Ada Example",
        valid_seconds: int = VALID_SECONDS,
        **claims: object,
    ) -> str:
        """A token for a person of a district; further claims replace or add to the usual ones."""
        now = int(time.time())
        usual = {
            "iss": self.iss,
            "aud": AUDIENCE,
            "sub": sub_of(name),
            "name": name,
            "district_id": district,
            "roles": list(roles),
            "iat": now,
            "exp": now + valid_seconds,
        }
        return self.signed(usual | claims)

    def signed(self, claims: Mapping[str, object]) -> str:
        """A token that says just this."""
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, dict(claims), self.key)


def jwks_url(data: Path) -> str:
    """Where the web application reads the public key of a data directory's issuer."""
    return (data / "jwks.json").resolve().as_uri()


def sub_of(name: str) -> str:
    """What a person of this name is known by."""
    return name.lower().replace(" ", ".")
