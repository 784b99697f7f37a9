"""Which persons, classes and schools may have a finding between records, told from 64-bit hashes alone.

Comparing the texts of a million records with each other costs several seconds, and hashes a fraction of one.
So each chunk leaves its `Traces`, and all of them together give the `Suspects`: every key that a rule finds
something about is among them (but for two texts of one key with equal hashes, a chance of 2 to the power of
-64), and the rules then read the texts of these keys, which mostly are few or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.checks.record_rules import is_action
from rollbook.common.dictionary import DICTIONARY, Kind, names
from rollbook.common.dictionary.users import ADD, RECOMMENDED_CLASS_SIZE, SOCIAL_SECURITY_NUMBER, STUDENT

KEYS: Final = (names.USER_ID, names.CLASS_ID, names.SCHOOL_ID)
UNIQUE: Final = tuple(column.name for column in DICTIONARY["users"].columns if column.unique_per_person)

_KEY: Final = "key"
_RECORD: Final = "record"
_SIZE: Final = "size"


def agreeing(key: str) -> list[str]:
    """The columns in which all records of one key must agree."""
    return [column.name for column in DICTIONARY["users"].columns if column.same_within == key]


COMPARED: Final[dict[Kind, tuple[str, ...]]] = {
    "users": tuple(
        dict.fromkeys(
            (
                names.ACTION,
                names.USER_ROLE,
                names.PRIMARY_TEACHER,
                *KEYS,
                *(c for key in KEYS for c in agreeing(key)),
            )
        )
    ),
    "demographics": (names.USER_ID,),
}
"""The columns of rows that traces are made of."""


def filled(column: str) -> pl.Expr:
    """Where a cell takes part: neither blank nor with a finding of its own (null)."""
    return (pl.col(column) != "").fill_null(value=False)


def about(kind: Kind) -> pl.Expr:
    """The hash of what no two records may be about: a person in a class, or in a school without a class."""
    if kind == "demographics":
        return pl.when(filled(names.USER_ID)).then(pl.col(names.USER_ID).hash())
    in_class, in_school = filled(names.CLASS_ID), (pl.col(names.CLASS_ID) == "") & filled(names.SCHOOL_ID)
    place = pl.when(in_class).then(names.CLASS_ID).otherwise(names.SCHOOL_ID)
    concerned = pl.col(names.ACTION).is_not_null() & filled(names.USER_ID) & (in_class | in_school)
    return pl.when(concerned).then(pl.struct(names.USER_ID, place, in_class.alias("in_class")).hash())


@dataclass(frozen=True, slots=True)
class Traces:
    """What a chunk leaves: frames of UInt64 hashes.

    `pairs`: for each key column, and each column that is unique per person, a frame of `key` and `record`; a
    key with two different `record`s is suspect.  `sizes`: `key` of a class and its `size`, the number of its
    rows with a student.  `about`: the hash of what each record is about.  `resembling`: some userId is
    written like a Social Security number.
    """

    pairs: dict[str, pl.DataFrame]
    sizes: pl.DataFrame
    about: pl.Series
    resembling: bool


@dataclass(frozen=True, slots=True)
class Suspects:
    """The hashes of suspect keys by rule: `pairs` by column, classes that may be too large, records that
    may be repeated; and whether some userId is written like a Social Security number.
    """

    pairs: dict[str, pl.Series]
    large_classes: pl.Series
    repeated: pl.Series
    resembling: bool


def traces_of(rows: pl.DataFrame, kind: Kind) -> Traces:
    """The traces of the rows of one chunk, as the rows file holds them."""
    repeatable = rows.select(about(kind).drop_nulls()).to_series()
    if kind == "demographics":
        no_sizes = pl.DataFrame(schema={_KEY: pl.UInt64, _SIZE: pl.UInt32})
        return Traces({}, no_sizes, repeatable, resembling=False)
    adding = rows.filter(is_action(ADD))
    students = adding.filter((pl.col(names.USER_ROLE) == STUDENT) & filled(names.CLASS_ID))
    teaching = adding.filter((pl.col(names.PRIMARY_TEACHER) == "true") & filled(names.USER_ID))
    persons = _pairs(adding, names.USER_ID, agreeing(names.USER_ID), UNIQUE)
    pairs = {
        names.USER_ID: persons.select(_KEY, _RECORD),
        **{key: _pairs(adding, key, agreeing(key)) for key in KEYS if key != names.USER_ID},
        **{column: _owners(persons, column) for column in UNIQUE},
        names.PRIMARY_TEACHER: _pairs(teaching, names.CLASS_ID, [names.USER_ID]),
    }
    sizes = students.group_by(pl.col(names.CLASS_ID).hash().alias(_KEY)).agg(pl.len().alias(_SIZE))
    resembling = adding[names.USER_ID].str.contains(SOCIAL_SECURITY_NUMBER).any()
    return Traces(pairs, sizes, repeatable, bool(resembling))


def suspects_among(traces: Sequence[Traces]) -> Suspects:
    """The suspects of a whole file; in which order its chunks come does not matter."""
    columns = traces[0].pairs if traces else {}
    sizes = pl.concat([one.sizes for one in traces]).group_by(_KEY).agg(pl.col(_SIZE).sum())
    repeated = pl.concat([one.about for one in traces])
    return Suspects(
        {column: _of_several_records([one.pairs[column] for one in traces]) for column in columns},
        sizes.filter(pl.col(_SIZE) > RECOMMENDED_CLASS_SIZE)[_KEY],
        _repeated(repeated),
        any(one.resembling for one in traces),
    )


def _pairs(rows: pl.DataFrame, key: str, columns: Sequence[str], further: Sequence[str] = ()) -> pl.DataFrame:
    """The distinct records of filled keys, and with them the hashes of further columns (null: not filled)."""
    # A sum of hashes of different seeds is a hash of all of them, and cheaper than that of a struct.
    of_record = pl.sum_horizontal(pl.col(name).hash(seed) for seed, name in enumerate((key, *columns)))
    pairs = rows.select(_hash(key).alias(_KEY), of_record.alias(_RECORD), *map(_hash, further))
    pairs = pairs.filter(pl.col(_KEY).is_not_null())
    if pairs[_RECORD].n_unique() * 2 > pairs.height:
        return pairs
    return pairs.unique(_RECORD)


def _owners(persons: pl.DataFrame, column: str) -> pl.DataFrame:
    """Which persons hold a value of a column, as pairs whose record is the value with its person."""
    held = persons.filter(pl.col(column).is_not_null())
    return held.select(pl.col(column).alias(_KEY), (pl.col(column) * 3 + pl.col(_KEY)).alias(_RECORD))


def _hash(column: str) -> pl.Expr:
    return pl.when(filled(column)).then(pl.col(column).hash()).alias(column)


def _of_several_records(parts: Sequence[pl.DataFrame]) -> pl.Series:
    pairs = pl.concat(parts)
    # The record's hash is made of the key too: as many records as keys means one of each.
    if pairs[_RECORD].n_unique() == pairs[_KEY].n_unique():
        return pairs[_KEY].clear()
    return _repeated(pairs.unique(_RECORD)[_KEY])


def _repeated(hashes: pl.Series) -> pl.Series:
    if hashes.n_unique() == hashes.len():
        return hashes.clear()
    return hashes.filter(hashes.is_duplicated()).unique()
