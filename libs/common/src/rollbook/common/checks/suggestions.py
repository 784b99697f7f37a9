"""What was probably meant by a cell that is wrong, for the texts; "" where nothing can be said."""

from datetime import date
from functools import cache
from typing import Final

import polars as pl

from rollbook.common.checks.cell_rules import CONTROL, is_day
from rollbook.common.dictionary import Column
from rollbook.common.dictionary.formats import Date, Email, Grades, Identifier, OneOf, Text
from rollbook.common.tabular.white_space import WHITE_SPACE

_INVISIBLE: Final = r"\p{Cf}"
"""What copying from elsewhere brings along: nobody can see that a value of a list is another one."""
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_WORTH_GUESSING: Final = 4
"""Letters that a value of a list must have before one slip away from it can be taken for it."""

_SPREADSHEET_TEXT: Final = r'^="([^"]*)"$'
"""How some exports keep leading zeros: ="00123"."""
_PLAIN_TEXT: Final = r"^[\p{L}\p{N}][\p{L}\p{N} .'’,&-]*$"
_DATES: Final = ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y", "%Y/%m/%d", "%d/%m/%Y", "%d.%m.%Y")
"""As spreadsheets write days; where both are possible, the American way."""
_TIME_OF_DAY: Final = r"[T ]+[0-9]{1,2}:[0-9]{2}.*$"
_NUMBER_OF_A_DAY: Final = r"^([0-9]{5})(?:\.[0-9]+)?$"
_DAY_ZERO: Final = date(1899, 12, 30)
"""From which spreadsheets count days."""

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BETWEEN_GRADES: Final = r"\s*(?:[;/&+|]|\band\b)\s*"


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
            return _value(form, cells.str.replace_all(_INVISIBLE, "").str.to_lowercase())
        case _:
            return pl.lit("", pl.String)


def _malformed(column: Column, cells: pl.Expr, today: date) -> pl.Expr:
    match column.format:
        case Identifier():
            return _identifier(cells)
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


def _identifier(cells: pl.Expr) -> pl.Expr:
    """The first character that no ID has; without an apostrophe before it, the ID itself."""
    unmarked = cells.str.strip_chars_start("'’`")
    marked = unmarked.str.len_bytes() < cells.str.len_bytes()
    foreign = cells.str.replace_all(f"[{Identifier.characters}]", "").str.slice(0, 1)
    return pl.when(~marked).then(foreign).when(unmarked.str.contains(Identifier.pattern)).then(unmarked)


def _day(cells: pl.Expr, today: date) -> pl.Expr:
    bare = cells.str.replace(_TIME_OF_DAY, "")
    counted = cells.str.extract(_NUMBER_OF_A_DAY).cast(pl.Int32)
    day = pl.coalesce(
        *(bare.str.to_date(form, strict=False) for form in _DATES),
        pl.lit(_DAY_ZERO) + pl.duration(days=counted),
    )
    written = day.dt.strftime("%Y-%m-%d")
    return _where(is_day(written, today), written)


def _value(values: OneOf, cells: pl.Expr) -> pl.Expr:
    if isinstance(values, Grades):
        return _grades(values, cells)
    return cells.replace_strict(
        values.canonical() | near_values(values), default=None, return_dtype=pl.String
    )


def _grades(values: Grades, cells: pl.Expr) -> pl.Expr:
    """Grades separated otherwise than by commas, from one to another, or made a date of."""
    near = values.canonical() | near_values(values)
    parts = cells.str.replace_all(_BETWEEN_GRADES, ",").str.strip_chars(", ").str.split(",")
    listed = parts.list.eval(
        pl.element().str.strip_chars(WHITE_SPACE).replace_strict(near, default=None, return_dtype=pl.String)
    ).list.join(",", ignore_nulls=False)
    return pl.coalesce(
        listed,
        cells.str.replace_all(" ", "", literal=True).replace_strict(
            _ranges(values), default=None, return_dtype=pl.String
        ),
    )


@cache
def _ranges(values: Grades) -> dict[str, str]:
    """All grades from one to another, as in `6-8` or `K-2`, also where `8-Jun` was made of it."""
    spellings: dict[str, list[str]] = {}
    for spelling, grade in values.canonical().items():
        spellings.setdefault(grade, []).append(spelling)
    following = [grade for grade in values.allowed if grade == "KG" or grade.isdigit()]
    ranges = {
        f"{first}{dash}{last}": ",".join(following[begin : end + 1])
        for begin in range(len(following))
        for end in range(begin + 1, len(following))
        for first in spellings[following[begin]]
        for last in spellings[following[end]]
        for dash in "-–"
    }
    dates = {
        f"{day:0{digits}}-{month}": ranges[f"{min(day, number)}-{max(day, number)}"]
        for number, month in enumerate(_MONTHS, 1)
        for day in range(1, 14)
        for digits in (1, 2)
        if day != number
    }
    return ranges | dates


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
