"""The roster's tables; a column of a record is the same in the dictionary's words in `COLUMNS`."""

from typing import Final

import sqlalchemy as sa

from rollbook.common.database import NAMING, UtcDateTime
from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r

metadata = sa.MetaData(naming_convention=NAMING)
_HAS_EMAIL = sa.text("email <> ''")


# By their bytes, as everywhere else: it is one order in all databases, and an index takes a third of the time
# that it takes to ask the language of the server (a million enrollments: 2.9 s instead of 8.1 s).
_ID = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
_VALUE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, _ID, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _value(name: str) -> sa.Column[str]:
    """What records are found by."""
    return sa.Column(name, _VALUE, nullable=False, server_default="")


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer, nullable=False, server_default="1")


district = sa.Table(
    "district",
    metadata,
    _key("district_id"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("enrollment_source", sa.String(30), nullable=False),
    sa.Column("allow_school_creation", sa.Boolean, nullable=False),
    sa.Column("updated_percent", sa.Float, nullable=False),
    sa.Column("removed_percent", sa.Float, nullable=False),
    sa.Column("from_records", sa.Integer, nullable=False),
    sa.Column("school_limits", sa.JSON, nullable=False),  # the three of each school that has its own
    # Counts every change of the district's roster: a change set holds for the version it was made against.
    sa.Column("roster_version", sa.Integer, nullable=False, server_default="0"),
)

school = sa.Table("school", metadata, _key("district_id"), _key("school_id"), _text("name"), _version())

person = sa.Table(
    "person",
    metadata,
    _key("district_id"),
    _key("user_id"),
    _value("school_id"),
    _text("role"),
    _value("user_district_id"),
    _value("user_state_id"),
    _text("first_name"),
    _text("middle_name"),
    _text("last_name"),
    _value("email"),
    _text("grade"),
    sa.Column("active", sa.String(5), nullable=False, server_default="true"),
    _version(),
    # Shared with nobody, in whatever district: of two that store one address at a moment the second fails.
    sa.Index("uq_person_email", "email", unique=True, postgresql_where=_HAS_EMAIL, sqlite_where=_HAS_EMAIL),
)

class_ = sa.Table(
    "class_",
    metadata,
    _key("district_id"),
    _key("class_id"),
    _value("school_id"),
    _text("name"),
    _text("display_name"),
    _text("grade"),
    _version(),
)

enrollment = sa.Table(
    "enrollment",
    metadata,
    _key("district_id"),
    _key("user_id"),
    _key("class_id"),
    _text("primary_teacher"),
    _version(),
    sa.Index("ix_enrollment_class", "district_id", "class_id"),
)

_DEMOGRAPHICS: Final = {name: f"d_{name.lower()}" for name in r.SHAPES[r.DEMOGRAPHICS].fields}

demographics = sa.Table(
    "demographics",
    metadata,
    _key("district_id"),
    _key("user_id"),
    *(_text(column) for column in _DEMOGRAPHICS.values()),
    _version(),
)

change_set = sa.Table(
    "change_set",
    metadata,
    _key("upload_id"),
    sa.Column("district_id", sa.String(100), nullable=False, index=True),
    sa.Column("state", sa.String(10), nullable=False),  # planned, applied, forgotten
    sa.Column("kind", sa.String(20)),  # of records: users or demographics
    sa.Column("by_sub", sa.String(255)),  # who had it applied
    sa.Column("by_name", sa.String(255)),
    sa.Column("undoes", sa.String(100)),  # another change set
    # What was applied is another change set than the one shown: it was made anew.
    sa.Column("made_anew", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("people_indexed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("file", sa.JSON),  # the FileValidated event, for making the change set anew
    sa.Column("roster_version", sa.Integer),  # it was made against
    sa.Column("at", UtcDateTime, nullable=False),
)

# Whom a change set touches, for the history of a person.
touched = sa.Table("touched", metadata, _key("district_id"), _key("user_id"), _key("upload_id"))

TABLES: Final[dict[str, sa.Table]] = {
    r.SCHOOL: school,
    r.PERSON: person,
    r.CLASS: class_,
    r.ENROLLMENT: enrollment,
    r.DEMOGRAPHICS: demographics,
}

COLUMNS: Final[dict[str, dict[str, str]]] = {
    r.SCHOOL: {n.SCHOOL_ID: "school_id", n.SCHOOL_NAME: "name"},
    r.PERSON: {
        n.USER_ID: "user_id",
        n.SCHOOL_ID: "school_id",
        n.USER_ROLE: "role",
        n.USER_DISTRICT_ID: "user_district_id",
        n.USER_STATE_ID: "user_state_id",
        n.USER_FIRST_NAME: "first_name",
        n.USER_MIDDLE_NAME: "middle_name",
        n.USER_LAST_NAME: "last_name",
        n.USER_EMAIL: "email",
        n.USER_GRADE: "grade",
        r.ACTIVE: "active",
    },
    r.CLASS: {
        n.CLASS_ID: "class_id",
        n.SCHOOL_ID: "school_id",
        n.CLASS_NAME: "name",
        n.CLASS_DISPLAY_NAME: "display_name",
        n.CLASS_GRADE: "grade",
    },
    r.ENROLLMENT: {
        n.USER_ID: "user_id",
        n.CLASS_ID: "class_id",
        n.PRIMARY_TEACHER: "primary_teacher",
    },
    r.DEMOGRAPHICS: {n.USER_ID: "user_id", **_DEMOGRAPHICS},
}
"""The table's column of each column of a record."""
