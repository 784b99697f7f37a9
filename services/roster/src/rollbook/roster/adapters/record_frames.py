"""Stored records as frames with the columns of `domain.records`."""

from collections.abc import Iterator

import polars as pl
import sqlalchemy as sa

from rollbook.roster.adapters import bulk
from rollbook.roster.adapters.tables import COLUMNS, TABLES
from rollbook.roster.domain import records as r


def read_records(connection: sa.Connection, record: str, where: str, *values: str) -> pl.DataFrame:
    """The records for which `where` is true; `?` in it stands for a value."""
    # A school's name may hold any character; what comes from files holds no control character.
    read = bulk.read if record == r.SCHOOL else bulk.read_plain
    return read(connection, _of(record, where, values))


def read_enrollments(connection: sa.Connection, where: str, *values: str) -> Iterator[pl.DataFrame]:
    """The enrollments for which `where` is true, some ten thousand at a time and in no order."""
    return bulk.read_plain_parts(connection, _of(r.ENROLLMENT, where, values))


def _of(record: str, where: str, values: tuple[str, ...]) -> bulk.Query:
    columns = {name: COLUMNS[record][name] for name in r.SHAPES[record].columns}
    return bulk.Query(TABLES[record].name, columns, where, values)
