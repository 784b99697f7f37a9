"""The records of a roster as frames: which columns identify each, and which fields a file changes."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.dictionary import DICTIONARY, names

SCHOOL: Final = "school"
PERSON: Final = "person"
CLASS: Final = "class"
ENROLLMENT: Final = "enrollment"
DEMOGRAPHICS: Final = "demographics"
STAFF: Final = "staff"
STUDENT: Final = "student"

USERS: Final = (SCHOOL, PERSON, CLASS, ENROLLMENT)
"""What users.csv is about."""

ACTIVE: Final = "active"
"""`true`, or `false` once a person has left."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A record's identifying columns and its other fields, all String."""

    keys: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Keys, then fields."""
        return (*self.keys, *self.fields)


SHAPES: Final[dict[str, Shape]] = {
    SCHOOL: Shape((names.SCHOOL_ID,), (names.SCHOOL_NAME,)),
    PERSON: Shape(
        (names.USER_ID,),
        (
            names.SCHOOL_ID,
            names.USER_ROLE,
            names.USER_DISTRICT_ID,
            names.USER_STATE_ID,
            names.USER_FIRST_NAME,
            names.USER_MIDDLE_NAME,
            names.USER_LAST_NAME,
            names.USER_EMAIL,
            names.USER_GRADE,
            ACTIVE,
        ),
    ),
    CLASS: Shape(
        (names.CLASS_ID,),
        (names.SCHOOL_ID, names.CLASS_NAME, names.CLASS_DISPLAY_NAME, names.CLASS_GRADE),
    ),
    ENROLLMENT: Shape((names.USER_ID, names.CLASS_ID), (names.PRIMARY_TEACHER,)),
    DEMOGRAPHICS: Shape(
        (names.USER_ID,),
        tuple(name for name in DICTIONARY["demographics"].names if name != names.USER_ID),
    ),
}
"""In the order in which they are applied: school, people, class, enrollment."""

Frames = dict[str, pl.DataFrame]


def empty(record: str) -> pl.DataFrame:
    """A frame of no records."""
    return pl.DataFrame(schema=dict.fromkeys(SHAPES[record].columns, pl.String()))


def no_state() -> Frames:
    """A district of which nothing is stored."""
    return {record: empty(record) for record in SHAPES}


def person_type(role: pl.Expr) -> pl.Expr:
    """`student` or `staff` by a userRole."""
    return pl.when(role == STUDENT).then(pl.lit(STUDENT)).otherwise(pl.lit(STAFF))
