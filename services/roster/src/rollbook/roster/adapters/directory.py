"""Looking single records up, who is in a class, and change sets."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.dictionary import names as n
from rollbook.roster.adapters.one_record import SqlRecords
from rollbook.roster.adapters.roster_rows import roster_rows
from rollbook.roster.adapters.tables import change_set, class_, enrollment, person
from rollbook.roster.domain import records as r
from rollbook.roster.domain.representation import person_kind, represented
from rollbook.roster.domain.roster_file import Selection


class Directory:
    """Read-only views of the stored rosters."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

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

    def roster_rows(self, district_id: str, selection: Selection) -> Iterator[pl.DataFrame]:
        """The roster as rows of users.csv, in parts."""
        return roster_rows(self._engine, district_id, selection)

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
