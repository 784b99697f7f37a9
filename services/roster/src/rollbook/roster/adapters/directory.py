"""Looking people, schools and classes up, a page at a time."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.roster.adapters.one_record import SqlRecords
from rollbook.roster.adapters.roster_store import RosterStore
from rollbook.roster.adapters.tables import COLUMNS, TABLES, change_set, class_, enrollment, person
from rollbook.roster.domain import records as r
from rollbook.roster.domain.representation import person_kind, represented

_SEARCHED = {
    r.SCHOOL: (n.SCHOOL_ID, n.SCHOOL_NAME),
    r.PERSON: (n.USER_ID, n.USER_FIRST_NAME, n.USER_LAST_NAME, n.USER_EMAIL),
    r.CLASS: (n.CLASS_ID, n.CLASS_NAME, n.CLASS_DISPLAY_NAME),
}
_GRADE = {r.PERSON: n.USER_GRADE, r.CLASS: n.CLASS_GRADE}
_ROLES = {r.STUDENT: (users.STUDENT,), r.STAFF: users.STAFF}


class Directory:
    """Read-only views of the stored rosters."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(
        self, record: str, district_id: str, filters: Mapping[str, str], after: str, limit: int
    ) -> list[dict[str, Any]]:
        """Records by their ID, after one ID; `filters`: q, schoolId, grade, and kind of person."""
        table, columns = TABLES[record], COLUMNS[record]
        (key,) = r.SHAPES[record].keys
        query = sa.select(*_labelled(record)).where(
            table.c.district_id == district_id, table.c[columns[key]] > after
        )
        if record == r.PERSON:
            query = query.where(table.c.role.in_(_ROLES[filters["kind"]]))
        if text := filters.get("q"):
            query = query.where(
                sa.or_(
                    *(table.c[columns[name]].icontains(text, autoescape=True) for name in _SEARCHED[record])
                )
            )
        if (school_id := filters.get("schoolId")) is not None and n.SCHOOL_ID in columns:
            query = query.where(table.c[columns[n.SCHOOL_ID]] == school_id)
        if (grade := filters.get("grade")) is not None and record in _GRADE:
            grades = sa.literal(",") + table.c[columns[_GRADE[record]]] + ","
            query = query.where(grades.contains(f",{grade},", autoescape=True))
        return self._rows(query.order_by(table.c[columns[key]]).limit(limit))

    def get(self, kind: str, district_id: str, key: str) -> dict[str, Any] | None:
        """One staff member, student (with demographics), person of either kind ("") or class."""
        with reading(self._engine) as connection:
            records = SqlRecords(connection)
            if kind == r.CLASS:
                found = records.find(r.CLASS, district_id, key)
                return None if found is None else represented(found)
            person = records.find(r.PERSON, district_id, key)
            if person is None or kind not in {"", person_kind(person)}:
                return None
            return represented(person, records.find(r.DEMOGRAPHICS, district_id, key))

    def enrollments(
        self, district_id: str, class_id: str, after: str, limit: int
    ) -> list[dict[str, Any]] | None:
        """Who is in a class, by userId; None where there is no such class."""
        with reading(self._engine) as connection:
            same = (class_.c.district_id == district_id) & (class_.c.class_id == class_id)
            if connection.execute(sa.select(class_.c.class_id).where(same)).first() is None:
                return None
        query = (
            sa.select(
                enrollment.c.user_id.label(n.USER_ID),
                enrollment.c.class_id.label(n.CLASS_ID),
                enrollment.c.primary_teacher.label(n.PRIMARY_TEACHER),
                person.c.role.label(n.USER_ROLE),
                person.c.first_name.label(n.USER_FIRST_NAME),
                person.c.last_name.label(n.USER_LAST_NAME),
            )
            .join(
                person,
                (person.c.district_id == enrollment.c.district_id)
                & (person.c.user_id == enrollment.c.user_id),
            )
            .where(
                enrollment.c.district_id == district_id,
                enrollment.c.class_id == class_id,
                enrollment.c.user_id > after,
            )
        )
        return self._rows(query.order_by(enrollment.c.user_id).limit(limit))

    def state(self, district_id: str) -> r.Frames:
        """The whole roster of a district, as frames."""
        with reading(self._engine) as connection:
            return RosterStore(connection).state(district_id, (r.SCHOOL, r.PERSON, r.CLASS, r.ENROLLMENT))

    def change_set(self, district_id: str, upload_id: str) -> Any | None:
        """The row of a district's change set; None where there is none that can be looked at."""
        query = sa.select(change_set).where(
            change_set.c.kind.is_not(None),
            change_set.c.upload_id == upload_id,
            change_set.c.district_id == district_id,
        )
        with reading(self._engine) as connection:
            return connection.execute(query).one_or_none()

    def _rows(self, query: Any) -> list[dict[str, Any]]:
        with reading(self._engine) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _labelled(record: str) -> list[sa.ColumnElement[Any]]:
    table = TABLES[record]
    return [table.c[column].label(name) for name, column in COLUMNS[record].items()]
