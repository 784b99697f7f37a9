"""Rules of one cell, built from the dictionary as Polars expressions over a whole column.

`plain` recognises in one pass the cells that are kept as they are, which is nearly all of them; `kept` judges
the others exactly, and those that are not sound are asked what is wrong with them (`problem`).  Source:
section 3 of the data dictionary.
"""

from datetime import date
from typing import Final

import polars as pl
from polars.expr.whenthen import ChainedThen, Then

from rollbook.common.dictionary import Column
from rollbook.common.dictionary.formats import Date, Email, Grades, Identifier, Letters, OneOf
from rollbook.common.tabular.white_space import WHITE_SPACE

CONTROL: Final = r"[\p{Cc}\p{Zl}\p{Zp}]"
FORMULA: Final = r"^[=+@-]"
_ONE_LINE_AND_NO_FORMULA: Final = r"[^=+@\p{Cc}\p{Zl}\p{Zp}-][^\p{Cc}\p{Zl}\p{Zp}]*"

_DOUBTFUL_ID: Final = f"^-|[^{Identifier.characters}]"
"""Looking for what is amiss takes three quarters of the time of following the whole cell."""
_PLAIN_EMAIL: Final = (
    r"^(?:[a-z0-9_]+(?:[.+'-][a-z0-9_]+)*@[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+)?$"
)
_PLAIN_EMAIL_BYTES: Final = 64
"""No longer, so that neither the local part nor a label of the domain needs counting."""
_PLAIN_TEXT: Final = f"^(?:{_ONE_LINE_AND_NO_FORMULA})?$"


def plain(column: Column, cells: pl.Expr, *, one_line: bool) -> pl.Expr:
    """Where a cell is blank or plainly sound, and kept as it is: so `kept` would give the cell itself.

    The reverse does not hold: the rarer forms are left to `kept`.  `one_line`: it is known that no cell
    holds a control character.
    """
    short = cells.str.len_bytes() <= column.max_length if column.max_length else pl.lit(value=True)
    match column.format:
        case OneOf():
            return cells.is_in(["", *column.format.allowed])
        case Identifier():
            return short & ~cells.str.contains(_DOUBTFUL_ID)
        case Email():
            return (cells.str.len_bytes() <= _PLAIN_EMAIL_BYTES) & cells.str.contains(_PLAIN_EMAIL)
        case Letters() | Date():
            return cells == ""
        case _:
            return short & (_begins_plainly(cells) if one_line else cells.str.contains(_PLAIN_TEXT))


def _begins_plainly(cells: pl.Expr) -> pl.Expr:
    """Where a cell is blank, or its first character cannot be one of a formula: the order of the cells tells
    that in half the time of a pattern.
    """
    return (cells >= "A") | (cells < "+") | cells.is_between(pl.lit("."), pl.lit("="), closed="left")


def is_dear(column: Column) -> bool:
    """Whether `plain` takes longer than comparing two cells: it has a pattern."""
    return isinstance(column.format, Identifier | Email)


def kept(column: Column, cells: pl.Expr, today: date) -> pl.Expr:
    """The cells as they are kept: normalised, "" where blank, null where something is wrong with the cell.

    Of a list of grades only single grades are recognised; `kept_lists` gives the rest.
    """
    if isinstance(column.format, OneOf):
        return canonical(column.format, cells)
    sound = _sound(column, cells, today)
    value = cells.str.to_lowercase() if isinstance(column.format, Email) else cells
    return pl.when((cells == "") | sound).then(value)


def canonical(values: OneOf, cells: pl.Expr) -> pl.Expr:
    """The spelling of the list for each cell, "" where blank, null where it is not on the list."""
    spellings = {"": "", **values.canonical()}
    return cells.str.to_lowercase().replace_strict(spellings, default=None, return_dtype=pl.String)


def kept_lists(values: Grades, cells: pl.Expr) -> pl.Expr:
    """Cells of several values as they are kept, joined by commas; null where any part is not on the list.

    Parts are trimmed, but a line break or a tab between them is a control character within the cell.
    """
    one_line = pl.when(~cells.str.contains(CONTROL)).then(cells)
    parts = one_line.str.split(",").list.eval(_part(values, pl.element().str.strip_chars(WHITE_SPACE)))
    return parts.list.join(",", ignore_nulls=False)


def problem(column: Column, cells: pl.Expr) -> pl.Expr:
    """What is wrong with cells of which something is: the first rule of the table that is broken."""
    found: Then | ChainedThen = pl.when(cells.str.contains(CONTROL)).then(pl.lit("control_character"))
    if column.max_length:
        found = found.when(cells.str.len_chars() > column.max_length).then(pl.lit("too_long"))
    found = found.when(cells.str.contains(FORMULA)).then(pl.lit("formula"))
    if isinstance(column.format, Identifier):
        damaged = cells.str.contains(Identifier.scientific_notation)
        found = found.when(damaged).then(pl.lit("scientific_notation"))
    return found.otherwise(pl.lit(column.format.problem or None, pl.String))


def _part(values: OneOf, cells: pl.Expr) -> pl.Expr:
    return cells.str.to_lowercase().replace_strict(values.canonical(), default=None, return_dtype=pl.String)


def _sound(column: Column, cells: pl.Expr, today: date) -> pl.Expr:
    """Where a filled cell has none of the problems."""
    sound = cells.str.len_chars() <= column.max_length if column.max_length else pl.lit(value=True)
    match column.format:
        case Identifier():
            # No sign can begin an ID but the hyphen, and none with a plus is of the form.
            return sound & cells.str.contains(Identifier.pattern) & ~cells.str.starts_with("-")
        case Email():
            form = cells.str.contains(Email.pattern) & cells.str.contains(Email.local_part)
            return sound & form & ~cells.str.contains(FORMULA)
        case Letters():
            return sound & cells.str.contains(Letters.pattern)
        case Date():
            return sound & is_day(cells, today)
        case _:
            return sound & cells.str.contains(f"^{_ONE_LINE_AND_NO_FORMULA}$")


def is_day(cells: pl.Expr, today: date) -> pl.Expr:
    """Where a cell is a real day from 1900-01-01 to today, written as YYYY-MM-DD."""
    day = cells.str.to_date("%Y-%m-%d", strict=False)
    real = day.is_between(pl.date(Date.first_year, 1, 1), pl.lit(today, pl.Date)).fill_null(value=False)
    return cells.str.contains(Date.pattern) & real
