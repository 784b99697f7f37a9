"""Which enrollments a file adds, held against the stored ones: the one join of all rows with all records."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.common.rows_file import REJECTED
from rollbook.roster.domain import records as r
from rollbook.roster.domain.sent import Sent, merged, only

PAIR = list(r.SHAPES[r.ENROLLMENT].keys)
_PARTS: Final = 8


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Frames of userId and classId.

    `added`: of the accepted rows that add the first of each enrollment, with row, school, primaryTeacher and
    userRole.  `new`: those that are not stored.  `unnamed`: the stored ones that no accepted row adds.
    """

    added: pl.DataFrame
    new: pl.DataFrame
    unnamed: pl.DataFrame


def enrolling(sent: Sent, state: r.Frames) -> Enrolling:
    """Hold the enrollments that a file adds against the stored ones."""
    stored = state[r.ENROLLMENT]
    rows = only(sent.rows, ~pl.col(REJECTED) & (pl.col(n.ACTION) == users.ADD) & (pl.col(n.CLASS_ID) != ""))
    roles = rows.select("row", n.USER_ROLE)
    added = merged(r.ENROLLMENT, rows)
    added = (
        added.with_columns(roles[n.USER_ROLE])
        if added.height == rows.height
        else added.join(roles, on="row", how="left", maintain_order="left")
    )
    new = _absent(added, stored)
    if stored.height == added.height - new.height:  # each is named
        return Enrolling(added, new, stored.clear())
    return Enrolling(added, new, _absent(stored, added))


def _absent(pairs: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The pairs that are not known, in their order.

    Joined part by part, so that the table which a join makes is never that of all pairs.
    """
    if pairs.is_empty() or known.is_empty():
        return pairs
    part = (pl.struct(PAIR).hash() % _PARTS).cast(pl.UInt8).alias("part")
    part_of_pair, part_of_known = pairs.select(part).to_series(), known.select(part).to_series()
    numbered = pairs.with_row_index("_at")
    absent = [
        numbered.filter(part_of_pair == at).join(
            known.filter(part_of_known == at).select(PAIR), on=PAIR, how="anti"
        )
        for at in range(_PARTS)
    ]
    return pl.concat(absent).sort("_at").drop("_at")
