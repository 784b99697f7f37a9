"""The stored roster of a district: read whole as frames, written by differences."""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from rollbook.common.contracts.events import Person
from rollbook.common.dictionary import names as n
from rollbook.roster.adapters import bulk
from rollbook.roster.adapters.person_history import index_people
from rollbook.roster.adapters.record_frames import read_records
from rollbook.roster.adapters.tables import COLUMNS, TABLES, change_set, class_, district, school
from rollbook.roster.domain import change_set as changing
from rollbook.roster.domain import comparison
from rollbook.roster.domain import records as r
from rollbook.roster.domain.reidentification import BEFORE_ID, new_ids
from rollbook.roster.ports import EmailTaken

_PART_ROWS: Final = 100_000


@contextmanager
def _email_taken() -> Iterator[None]:
    """Say in our own words that the unique index of e-mail addresses refused one.

    The bulk statements go to the driver itself, so that its exceptions come as they are.
    """
    try:
        yield
    except Exception as error:
        text = str(error)
        if "uq_person_email" in text or "UNIQUE constraint failed: person.email" in text:
            raise EmailTaken from None
        raise


class RosterStore:
    """The tables of one service, within the transaction of a connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def district(self, district_id: str, *, lock: bool = False) -> Any | None:
        """The district's row, or None; locked until the transaction ends where the database can."""
        query = sa.select(district).where(district.c.district_id == district_id)
        return self._connection.execute(query.with_for_update() if lock else query).one_or_none()

    def put_district(
        self, district_id: str, values: dict[str, Any], schools: Iterable[tuple[str, str]]
    ) -> bool:
        """Take in a district as support entered it; False where a newer version stands here already."""
        known = self.district(district_id, lock=True)
        if known is not None and known.version >= values["version"]:
            return False
        if known is None:
            self._connection.execute(sa.insert(district).values(district_id=district_id, **values))
        else:
            changed = {**values, "roster_version": known.roster_version + 1}
            self._connection.execute(
                sa.update(district).where(district.c.district_id == district_id).values(changed)
            )
        query = sa.select(school.c.school_id, school.c.name).where(school.c.district_id == district_id)
        stored = {row.school_id: row.name for row in self._connection.execute(query)}
        for school_id, name in dict(schools).items():  # one ID may stand there twice until it is mended
            if school_id not in stored:
                new = {"district_id": district_id, "school_id": school_id, "name": name}
                self._connection.execute(sa.insert(school).values(new))
            elif stored[school_id] != name:
                same = (school.c.district_id == district_id) & (school.c.school_id == school_id)
                named = {"name": name, "version": school.c.version + 1}
                self._connection.execute(sa.update(school).where(same).values(named))
        return True

    def state(self, district_id: str, records: Iterable[str] = tuple(r.SHAPES)) -> r.Frames:
        """The stored records of a district; those not asked for are empty frames."""
        wanted = set(records)
        return {
            record: read_records(self._connection, record, "district_id = ?", district_id)
            if record in wanted
            else r.empty(record)
            for record in r.SHAPES
        }

    def state_about(self, district_id: str, people: pl.DataFrame, class_ids: pl.Series) -> r.Frames:
        """The stored records that matter for a file about these people and classes.

        Those are the people and whoever has an ID or e-mail address like theirs, the classes, everybody's
        enrollments in them, and the people's enrollments and classes elsewhere.
        """
        sent = people.select(
            pl.col(name).alias(COLUMNS[r.PERSON][name]) for name in (n.USER_ID, *comparison.UNIQUE)
        )
        classes = pl.DataFrame({"class_id": class_ids}, schema={"class_id": pl.String()})
        with (
            bulk.staged(self._connection, sent, "sent_people"),
            bulk.staged(self._connection, classes, "sent_classes"),
        ):
            return r.no_state() | {
                record: read_records(self._connection, record, where, *[district_id] * where.count("?"))
                for record, where in _ABOUT.items()
            }

    def stored_counts(self, district_id: str, records: Iterable[str]) -> pl.DataFrame:
        """How many records are stored: recordType, school, stored; who has left is not counted."""
        schema = {"recordType": pl.String(), "school": pl.String(), "stored": pl.Int64()}
        counted = pl.DataFrame(schema=schema)
        for record in records:
            rows = self._connection.execute(_counting(record, district_id)).all()
            counted.vstack(
                pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row"), in_place=True
            )
        return counted

    def emails_elsewhere(self, district_id: str, emails: pl.Series) -> pl.Series:
        """Which of the e-mails are stored in another district."""
        others = sa.select(district.c.district_id).where(district.c.district_id != district_id)
        if emails.is_empty() or self._connection.execute(others.limit(1)).first() is None:
            return emails.clear()
        with bulk.staged(self._connection, pl.DataFrame({"email": emails}), "sent_emails"):
            # Without the last condition the partial index would not serve.
            where = "district_id <> ? AND email IN (SELECT email FROM sent_emails) AND email <> ''"
            query = bulk.Query("person", {n.USER_EMAIL: "email"}, where, (district_id,))
            found = bulk.read_plain(self._connection, query)
            return found[n.USER_EMAIL].unique()

    def apply(self, district_id: str, changes: r.Frames) -> None:
        """Write the differences and count the roster's version up; an empty change set writes nothing.

        Raises EmailTaken, having written nothing, where another district has stored an address just now.
        """
        if all(frame.is_empty() for frame in changes.values()):
            return
        with _email_taken(), self._connection.begin_nested():
            if r.PERSON in changes:
                self.rename_people(district_id, new_ids(changes[r.PERSON]))
            for record, frame in changes.items():
                self._apply(record, district_id, frame)
        self._connection.execute(
            sa.update(district)
            .where(district.c.district_id == district_id)
            .values(roster_version=district.c.roster_version + 1)
        )

    def rename_people(self, district_id: str, new_ids: pl.DataFrame) -> None:
        """Give people, with all that is theirs, a new ID: userId, and `before.userId`."""
        if new_ids.is_empty():
            return
        renamed = new_ids.select(pl.col(n.USER_ID).alias("new_id"), pl.col(BEFORE_ID).alias("old_id"))
        with bulk.staged(self._connection, renamed, "renamed_people"):
            for record in (r.PERSON, r.ENROLLMENT, r.DEMOGRAPHICS):
                table = TABLES[record]
                old_id = f"renamed_people.old_id = {table.name}.user_id"
                new = sa.text(f"(SELECT new_id FROM renamed_people WHERE {old_id})")  # noqa: S608
                mine = sa.text("user_id IN (SELECT old_id FROM renamed_people)")
                self._connection.execute(
                    sa.update(table)
                    .where(table.c.district_id == district_id, mine)
                    .values(user_id=new, version=table.c.version + 1)
                )

    def _apply(self, record: str, district_id: str, changes: pl.DataFrame) -> None:
        """What goes first, then what is updated, then what comes, for it may have what another one gave up.

        Part by part: what is made of the frame on its way is never as large as the frame.
        """
        shape, columns, table = r.SHAPES[record], COLUMNS[record], TABLES[record].name
        keys = ["district_id", *(columns[name] for name in shape.keys)]
        for change in (changing.REMOVED, changing.UPDATED, changing.CREATED):
            for part in changes.iter_slices(_PART_ROWS):
                rows = part.filter(pl.col("change") == change).select(
                    pl.lit(district_id).alias("district_id"),
                    *(pl.col(name).alias(columns[name]) for name in shape.columns),
                )
                if change == changing.CREATED:
                    bulk.insert(self._connection, table, rows)
                elif change == changing.UPDATED:
                    bulk.update(self._connection, table, keys, rows)
                else:
                    self._remove(record, table, keys, rows)

    def _remove(self, record: str, table: str, keys: list[str], rows: pl.DataFrame) -> None:
        if record == r.PERSON:  # who leaves is kept, inactive; a person of whom nothing is left never was
            active = pl.col(COLUMNS[record][r.ACTIVE])
            bulk.update(self._connection, table, keys, rows.filter(active != ""))
            rows = rows.filter(active == "")
        bulk.delete(self._connection, table, keys, rows)

    def change_set(self, upload_id: str) -> Any | None:
        """The row of an upload's change set, or None."""
        query = sa.select(change_set).where(change_set.c.upload_id == upload_id)
        return self._connection.execute(query).one_or_none()

    def note_applied(
        self, upload_id: str, district_id: str, changes: r.Frames, by: Person, **more: Any
    ) -> None:
        """Say that a change set is applied, by whom, and whom it touches."""
        indexed = index_people(self._connection, district_id, upload_id, changes)
        self.put_change_set(upload_id, district_id, "applied", by=by, people_indexed=indexed, **more)

    def put_change_set(
        self, upload_id: str, district_id: str, state: str, *, by: Person | None = None, **more: Any
    ) -> None:
        """Say where a change set stands (planned, applied or forgotten) and who had it applied."""
        values = {"state": state, "at": dt.datetime.now(dt.UTC), **more}
        if by is not None:
            values |= {"by_sub": by.sub[:255], "by_name": by.name[:255]}
        same = change_set.c.upload_id == upload_id
        if self._connection.execute(sa.update(change_set).where(same).values(values)).rowcount == 0:
            new = {"upload_id": upload_id, "district_id": district_id, **values}
            self._connection.execute(sa.insert(change_set).values(new))


_SAME_VALUE = "{0} IN (SELECT {0} FROM sent_people WHERE {0} <> '')"
_ALIKE = (
    "ltrim(user_id, '0') IN (SELECT ltrim(user_id, '0') FROM sent_people)",
    *(_SAME_VALUE.format(COLUMNS[r.PERSON][name]) for name in comparison.UNIQUE),
)
_OF_PEOPLE = "FROM enrollment WHERE district_id = ? AND user_id IN (SELECT user_id FROM sent_people)"
_OF_CLASSES = "FROM enrollment WHERE district_id = ? AND class_id IN (SELECT class_id FROM sent_classes)"
_PEOPLE = (
    "SELECT user_id FROM sent_people",
    f"SELECT user_id FROM person WHERE district_id = ? AND ({' OR '.join(_ALIKE)})",  # noqa: S608
    f"SELECT user_id {_OF_CLASSES}",
)
_CLASSES = ("SELECT class_id FROM sent_classes", f"SELECT class_id {_OF_PEOPLE}")
_ENROLLMENTS = (f"SELECT user_id, class_id {_OF_PEOPLE}", f"SELECT user_id, class_id {_OF_CLASSES}")
_ABOUT = {
    r.SCHOOL: "district_id = ?",
    r.PERSON: f"district_id = ? AND user_id IN ({' UNION '.join(_PEOPLE)})",
    r.CLASS: f"district_id = ? AND class_id IN ({' UNION '.join(_CLASSES)})",
    r.ENROLLMENT: f"district_id = ? AND (user_id, class_id) IN ({' UNION '.join(_ENROLLMENTS)})",
}
"""What of the stored records matters for a file, by the temporary tables of its people and classes.

The IDs are found first, each kind through an index, and none of the questions is asked of each stored record
in turn: a district of a million enrollments would be searched once for each of its people.
"""


def _counting(record: str, district_id: str) -> sa.Select[Any]:
    table = TABLES[record]
    kind: Any = sa.literal(record)
    place: Any = sa.literal("")
    query = sa.select(kind, place, sa.func.count())
    if record == r.PERSON:
        kind = sa.case((table.c.role == r.STUDENT, r.STUDENT), else_=r.STAFF)
        query = sa.select(kind, table.c.school_id, sa.func.count()).where(table.c.active == "true")
        query = query.group_by(kind, table.c.school_id)
    elif record == r.ENROLLMENT:
        in_class = (class_.c.district_id == table.c.district_id) & (class_.c.class_id == table.c.class_id)
        query = sa.select(kind, class_.c.school_id, sa.func.count()).select_from(table.join(class_, in_class))
        query = query.group_by(class_.c.school_id)
    elif record in {r.SCHOOL, r.CLASS}:
        query = sa.select(kind, table.c.school_id, sa.func.count()).group_by(table.c.school_id)
    else:
        query = query.select_from(table)
    return query.where(table.c.district_id == district_id)
