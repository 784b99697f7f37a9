"""Rules between the records of a file, each a small query over the columns it needs.

Rows come in the order of the file, normalised, with null for a cell that has a finding already: such cells
take no part.  A finding stands on the later row and names the earlier one.  Only the rows of suspects are
read.  Source: section 3 of the data dictionary, "Findings across records".
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import polars as pl

from rollbook.common.checks.record_rules import is_action
from rollbook.common.dictionary import names
from rollbook.common.dictionary.users import ADD, RECOMMENDED_CLASS_SIZE, SOCIAL_SECURITY_NUMBER, STUDENT
from rollbook.common.rows_file import ROW, written, written_columns
from rollbook.validator.domain.suspects import KEYS, UNIQUE, Suspects, about, agreeing, filled

Load = Callable[[Sequence[str], pl.Expr], pl.DataFrame]
"""Gives the named columns of those rows of a file for which the expression holds, in order of `row`."""

FOUND: Final = {
    "row": pl.UInt32(),
    "code": pl.String(),
    "value": pl.String(),
    "suggestion": pl.String(),
    "relatedRows": pl.String(),
}
"""What a rule gives: the findings, without what is known of their rows and codes anyway."""

_FIRST_AT: Final = "_first_at"
_FIRST: Final = "_first"


def inconsistent(load: Load, suspects: Suspects) -> Iterator[pl.DataFrame]:
    """A cell that differs from the first filled one among the records of one person, class or school."""
    for key in KEYS:
        if suspects.pairs[key].is_empty():
            continue
        columns = agreeing(key)
        rows = _adding(load, _suspect(key, suspects.pairs[key]), key, *columns, *_written(columns))
        # The place of its first row stands for the key: numbers are grouped and gathered faster than text.
        rows = rows.with_row_index(_FIRST_AT).with_columns(pl.col(_FIRST_AT).first().over(key))
        for column in columns:
            filled = _of_doubtful_keys(rows, column).select(
                ROW,
                _as_written(column).alias("value"),
                pl.col(column),
                pl.col(column).first().over(_FIRST_AT).alias("suggestion"),
                pl.col(ROW).first().over(_FIRST_AT).alias("relatedRows"),
            )
            yield _found(filled.filter(pl.col(column) != pl.col("suggestion")), f"{column}.inconsistent")


def _of_doubtful_keys(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """The filled cells of those keys where not all of them equal the cell of the key's first row.

    Mostly there are none, and one gather instead of a grouping shows it (measured: half the time).
    """
    in_first_row = pl.col(column).gather(pl.col(_FIRST_AT))
    differs = filled(column) & pl.col(column).ne_missing(in_first_row)
    doubtful = rows.filter(differs)[_FIRST_AT].unique()
    if doubtful.is_empty():
        return rows.clear()
    return rows.filter(pl.col(_FIRST_AT).is_in(doubtful.implode()) & filled(column))


def duplicate(load: Load, suspects: Suspects) -> Iterator[pl.DataFrame]:
    """A value that belongs to the person of the first row that holds it, in a row of another person."""
    for column in UNIQUE:
        if suspects.pairs[column].is_empty():
            continue
        where = _suspect(column, suspects.pairs[column]) & filled(names.USER_ID)
        owned = _adding(load, where, names.USER_ID, column, *_written([column])).select(
            ROW,
            _as_written(column).alias("value"),
            pl.col(names.USER_ID),
            pl.col(names.USER_ID).first().over(column).alias("suggestion"),
            pl.col(ROW).first().over(column).alias("relatedRows"),
        )
        taken = owned.filter(pl.col(names.USER_ID) != pl.col("suggestion"))
        yield _found(taken, f"{column}.duplicate")


def over_recommended_size(load: Load, suspects: Suspects) -> Iterator[pl.DataFrame]:
    """A class of more students than is recommended, on its first row."""
    if suspects.large_classes.is_empty():
        return
    where = _suspect(names.CLASS_ID, suspects.large_classes)
    rows = _adding(load, where, names.CLASS_ID, names.USER_ID, names.USER_ROLE)
    students = rows.filter((pl.col(names.USER_ROLE) == STUDENT) & filled(names.USER_ID))
    sizes = students.group_by(names.CLASS_ID).agg(pl.col(names.USER_ID).n_unique().alias("suggestion"))
    large = sizes.filter(pl.col("suggestion") > RECOMMENDED_CLASS_SIZE)
    first = rows.join(large, on=names.CLASS_ID).group_by(names.CLASS_ID, "suggestion").agg(pl.col(ROW).min())
    yield _found(
        first.with_columns(pl.col(names.CLASS_ID).alias("value"), pl.lit("").alias("relatedRows")),
        f"{names.CLASS_ID}.over_recommended_size",
    )


def several_primary_teachers(load: Load, suspects: Suspects) -> Iterator[pl.DataFrame]:
    """A second, third… person marked as primary teacher of a class, on that person's first such row."""
    column = names.PRIMARY_TEACHER
    if suspects.pairs[column].is_empty():
        return
    marked = (pl.col(column) == "true") & filled(names.USER_ID)
    where = marked & _suspect(names.CLASS_ID, suspects.pairs[column])
    rows = _adding(load, where, column, names.CLASS_ID, names.USER_ID, *_written([column]))
    people = rows.unique([names.CLASS_ID, names.USER_ID], keep="first", maintain_order=True)
    several = people.select(
        ROW,
        _as_written(column).alias("value"),
        pl.lit("").alias("suggestion"),
        pl.col(ROW).first().over(names.CLASS_ID).alias("relatedRows"),
    )
    yield _found(several.filter(pl.col(ROW) != pl.col("relatedRows")), f"{column}.several")


def resembles_ssn(load: Load, suspects: Suspects) -> Iterator[pl.DataFrame]:
    """An ID written like a Social Security number, on its first row."""
    column = names.USER_ID
    if not suspects.resembling:
        return
    alike = _adding(load, pl.col(column).str.contains(SOCIAL_SECURITY_NUMBER), column)
    first = alike.unique(column, keep="first", maintain_order=True)
    empty = pl.lit("")
    yield _found(
        first.select(
            ROW, pl.col(column).alias("value"), empty.alias("suggestion"), empty.alias("relatedRows")
        ),
        f"{column}.resembles_ssn",
    )


def repeated_record(load: Load, suspects: Suspects) -> Iterator[pl.DataFrame]:
    """A record about the same person and class (or school, without a class) as an earlier one.

    The first record of a person and class is what the later ones are compared with.
    """
    if suspects.repeated.is_empty():
        return
    action = names.ACTION
    columns = [ROW, action, names.USER_ID, names.CLASS_ID, names.SCHOOL_ID, *_written([action])]
    rows = load(columns, about("users").is_in(suspects.repeated.implode()))
    rows = rows.with_columns(pl.col(action).replace("", ADD))
    in_class = filled(names.CLASS_ID)
    for group, place in ((rows.filter(in_class), names.CLASS_ID), (rows.filter(~in_class), names.SCHOOL_ID)):
        key = (names.USER_ID, place)
        repeated = group.with_columns(pl.col(ROW).first().over(key).alias("relatedRows"))
        repeated = repeated.with_columns(pl.col(action).first().over(key).alias(_FIRST)).filter(
            pl.col(ROW) != pl.col("relatedRows")
        )
        same = pl.col(action) == pl.col(_FIRST)
        again = repeated.filter(same).with_columns(pl.lit("").alias("value"), pl.lit("").alias("suggestion"))
        yield _found(again, f"{names.ROW}.duplicate")
        other = repeated.filter(~same).with_columns(
            pl.coalesce(written(action), action).alias("value"), pl.col(_FIRST).alias("suggestion")
        )
        yield _found(other, f"{action}.conflict")


def repeated_student(load: Load, suspects: Suspects) -> Iterator[pl.DataFrame]:
    """In demographics: a userId that an earlier row has."""
    if suspects.repeated.is_empty():
        return
    rows = load([ROW, names.USER_ID], about("demographics").is_in(suspects.repeated.implode()))
    rows = rows.with_columns(
        pl.lit("").alias("value"),
        pl.lit("").alias("suggestion"),
        pl.col(ROW).first().over(names.USER_ID).alias("relatedRows"),
    )
    yield _found(rows.filter(pl.col(ROW) != pl.col("relatedRows")), f"{names.ROW}.duplicate")


Rule = Callable[[Load, Suspects], Iterator[pl.DataFrame]]

RULES: Final[dict[str, tuple[Rule, ...]]] = {
    "users": (
        inconsistent,
        duplicate,
        over_recommended_size,
        several_primary_teachers,
        resembles_ssn,
        repeated_record,
    ),
    "demographics": (repeated_student,),
}


def _suspect(key: str, hashes: pl.Series) -> pl.Expr:
    """The rows of these keys."""
    return filled(key) & pl.col(key).hash().is_in(hashes.implode())


def _adding(load: Load, where: pl.Expr, *columns: str) -> pl.DataFrame:
    """The rows that add or update, and for which this holds, with these columns."""
    wanted = dict.fromkeys((ROW, names.ACTION, *columns))
    return load(list(wanted), is_action(ADD) & where)


def _written(columns: Sequence[str]) -> list[str]:
    kept_apart = written_columns("users")
    return [written(column) for column in columns if column in kept_apart]


def _as_written(column: str) -> pl.Expr:
    return pl.coalesce(written(column), column) if _written([column]) else pl.col(column)


def _found(rows: pl.DataFrame, code: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(code).alias("code")).select(
        pl.col(name).cast(dtype) for name, dtype in FOUND.items()
    )
