"""What lists are searched and filtered by, held in memory as long as the district's roster stays the same.

No index of a database finds a piece of a name, and scanning 100,000 people for one took 0.2 to 0.7 s; one
more index on the tables would cost each load.  Reading the few columns takes as long once, and a search of
them then a few milliseconds.  The district's versions count every change, so what is held is never stale.
"""

import threading
from collections import OrderedDict
from typing import Final

import polars as pl
import sqlalchemy as sa

from rollbook.common.dictionary import names as n
from rollbook.roster.adapters import bulk
from rollbook.roster.adapters.tables import COLUMNS, TABLES, district
from rollbook.roster.domain import records as r
from rollbook.roster.domain.record_list import searchable

SEARCHED: Final = {
    r.SCHOOL: (n.SCHOOL_ID, n.SCHOOL_NAME),
    r.PERSON: (n.USER_ID, n.USER_FIRST_NAME, n.USER_MIDDLE_NAME, n.USER_LAST_NAME, n.USER_EMAIL),
    r.CLASS: (n.CLASS_ID, n.CLASS_NAME, n.CLASS_DISPLAY_NAME),
}
_FILTERED: Final = {
    r.SCHOOL: (n.SCHOOL_ID,),
    r.PERSON: (n.USER_ID, n.SCHOOL_ID, n.USER_ROLE, n.USER_GRADE, r.ACTIVE),
    r.CLASS: (n.CLASS_ID, n.SCHOOL_ID, n.CLASS_GRADE),
}
MOST_ROWS: Final = 500_000
"""Held of all districts together, some 100 bytes each; the one asked for last is always held."""


class ListIndex:
    """The records of districts, in short; kept are those asked for last."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str], tuple[tuple[int, int], pl.DataFrame]] = OrderedDict()

    def of(self, connection: sa.Connection, record: str, district_id: str) -> pl.DataFrame:
        """The records of one kind as `record_list` has them, as the connection sees them."""
        query = sa.select(district.c.version, district.c.roster_version)
        row = connection.execute(query.where(district.c.district_id == district_id)).one_or_none()
        if row is None:
            return _read(connection, record, district_id)
        key, version = (district_id, record), (row.version, row.roster_version)
        with self._lock:
            held = self._held.get(key)
            if held is not None and held[0] == version:
                self._held.move_to_end(key)
                return held[1]
        frame = _read(connection, record, district_id)
        with self._lock:
            self._held[key] = version, frame
            self._held.move_to_end(key)
            while len(self._held) > 1 and self._rows() > self._most_rows:
                self._held.popitem(last=False)
        return frame

    def _rows(self) -> int:
        return sum(frame.height for _, frame in self._held.values())


def _read(connection: sa.Connection, record: str, district_id: str) -> pl.DataFrame:
    wanted = dict.fromkeys((*_FILTERED[record], *SEARCHED[record]))
    columns = {name: COLUMNS[record][name] for name in wanted}
    query = bulk.Query(TABLES[record].name, columns, "district_id = ?", (district_id,))
    frame = bulk.read(connection, query)
    return searchable(frame, _FILTERED[record], SEARCHED[record])
