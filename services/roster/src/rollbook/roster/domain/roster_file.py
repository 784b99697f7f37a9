"""The roster as a file: one that uploads again with every record “no change”.

One row per enrollment; and one without a class for whoever has none at the school they belong to.  The rows
are ordered by school, person and class.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.dictionary import DICTIONARY, users
from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r

ROLES: Final[dict[str, tuple[str, ...]]] = {
    "all": users.ROLES,
    "students": (users.STUDENT,),
    "staff": users.STAFF,
    "admins": ("administrator",),
}
"""Whom each `type` of an export names."""

SCHEMA: Final = dict.fromkeys(DICTIONARY["users"].names, pl.String())
_SCHOOL, _PERSON, _CLASS = _ORDER = "school", "person", "class"
_AT: Final = "at"
_ROW: Final = {**dict.fromkeys(_ORDER, pl.UInt32()), n.PRIMARY_TEACHER: pl.Categorical()}


@dataclass(frozen=True, slots=True)
class Selection:
    """A `type` of ROLES; the rows at one school, None for all; some people, none given for everybody."""

    kind: str = "all"
    school_id: str | None = None
    user_ids: tuple[str, ...] = ()


class RosterFile:
    """The rows of a roster; until they are written each is held as the numbers of its records, 16 bytes."""

    def __init__(
        self,
        schools: pl.DataFrame,
        people: pl.DataFrame,
        classes: pl.DataFrame,
        enrollments: Iterable[pl.DataFrame],
        school_id: str | None = None,
    ) -> None:
        """Arrange records with the columns of `domain.records`.

        The enrollments come in parts, and one of somebody or in a class that is not given has no row.
        `school_id`: only the rows at that school.
        """
        ids = pl.concat([people[n.SCHOOL_ID], classes[n.SCHOOL_ID]]).unique().sort().to_frame()
        numbers = ids.with_row_index(_SCHOOL)
        home, place = (
            frame.join(numbers, on=n.SCHOOL_ID, how="left", maintain_order="left")[_SCHOOL]
            for frame in (people, classes)
        )
        persons = _numbered(people.select(n.USER_ID, home), n.USER_ID, _PERSON)
        groups = _numbered(classes.select(n.CLASS_ID, place), n.CLASS_ID, _CLASS)
        enrolled = _enrolled(persons.select(_PERSON, n.USER_ID), groups.drop(_AT), enrollments)
        its_home = persons[_SCHOOL].gather(enrolled[_PERSON])
        at_home = enrolled.filter(enrolled[_SCHOOL] == its_home)[_PERSON].unique()
        alone = persons.select(_SCHOOL, _PERSON).filter(~pl.col(_PERSON).is_in(at_home.implode()))
        rows = pl.concat([enrolled, alone], how="diagonal")
        if school_id is not None:
            rows = rows.join(numbers.filter(pl.col(n.SCHOOL_ID) == school_id), on=_SCHOOL, how="semi")
        self._rows = rows.sort(_ORDER)
        self._records = {
            _SCHOOL: (ids.join(schools, on=n.SCHOOL_ID, how="left", maintain_order="left"), numbers[_SCHOOL]),
            _PERSON: (people.drop(n.SCHOOL_ID, r.ACTIVE), persons[_AT]),
            _CLASS: (classes.drop(n.SCHOOL_ID), groups[_AT]),
        }

    def parts(self, rows: int) -> Iterator[pl.DataFrame]:
        """All columns of users.csv, so many rows at a time."""
        for part in self._rows.iter_slices(rows):
            records = (
                frame.select(pl.all().gather(at.gather(part[number])))
                for number, (frame, at) in self._records.items()
            )
            known = pl.concat([*records, part.select(n.PRIMARY_TEACHER)], how="horizontal")
            filled = known.with_columns(pl.all().cast(pl.String).fill_null(""))
            yield filled.select(
                pl.col(name) if name in known.columns else pl.lit("").alias(name) for name in SCHEMA
            )


def _numbered(records: pl.DataFrame, key: str, number: str) -> pl.DataFrame:
    """Keys in their order, with their `number` and where `_AT` they stand: what is large is not sorted."""
    return records.with_row_index(_AT).sort(key).with_row_index(number)


def _enrolled(
    persons: pl.DataFrame, classes: pl.DataFrame, enrollments: Iterable[pl.DataFrame]
) -> pl.DataFrame:
    parts = (
        part.with_columns(pl.col(n.PRIMARY_TEACHER).cast(pl.Categorical))
        .join(persons, on=n.USER_ID)
        .join(classes, on=n.CLASS_ID)
        .select(*_ROW)
        for part in enrollments
    )
    return pl.concat([pl.DataFrame(schema=_ROW), *parts])
