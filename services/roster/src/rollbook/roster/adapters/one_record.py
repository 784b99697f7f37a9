"""Single records of a roster, and what an edit of one is held against, without reading the whole roster."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa

from rollbook.common.dictionary import names as n
from rollbook.roster.adapters.tables import COLUMNS, TABLES
from rollbook.roster.domain import records as r
from rollbook.roster.domain.comparison import UNIQUE


class SqlRecords:
    """The port `Records` on a connection whose transaction somebody else ends."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, record: str, district_id: str, key: str) -> dict[str, str] | None:
        """One school, person, class or student's demographics by ID."""
        (name,) = r.SHAPES[record].keys
        return next(iter(self._rows(record, district_id, _column(record, name) == key)), None)

    def around(self, district_id: str, person: Mapping[str, str]) -> r.Frames:
        """The district's schools, the person, and whoever else has one of the person's unique values."""
        alike = [_column(r.PERSON, name) == person[name] for name in (n.USER_ID, *UNIQUE) if person.get(name)]
        rows = {r.PERSON: self._rows(r.PERSON, district_id, sa.or_(sa.false(), *alike))}
        rows[r.SCHOOL] = self._rows(r.SCHOOL, district_id)
        return {
            record: pl.DataFrame(rows.get(record, []), schema=r.empty(record).schema) for record in r.SHAPES
        }

    def _rows(self, record: str, district_id: str, *where: Any) -> list[dict[str, str]]:
        labelled = [_column(record, name).label(name) for name in r.SHAPES[record].columns]
        query = sa.select(*labelled).where(TABLES[record].c.district_id == district_id, *where)
        return [dict(row) for row in self._connection.execute(query).mappings()]


def _column(record: str, name: str) -> sa.ColumnElement[Any]:
    return TABLES[record].c[COLUMNS[record][name]]
