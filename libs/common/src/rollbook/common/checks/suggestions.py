"""What was probably meant by a cell that is wrong, for the texts; "" where nothing can be said."""

from datetime import date
from functools import cache
from typing import Final

import polars as pl

from rollbook.common.checks.cell_rules import CONTROL, is_day
from rollbook.common.dictionary import Column
from rollbook.common.dictionary.formats import Date, Email, Identifier, OneOf, Text

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_WORTH_GUESSING: Final = 4
"""Letters that a value of a list must have before one slip away from it can be taken for it."""

_SPREADSHEET_TEXT: Final = r'^="([^"]*)"$'
"""How some exports keep leading zeros: ="00123"."""
_PLAIN_TEXT: Final = r"^[\p{L}\p{N}][\p{L}\p{N} .'’,&-]*$"
_AMERICAN_DATES: Final = ("%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d")


def suggestion(column: Column, problem: str, cells: pl.Expr, today: date) -> pl.Expr:
    """The suggestion for cells that have this problem; never null."""
    return _suggestion(column, problem, cells, today).fill_null("")


def _suggestion(column: Column, problem: str, cells: pl.Expr, today: date) -> pl.Expr:
    form = column.format
    match problem:
        case "control_character" if isinstance(form, Text):
            return cells.str.replace_all(rf"\s*{CONTROL}+\s*", " ")
        case "too_long":
            return cells.str.len_chars().cast(pl.String)
        case "formula":
            inside = cells.str.extract(_SPREADSHEET_TEXT)
            bare = cells.str.strip_chars_start("=+@- ") if isinstance(form, Text) else inside
            return _where(bare.str.contains(_PLAIN_TEXT), pl.coalesce(inside, bare))
        case "malformed":
            return _malformed(column, cells, today)
        case "unknown_value" if isinstance(form, OneOf):
            return cells.str.to_lowercase().replace_strict(near_values(form), default="")
        case _:
            return pl.lit("", pl.String)


def _malformed(column: Column, cells: pl.Expr, today: date) -> pl.Expr:
    match column.format:
        case Identifier():
            return cells.str.replace_all(f"[{Identifier.characters}]", "").str.slice(0, 1)
        case Email():
            return _email(cells)
        case Date():
            return _day(cells, today)
        case _:
            return pl.lit("", pl.String)


def _where(sure: pl.Expr, value: pl.Expr) -> pl.Expr:
    return pl.when(sure).then(value)


def _email(cells: pl.Expr) -> pl.Expr:
    """The address without spaces, brackets and `mailto:`, with dots for commas, if that makes it one."""
    bare = cells.str.to_lowercase().str.extract(r"^(?:mailto:)?(?:.*<)?([^<>]*)>?$")
    mended = bare.str.replace_all(r"\s", "").str.replace_all(",", ".", literal=True)
    mended = mended.str.replace_all(r"\.{2,}", ".").str.strip_chars(".;")
    return _where(mended.str.contains(Email.pattern) & mended.str.contains(Email.local_part), mended)


def _day(cells: pl.Expr, today: date) -> pl.Expr:
    day = pl.coalesce(cells.str.to_date(form, strict=False) for form in _AMERICAN_DATES)
    written = day.dt.strftime("%Y-%m-%d")
    return _where(is_day(written, today), written)


@cache
def near_values(values: OneOf) -> dict[str, str]:
    """What stands for a value of the list: known meanings, and all that is one slip of the keyboard away.

    A table of a few thousand spellings is looked up for a whole column at once; comparing each cell with
    each value would be Python per cell.
    """
    near: dict[str, str] = {}
    for value in values.allowed:
        if len(value) >= _WORTH_GUESSING:
            near |= dict.fromkeys(_one_slip_away(value.lower()), value)
    return near | dict(values.meanings)


def _one_slip_away(word: str) -> set[str]:
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(left + right[1:] for left, right in splits if right),
        *(left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1),
        *(left + letter + right[1:] for left, right in splits if right for letter in _LETTERS),
        *(left + letter + right for left, right in splits for letter in _LETTERS),
    }
