"""Checkpoints signed with Ed25519, as compact JWS: one line of text that any JOSE library can verify."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Final, Self

import sqlalchemy as sa
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from rollbook.common.database import reading
from rollbook.reports.adapters.tables import chain_head
from rollbook.reports.domain.checkpoint import Checkpoint, NotACheckpoint

ALGORITHM: Final = "Ed25519"
_TYPE: Final = "rollbook-checkpoint"


class SigningKey:
    """The private key with which checkpoints are signed."""

    def __init__(self, key: OKPKey) -> None:
        key.ensure_kid()
        self._key = key

    @classmethod
    def read(cls, text: str) -> Self:
        """The key in a text, a JWK or PEM.  Raises ValueError where it is no private Ed25519 key."""
        try:
            key = OKPKey.import_key(json.loads(text) if text.lstrip().startswith("{") else text)
        except (JoseError, TypeError, KeyError) as error:
            raise ValueError(str(error)) from None
        if key.curve_name != "Ed25519" or not key.is_private:
            raise ValueError("it is no private Ed25519 key")
        return cls(key)

    @staticmethod
    def made() -> str:
        """A new private key, as the text of a JWK."""
        key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        return json.dumps(key.as_dict(private=True))

    def public(self) -> dict[str, Any]:
        """The public half as a JWKS: what is needed to verify."""
        return {"keys": [self._key.as_dict(private=False)]}

    def sign(self, checkpoint: Checkpoint) -> str:
        """The checkpoint as one line of signed text."""
        header = {"alg": ALGORITHM, "typ": _TYPE, "kid": self._key.kid}
        return jws.serialize_compact(header, checkpoint.to_json(), self._key, algorithms=[ALGORITHM])


class CheckpointSigner:
    """Signs where the chains stand now."""

    def __init__(self, engine: sa.Engine, key: SigningKey) -> None:
        self._engine, self._key = engine, key

    def public(self) -> dict[str, Any]:
        """The JWKS with which its checkpoints are verified."""
        return self._key.public()

    def sign(self, districts: Sequence[str] | None = None) -> str:
        """A signed checkpoint of the chains of these districts; None: of all."""
        heads = sa.select(chain_head)
        if districts is not None:
            heads = heads.where(chain_head.c.district_id.in_(districts))
        with reading(self._engine) as connection:
            found = {row.district_id: (row.position, row.hash) for row in connection.execute(heads)}
        return self._key.sign(Checkpoint(dt.datetime.now(dt.UTC), found))


def verified(text: str, public_keys: dict[str, Any]) -> Checkpoint:
    """The checkpoint in a signed text; `public_keys` is a JWKS.

    Raises:
        NotACheckpoint: the text is none, was altered, or is signed with another key.
    """
    try:
        keys = KeySet([OKPKey.import_key(key) for key in public_keys["keys"]])
        signed = jws.deserialize_compact(text.strip(), keys, algorithms=[ALGORITHM])
    except (JoseError, ValueError, KeyError):
        raise NotACheckpoint("it is damaged, or not signed with this key") from None
    return Checkpoint.from_json((signed.payload or b"").decode())
