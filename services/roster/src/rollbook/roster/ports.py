"""What the handlers need of the stored roster."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import polars as pl
import sqlalchemy as sa

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

    def put_change_set(self, upload_id: str, district_id: str, state: str, **more: Any) -> None:
        """Say where an upload's change set stands."""


OpenRoster = Callable[[sa.Connection], Roster]
