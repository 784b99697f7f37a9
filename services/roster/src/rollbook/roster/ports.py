"""What the handlers need of the stored roster."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import polars as pl
import sqlalchemy as sa

from rollbook.common.contracts.events import Person
from rollbook.roster.domain import records as r
from rollbook.roster.domain.record_list import Found, Wanted
from rollbook.roster.domain.roster_file import Selection


class Roster(Protocol):
    """The stored roster, within one transaction."""

    def district(self, district_id: str, *, lock: bool = False) -> Any | None:
        """The district's row, or None; locked until the transaction ends."""

    def put_district(
        self, district_id: str, values: dict[str, Any], schools: Iterable[tuple[str, str]]
    ) -> bool:
        """Take in a district; False where a newer version is known."""

    def state(self, district_id: str, records: Iterable[str] = ...) -> r.Frames:
        """The stored records of a district."""

    def state_about(self, district_id: str, people: pl.DataFrame, class_ids: pl.Series) -> r.Frames:
        """The stored records that matter for a file about these people (`domain.sent`) and classes."""

    def stored_counts(self, district_id: str, records: Iterable[str]) -> pl.DataFrame:
        """How many records are stored: recordType, school, stored; who has left is not counted."""

    def emails_elsewhere(self, district_id: str, emails: pl.Series) -> pl.Series:
        """Which of the e-mails are stored in another district."""

    def apply(self, district_id: str, changes: r.Frames) -> None:
        """Write a change set, all of it or, where EmailTaken is raised, nothing."""

    def rename_people(self, district_id: str, new_ids: pl.DataFrame) -> None:
        """Give people, with all that is theirs, a new ID: userId, and `before.userId`."""

    def change_set(self, upload_id: str) -> Any | None:
        """Where an upload's change set stands, or None."""

    def note_applied(
        self, upload_id: str, district_id: str, changes: r.Frames, by: Person, **more: Any
    ) -> None:
        """Say that a change set is applied, by whom, and whom it touches."""

    def put_change_set(
        self, upload_id: str, district_id: str, state: str, *, by: Person | None = None, **more: Any
    ) -> None:
        """Say where a change set stands, and who had it applied."""


PLANNED, APPLIED, FORGOTTEN = "planned", "applied", "forgotten"
"""Where a change set stands."""

LOOKS = 5
"""How often it is looked again after EmailTaken, before the whole is tried again later."""


class EmailTaken(Exception):
    """An e-mail address was stored in another district while this transaction was under way.

    Nothing of the change set was written; who looks again sees the address.
    """


class Records(Protocol):
    """Single records of a roster, within one transaction."""

    def find(self, record: str, district_id: str, key: str) -> dict[str, str] | None:
        """One school, person, class or student's demographics by ID."""

    def around(self, district_id: str, person: Mapping[str, str]) -> r.Frames:
        """The district's schools, the person, and whoever else has one of the person's unique values."""


OpenRoster = Callable[[sa.Connection], Roster]
OpenRecords = Callable[[sa.Connection], Records]


class PersonHistory(Protocol):
    """What happened to people."""

    def entries(self, district_id: str, user_id: str) -> Iterator[dict[str, Any]]:
        """Every change of the person, of their enrollments and demographics, the newest change set first."""


class RecordLists(Protocol):
    """Lists of the stored records."""

    def page(self, record: str, district_id: str, wanted: Wanted, after: str, limit: int) -> Found:
        """Schools, people or classes by their ID, after one ID.

        All have the name of their school; a class also the number of its `students`, and its `teachers`.
        """


class Directory(Protocol):
    """Read-only views of the stored rosters."""

    def get(self, kind: str, district_id: str, key: str) -> dict[str, Any] | None:
        """One staff member, student (with demographics), person of either kind ("") or class."""

    def enrollments(
        self, district_id: str, class_id: str, after: str, limit: int
    ) -> list[dict[str, Any]] | None:
        """Who is in a class; None where there is no such class."""

    def roster_rows(self, district_id: str, selection: Selection) -> Iterator[pl.DataFrame]:
        """The roster as rows of users.csv, in order and in parts; the first of them has the columns."""

    def change_set(self, district_id: str, upload_id: str) -> Any | None:
        """The row of a district's change set; None where there is none that can be looked at."""
