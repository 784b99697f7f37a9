"""The stored roster as rows of users.csv, some thousand at a time.

The database neither joins nor sorts, and hands no row over by itself: it took ten times as long.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl
import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.roster.adapters.record_frames import read_enrollments, read_records
from rollbook.roster.domain import records as r
from rollbook.roster.domain.roster_file import ROLES, SCHEMA, RosterFile, Selection

PART_ROWS: Final = 20_000


def roster_rows(engine: sa.Engine, district_id: str, selection: Selection) -> Iterator[pl.DataFrame]:
    """The selected people's rows, all columns of users.csv, in parts; the first of them is empty.

    All are of one moment: they are read before the first row is given, and the connection is given back.
    """
    yield pl.DataFrame(schema=SCHEMA)
    with reading(engine) as connection, connection.begin():
        file = _read(connection, district_id, selection)
    yield from file.parts(PART_ROWS)


def _read(connection: sa.Connection, district_id: str, selection: Selection) -> RosterFile:
    mine, roles, people = "district_id = ?", ROLES[selection.kind], selection.user_ids
    schools = () if selection.school_id is None else (selection.school_id,)
    in_classes, at_schools = "", _one_of("school_id", schools)
    if schools:
        in_classes = f" AND class_id IN (SELECT class_id FROM class_ WHERE {mine}{at_schools})"  # noqa: S608
    of_people = _one_of("user_id", people)
    active = f" AND active = 'true'{_one_of('role', roles)}"
    return RosterFile(
        read_records(connection, r.SCHOOL, mine, district_id),
        read_records(connection, r.PERSON, mine + active + of_people, district_id, *roles, *people),
        read_records(connection, r.CLASS, mine + at_schools, district_id, *schools),
        read_enrollments(
            connection,
            mine + of_people + in_classes,
            *(district_id, *people, *((district_id, *schools) if schools else ())),
        ),
        selection.school_id,
    )


def _one_of(column: str, values: Sequence[str]) -> str:
    return f" AND {column} IN ({', '.join('?' for _ in values)})" if values else ""
