"""What a file sends, in little memory: all rows in short, the different lines on people, classes, schools.

A person stands in one row per class, and mostly with the same cells each time.  So whatever depends on those
cells alone is looked at once per different line, not once per row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.common.rows_file import BROKEN, REJECTED, ROW
from rollbook.roster.domain import records as r

GRADED: Final = "graded"
IN_CLASS: Final = "inClass"

_ACTION: Final = pl.Enum([users.ADD, users.REMOVE, users.DEACTIVATE])
_ROLE: Final = pl.Enum(["", *users.ROLES])
_YES_NO: Final = pl.Enum(["", "true", "false"])

PERSON_CELLS: Final = (
    n.ACTION, n.SCHOOL_ID, n.USER_ID, n.USER_ROLE, n.USER_DISTRICT_ID, n.USER_STATE_ID, n.USER_FIRST_NAME,
    n.USER_MIDDLE_NAME, n.USER_LAST_NAME, n.USER_EMAIL, n.USER_GRADE,
)  # fmt: skip
CLASS_CELLS: Final = (
    n.ACTION, n.SCHOOL_ID, n.CLASS_ID, n.CLASS_NAME, n.CLASS_DISPLAY_NAME, n.CLASS_GRADE,
)  # fmt: skip
SCHOOL_CELLS: Final = (n.ACTION, n.SCHOOL_ID, n.SCHOOL_NAME)
COLUMNS: Final = (
    ROW, *dict.fromkeys((*PERSON_CELLS, *CLASS_CELLS, *SCHOOL_CELLS)), n.PRIMARY_TEACHER, REJECTED, BROKEN,
)  # fmt: skip
"""What is read of a rows file."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A users.csv.  All frames are in the order of the file.

    `rows`: every row as :func:`brief` gives it.  `people`, `classes`, `schools`: the different lines of the
    accepted rows, each with the first `row` that has it and the cells named above; the action is filled.
    """

    rows: pl.DataFrame
    people: pl.DataFrame
    classes: pl.DataFrame
    schools: pl.DataFrame

    @property
    def accepted(self) -> pl.DataFrame:
        """The accepted rows, in short."""
        return only(self.rows, ~pl.col(REJECTED))


def only(rows: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    """The rows that meet a condition; the very same frame, and no copy, where all do."""
    meets = rows.select(condition.fill_null(value=False)).to_series()
    return rows if meets.all() else rows.filter(meets)


def brief(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in short: who, where, what.  A blank action is `add`; a faulty cell is null.

    `graded`, `inClass`: whether userGrade, or any class cell, is filled or faulty.
    """
    return rows.select(
        ROW,
        pl.col(n.ACTION).replace("", users.ADD).cast(_ACTION),
        n.SCHOOL_ID,
        pl.col(n.USER_ROLE).cast(_ROLE),
        n.USER_ID,
        n.CLASS_ID,
        pl.col(n.PRIMARY_TEACHER).cast(_YES_NO),
        REJECTED,
        BROKEN,
        pl.col(n.USER_GRADE).ne_missing("").alias(GRADED),
        pl.any_horizontal(pl.col(name).ne_missing("") for name in users.CLASS_COLUMNS).alias(IN_CLASS),
    )


def gather(parts: Iterable[pl.DataFrame], leaving: pl.Series | None = None) -> Sent:
    """What the parts of a file send; each with COLUMNS, sorted by row, and rejected rows marked.

    `leaving`: people of whose rows that add only `rows` and `people` are to tell.
    """
    none = _nothing()
    rows, people, classes, schools = [none.rows], [none.people], [none.classes], [none.schools]
    for part in parts:
        rows.append(brief(part))
        accepted = part.filter(~pl.col(REJECTED)).with_columns(pl.col(n.ACTION).replace("", users.ADD))
        people.append(_different(accepted, PERSON_CELLS, n.USER_ID))
        if leaving is not None:
            goes = pl.col(n.USER_ID).is_in(leaving.implode())
            accepted = accepted.filter(~goes | (pl.col(n.ACTION) != users.ADD))
        classes.append(_different(accepted.filter(pl.col(n.CLASS_ID) != ""), CLASS_CELLS, n.CLASS_ID))
        schools.append(_different(accepted, SCHOOL_CELLS, n.SCHOOL_ID))
    return Sent(
        pl.concat(rows),
        _different(pl.concat(people), PERSON_CELLS, n.USER_ID),
        _different(pl.concat(classes), CLASS_CELLS, n.CLASS_ID),
        _different(pl.concat(schools), SCHOOL_CELLS, n.SCHOOL_ID),
    )


def leaving(sent: Sent) -> pl.Series:
    """Whom the file both adds and deactivates: they leave, and what it adds of them is passed over."""
    goes, comes = (
        sent.people.filter(pl.col(n.ACTION) == action)[n.USER_ID].unique()
        for action in (users.DEACTIVATE, users.ADD)
    )
    return goes.filter(goes.is_in(comes.implode()))


def merged(record: str, lines: pl.DataFrame) -> pl.DataFrame:
    """One line per record: of each column the first filled cell, of `row` and `school` the first."""
    shape = r.SHAPES[record]
    fields = [name for name in shape.fields if name in lines.columns]
    school = "school" if "school" in lines.columns else n.SCHOOL_ID
    chosen = lines.select(*shape.keys, ROW, pl.col(school).alias("school"), *fields)
    # Equal keys have equal hashes, so only lines of repeated hashes need to be put together.
    hashes = chosen.select(pl.struct(shape.keys).hash().alias("hash")).to_series()
    if hashes.n_unique() == chosen.height:
        return chosen
    several = hashes.is_duplicated()
    together = (
        chosen.filter(several)
        .group_by(shape.keys, maintain_order=True)
        .agg(
            pl.col(ROW).first(),
            pl.col("school").first(),
            *(pl.col(name).filter(pl.col(name) != "").first().fill_null("") for name in fields),
        )
    )
    return pl.concat([chosen.filter(~several), together]).sort(ROW, maintain_order=True)


def _different(lines: pl.DataFrame, cells: tuple[str, ...], key: str) -> pl.DataFrame:
    """The first of equal lines.

    The hash stands for the cells (measured: a quarter of the time).  To be taken for each other, two lines
    about the same person, class or school would have to share one of 64 bits.
    """
    hashed = lines.select(ROW, *cells, pl.struct(cells).hash().alias("_hash"))
    return hashed.unique([key, "_hash"], keep="first", maintain_order=True).drop("_hash")


def _nothing() -> Sent:
    """A file without rows; made when it is needed, for a process that forks must not compute before."""
    strings = {name: pl.String() for name in COLUMNS if name not in {ROW, REJECTED, BROKEN}}
    none = pl.DataFrame(schema={ROW: pl.UInt32(), **strings, REJECTED: pl.Boolean(), BROKEN: pl.Boolean()})
    kinds = (PERSON_CELLS, CLASS_CELLS, SCHOOL_CELLS)
    return Sent(brief(none), *(none.select(ROW, *cells) for cells in kinds))
