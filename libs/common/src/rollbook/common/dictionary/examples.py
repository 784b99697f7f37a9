"""One accepted and one rejected example for every finding; printed in the docs and executed as tests.

An example is rows, of which only the cells that matter are given.  The finding is in the rejected rows, and
nothing is in the accepted ones.  `example_rows` holds those that are not made from a column.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from rollbook.common.dictionary import example_rows, names
from rollbook.common.dictionary.catalogue import DICTIONARY, catalogue
from rollbook.common.dictionary.columns import Column, Kind
from rollbook.common.dictionary.example_rows import Row
from rollbook.common.dictionary.formats import OneOf
from rollbook.common.dictionary.problem import Finding


@dataclass(frozen=True, slots=True)
class Example:
    """The finding `code` by example; `given` says in words what else must be so, "" for nothing.

    In examples of a whole row (`row.bad_quote`) the cells are as they stand in the file, quotes included.
    """

    code: str
    accepted: tuple[Row, ...]
    rejected: tuple[Row, ...]
    given: str = ""


@cache
def examples(kind: Kind) -> dict[str, Example]:
    """The examples of a kind of file by code, for every code of its catalogue."""
    shown = {code: Example(code, *rows) for code, rows in example_rows.of(kind).items()}
    return {code: shown.get(code) or _of_column(kind, finding) for code, finding in catalogue(kind).items()}


def _of_column(kind: Kind, finding: Finding) -> Example:
    column = DICTIONARY[kind].column(finding.column)
    if finding.problem.stage == "across":
        return _between_records(finding, column)
    accepted, rejected = column.accepted, _CELLS[finding.problem.name](column)
    if finding.problem.name == "scientific_notation":
        accepted = "417000000417"
    around = _around(kind, column)
    return Example(finding.code, (around | {column.name: accepted},), (around | {column.name: rejected},))


def _between_records(finding: Finding, column: Column) -> Example:
    """`inconsistent` and `duplicate`: a second record of the same person or class, or of another person."""
    good, bad, second, place = column.accepted, _another(column), "s1", "C2"
    if finding.problem.name == "duplicate":
        good, bad, second = bad, good, "s2"
    elif column.same_within != names.USER_ID:
        second = "s2"
    if column.same_within == names.CLASS_ID:
        place = "C1"
    first = {names.USER_ID: "s1", names.CLASS_ID: "C1", column.name: column.accepted}
    other = {names.USER_ID: second, names.CLASS_ID: place}
    return Example(finding.code, (first, other | {column.name: good}), (first, other | {column.name: bad}))


def _around(kind: Kind, column: Column) -> Row:
    """The other cells of a row in which a cell of the column makes sense."""
    if kind == "demographics":
        return {names.SEX: "female"} if column.name == names.USER_ID else {names.USER_ID: "s1"}
    if column.name == names.PRIMARY_TEACHER:
        return {names.USER_ROLE: "teacher", names.CLASS_ID: "C1"}
    if column.name in (names.CLASS_NAME, names.CLASS_DISPLAY_NAME, names.CLASS_GRADE):
        return {names.CLASS_ID: "C1"}
    return {}


def _another(column: Column) -> str:
    """Another cell that would be accepted."""
    if isinstance(column.format, OneOf):
        return next(value for value in column.format.allowed if value != column.accepted)
    return "bea@example.org" if column.name == names.USER_EMAIL else f"{column.accepted}2"


def _not_of_the_form(column: Column) -> str:
    """A cell that is malformed, and neither too long nor a formula."""
    if column.rejected_for == "malformed":
        return column.rejected
    return "T1" if column.max_length == 2 else "00 417"


_CELLS: Final[dict[str, Callable[[Column], str]]] = {
    "control_character": lambda column: f"{column.accepted}\n{column.accepted}",
    "too_long": lambda column: "x" * ((column.max_length or 0) + 1),
    "formula": lambda column: f"={column.accepted}"[: column.max_length],
    "scientific_notation": lambda _: "4.17E+11",
    "malformed": _not_of_the_form,
    "unknown_value": lambda column: column.rejected,
    "required": lambda _: "",
}
"""A rejected cell for each problem of one cell."""
