"""The stored roster as rows of users.csv, some thousand at a time: the database sorts them."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.dictionary import DICTIONARY
from rollbook.common.dictionary import names as n
from rollbook.roster.adapters.tables import COLUMNS, class_, enrollment, person, school
from rollbook.roster.domain import records as r
from rollbook.roster.domain.roster_file import ROLES, Selection

PART_ROWS: Final = 20_000
_NAMES: Final = DICTIONARY["users"].names
_SCHEMA: Final = dict.fromkeys(_NAMES, pl.String())
_ORDER: Final = (n.SCHOOL_ID, n.USER_ID, n.CLASS_ID)


def roster_rows(engine: sa.Engine, district_id: str, selection: Selection) -> Iterator[pl.DataFrame]:
    """The selected people's rows, all columns of users.csv, in parts; at least one part, be it empty.

    All of them are of one moment.  The connection is given back at the end, or when nobody listens any more.
    """
    with reading(engine) as connection:
        streamed = connection.execution_options(stream_results=True, max_row_buffer=PART_ROWS)
        with streamed.execute(_query(district_id, selection)) as found:
            yield pl.DataFrame(schema=_SCHEMA)
            for part in found.partitions(PART_ROWS):
                yield pl.DataFrame([tuple(row) for row in part], schema=_SCHEMA, orient="row")


def _query(district_id: str, selection: Selection) -> Any:
    """One row per enrollment; and one without a class for whoever has none at their own school."""
    chosen = [person.c.active == "true", person.c.role.in_(ROLES[selection.kind])]
    if selection.user_ids:
        chosen.append(person.c.user_id.in_(selection.user_ids))
    mine = (enrollment.c.district_id == person.c.district_id) & (enrollment.c.user_id == person.c.user_id)
    its = (class_.c.district_id == enrollment.c.district_id) & (class_.c.class_id == enrollment.c.class_id)
    enrolled = _rows(
        person.join(enrollment, mine).join(class_, its), class_.c.school_id, r.PERSON, r.CLASS, r.ENROLLMENT
    )
    at_home = sa.exists().where(mine, its, class_.c.school_id == person.c.school_id)
    alone = _rows(person, person.c.school_id, r.PERSON).where(~at_home)
    if selection.school_id is not None:
        enrolled = enrolled.where(class_.c.school_id == selection.school_id)
        alone = alone.where(person.c.school_id == selection.school_id)
    both = [part.where(person.c.district_id == district_id, *chosen) for part in (enrolled, alone)]
    return sa.union_all(*both).order_by(*(sa.column(name) for name in _ORDER))


def _rows(people: Any, school_id: sa.Column[str], *records: str) -> Any:
    """The columns of users.csv of these records at a school, each under its own name, else blank."""
    columns: dict[str, sa.ColumnElement[Any]] = {n.SCHOOL_ID: school_id, n.SCHOOL_NAME: school.c.name}
    for record in records:
        for name, column in COLUMNS[record].items():
            columns.setdefault(name, _TABLES[record].c[column])
    there = (school.c.district_id == person.c.district_id) & (school.c.school_id == school_id)
    chosen = (
        sa.func.coalesce(columns[name], "").label(name) if name in columns else sa.literal("").label(name)
        for name in _NAMES
    )
    return sa.select(*chosen).select_from(people.outerjoin(school, there))


_TABLES: Final = {r.PERSON: person, r.CLASS: class_, r.ENROLLMENT: enrollment}
