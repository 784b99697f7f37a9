"""What the handlers need of the stored roster."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import polars as pl
import sqlalchemy as sa

from rollbook.common.contracts.events import Person
from rollbook.roster.domain import records as r


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

    def emails_elsewhere(self, district_id: str, emails: pl.Series) -> pl.Series:
        """Which of the e-mails are stored in another district."""

    def apply(self, district_id: str, changes: r.Frames) -> None:
        """Write a change set."""

    def change_set(self, upload_id: str) -> Any | None:
        """Where an upload's change set stands, or None."""

    def put_change_set(
        self, upload_id: str, district_id: str, state: str, *, by: Person | None = None, **more: Any
    ) -> None:
        """Say where a change set stands, and who had it applied."""


OpenRoster = Callable[[sa.Connection], Roster]


class Directory(Protocol):
    """Read-only views of the stored rosters."""

    def find(
        self, record: str, district_id: str, filters: Mapping[str, str], after: str, limit: int
    ) -> list[dict[str, Any]]:
        """Records by their ID, after one ID."""

    def enrollments(
        self, district_id: str, class_id: str, after: str, limit: int
    ) -> list[dict[str, Any]] | None:
        """Who is in a class; None where there is no such class."""

    def state(self, district_id: str) -> r.Frames:
        """The whole roster of a district."""

    def kind_of_upload(self, district_id: str, upload_id: str) -> str | None:
        """The kind of a district's upload that was compared, or None."""
