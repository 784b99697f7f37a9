"""Lists of schools, staff, students and classes, with what a page shows beside each record."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.roster.adapters.list_index import ListIndex
from rollbook.roster.adapters.tables import COLUMNS, TABLES, enrollment, person, school
from rollbook.roster.domain import records as r
from rollbook.roster.domain.record_list import Found, Wanted, matching


class SqlRecordLists:
    """The port `RecordLists`: which records there are tells the index, what they are the database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine, self._index = engine, ListIndex()

    def page(self, record: str, district_id: str, wanted: Wanted, after: str, limit: int) -> Found:
        """Records by their ID, after one ID."""
        with reading(self._engine) as connection:
            found = matching(self._index.of(connection, record, district_id), wanted)
            first = found.search_sorted(after, side="right") if after else 0
            keys = found.slice(first, limit).to_list()
            items = _records(connection, record, district_id, keys)
            if record == r.CLASS:
                people = self._index.of(connection, r.PERSON, district_id)
                for class_id, more in _people(connection, district_id, list(items), people).items():
                    items[class_id] |= more
            return Found([items[key] for key in keys if key in items], found.len())


def _records(
    connection: sa.Connection, record: str, district_id: str, keys: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Some records by their ID, those that belong to a school with its name."""
    table, (key,) = TABLES[record], r.SHAPES[record].keys
    columns = [table.c[column].label(name) for name, column in COLUMNS[record].items()]
    query = sa.select(*columns)
    if record != r.SCHOOL:
        its_school = (school.c.district_id == table.c.district_id) & (school.c.school_id == table.c.school_id)
        query = sa.select(*columns, sa.func.coalesce(school.c.name, "").label(n.SCHOOL_NAME))
        query = query.join(school, its_school, isouter=True)
    column = table.c[COLUMNS[record][key]]
    rows = connection.execute(query.where(table.c.district_id == district_id, column.in_(keys)))
    return {row[key]: dict(row) for row in rows.mappings()}


def _people(
    connection: sa.Connection, district_id: str, class_ids: list[str], people: pl.DataFrame
) -> dict[str, dict[str, Any]]:
    """The number of students and the teachers of some classes, primary teachers first.

    Who is a student the index knows: a join in the database looked at every person of the district.
    """
    query = sa.select(enrollment.c.class_id, enrollment.c.user_id, enrollment.c.primary_teacher).where(
        enrollment.c.district_id == district_id, enrollment.c.class_id.in_(class_ids)
    )
    schema = {n.CLASS_ID: pl.String, n.USER_ID: pl.String, n.PRIMARY_TEACHER: pl.String}
    enrolled = pl.DataFrame(
        [tuple(row) for row in connection.execute(query)], schema=schema, orient="row"
    ).join(people.select(n.USER_ID, pl.col(n.USER_ROLE).cast(pl.String)), on=n.USER_ID)
    is_student = pl.col(n.USER_ROLE) == users.STUDENT
    students = dict(enrolled.filter(is_student).group_by(n.CLASS_ID).len().rows())
    found: dict[str, dict[str, Any]] = {
        one: {"students": students.get(one, 0), "teachers": []} for one in class_ids
    }
    teaching = enrolled.filter(~is_student).sort(pl.col(n.PRIMARY_TEACHER) != "true", n.USER_ID)
    names = _names(connection, district_id, teaching[n.USER_ID].unique().to_list())
    for class_id, user_id, primary, _ in teaching.rows():
        found[class_id]["teachers"].append(names[user_id] | {n.PRIMARY_TEACHER: primary})
    return found


def _names(connection: sa.Connection, district_id: str, user_ids: list[str]) -> dict[str, dict[str, str]]:
    query = sa.select(
        person.c.user_id.label(n.USER_ID),
        person.c.first_name.label(n.USER_FIRST_NAME),
        person.c.last_name.label(n.USER_LAST_NAME),
    ).where(person.c.district_id == district_id, person.c.user_id.in_(user_ids))
    return {row[n.USER_ID]: dict(row) for row in connection.execute(query).mappings()}
