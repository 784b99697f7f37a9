"""What the upload service needs from outside: its own records of districts and uploads, and files."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from rollbook.common.object_store import Writer
from rollbook.upload.domain.district import District
from rollbook.upload.domain.states import Facts

USERS: Final = "users"
UNDO: Final = "undo"
EDIT: Final = "edit"


@dataclass(slots=True)
class Upload:
    """An upload, or what is told of like one: an `undo` of another, an `edit` of one record in the portal.

    `refusal`: problems and correctedHeader of a refused file.  `approval`: reason, by and at, of a held one.
    `undoes`, `undone_by`: the other upload, on either side of an undo.
    """

    upload_id: str
    district_id: str
    status: str
    kind: str
    file_name: str
    sub: str
    person_name: str
    uploaded_at: dt.datetime
    moved_at: dt.datetime
    sha256: str | None = None
    size_bytes: int | None = None
    rows: int | None = None
    reason: str = ""
    refusal: dict[str, Any] | None = None
    facts: Facts = field(default_factory=Facts)
    idempotency_key: str | None = None
    stalls: int = 0
    silent: int = 0
    approval: dict[str, Any] | None = None
    undoes: str | None = None
    undone_by: str | None = None


class FileStore(Protocol):
    """Objects by key.  Raises FileNotFoundError for one that is absent."""

    def writer(self, key: str, /) -> Writer:
        """Write an object in parts."""

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of an object."""

    def stream(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """An object, or so many bytes of it from `start`, in blocks."""

    def size(self, key: str) -> int:
        """An object's size in bytes."""

    def delete(self, *keys: str) -> None:
        """Remove objects."""


class Uploads(Protocol):
    """Districts and uploads, within one transaction."""

    def district(self, district_id: str, *, lock: bool = False) -> District | None:
        """A district, if it is known."""

    def districts(self, limit: int, after: str) -> list[District]:
        """Districts in the order of their IDs, after this one."""

    def save_district(self, new: District) -> None:
        """Create or replace a district."""

    def get(self, upload_id: str, *, lock: bool = False) -> Upload | None:
        """An upload, if it is known."""

    def by_key(self, district_id: str, idempotency_key: str) -> Upload | None:
        """The upload that a request with this key made."""

    def in_states(
        self, states: frozenset[str], district_id: str | None = None, *, lock: bool = True
    ) -> list[Upload]:
        """The uploads (of a district) in these states, locked.

        Of a district's not its undos: they stand behind the upload that they undo.
        """

    def listed(self, district_id: str, limit: int, after: tuple[dt.datetime, str] | None) -> list[Upload]:
        """A district's uploads, newest first, after the key (time, id)."""

    def save(self, one: Upload, *, new: bool = False) -> None:
        """Write an upload."""

    def add_chunk(self, upload_id: str, chunk: int, rows: int) -> bool:
        """Note a checked chunk; False where it was noted before."""

    def rows_done(self, upload_id: str) -> int:
        """Rows of the chunks checked so far."""

    def begin_incoming(self, upload_id: str, at: dt.datetime) -> None:
        """Note that objects are being written for an upload that is not there yet."""

    def end_incoming(self, upload_id: str) -> None:
        """They are an upload's now, or gone."""

    def abandoned(self, before: dt.datetime) -> list[str]:
        """Uploads whose file has been on its way since before this time."""


Looking = Callable[[], AbstractContextManager[Uploads]]
"""Gives the records to look at and not to change: never waits for a writer, and keeps none waiting."""
