"""A checkpoint of the chains that somebody has kept in a file."""

import json
from pathlib import Path

from rollbook.embedded.ops.place import Place
from rollbook.embedded.refusal import CannotRun
from rollbook.reports.adapters.checkpoints import SigningKey, verified
from rollbook.reports.domain.checkpoint import Checkpoint, NotACheckpoint


def checkpoint_of(place: Place, file: Path, keys: Path | None) -> Checkpoint:
    """The checkpoint in a file, its signature verified by the keys of a JWKS file or else by our own key.

    Raises:
        CannotRun: a file cannot be read, or holds something else, or is signed with another key.
    """
    text = _read(file)
    try:
        public = json.loads(_read(keys)) if keys else SigningKey.read(place.checkpoint_key()).public()
    except ValueError as error:
        raise CannotRun(f"the key that should verify {file} cannot be used: {error}.") from None
    try:
        return verified(text, public)
    except (NotACheckpoint, TypeError) as error:
        raise CannotRun(f"{file} is no checkpoint to rely on: {error}.") from None


def key_of(place: Place) -> SigningKey:
    """The key that signs checkpoints.

    Raises:
        CannotRun: it cannot be had, or is no such key.
    """
    try:
        return SigningKey.read(place.checkpoint_key())
    except ValueError as error:
        raise CannotRun(f"the key that signs checkpoints cannot be used: {error}.") from None


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
