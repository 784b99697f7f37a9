"""Lists of records: which of them somebody looks for, by the beginning or any piece of a name, and in pages.

A frame of `searchable` has one row per record, sorted by its ID: the columns that lists are filtered by, and
`text`, in which is searched.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r

STATUSES: Final = {"active": "true", "inactive": "false"}
_FEW_VALUES: Final = {n.SCHOOL_ID, n.USER_ROLE, n.USER_GRADE, n.CLASS_GRADE, r.ACTIVE}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are looked for; "" is any.

    `text`: words, each of which is a piece of the ID, of a name or of the
    e-mail, whatever the capitals and accents.
    `roles`: of people.  `status`: active, inactive.
    """

    text: str = ""
    school_id: str = ""
    grade: str = ""
    status: str = ""
    roles: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A page of records, and how many there are on all pages."""

    items: Sequence[dict[str, Any]]
    total: int


def searchable(frame: pl.DataFrame, filtered: Sequence[str], searched: Sequence[str]) -> pl.DataFrame:
    """The frame of some records as it is searched: `filtered` begins with the ID."""
    text = _folded(pl.concat_str(searched, separator="\n")).alias("text")
    short = (
        pl.col(name).cast(pl.Categorical) if name in _FEW_VALUES and name != filtered[0] else pl.col(name)
        for name in filtered
    )
    return frame.select(*short, text).sort(filtered[0])


def matching(records: pl.DataFrame, wanted: Wanted) -> pl.Series:
    """The IDs of the records that are wanted, in order."""
    key, conditions = records.columns[0], [pl.lit(value=True)]
    if wanted.roles:
        conditions.append(pl.col(n.USER_ROLE).cast(pl.String).is_in(list(wanted.roles)))
    if wanted.school_id and n.SCHOOL_ID in records.columns:
        conditions.append(pl.col(n.SCHOOL_ID) == wanted.school_id)
    if wanted.grade:
        for name in {n.USER_GRADE, n.CLASS_GRADE} & set(records.columns):
            grades = pl.lit(",") + pl.col(name).cast(pl.String) + pl.lit(",")
            conditions.append(grades.str.contains(f",{wanted.grade},", literal=True))
    if wanted.status and r.ACTIVE in records.columns:
        conditions.append(pl.col(r.ACTIVE) == STATUSES[wanted.status])
    words = pl.select(_folded(pl.lit(wanted.text))).item().split()
    conditions += (pl.col("text").str.contains(word, literal=True) for word in words)
    return records.lazy().filter(conditions).select(key).collect()[key]


def _folded(text: pl.Expr) -> pl.Expr:
    """Small letters without accents, so that zoe finds Zoë."""
    return text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
