"""One accepted and one rejected example for each rule that looks at a file alone.

Printed in the docs and executed as tests.  An example is rows of users.csv, of which only the cells that
matter are given; `code` is found in the rejected rows, on the last of them, and nothing in the accepted ones.
"""

from dataclasses import dataclass
from typing import Final

from rollbook.common.dictionary import names

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """The finding `code` by example."""

    code: str
    accepted: tuple[Row, ...]
    rejected: tuple[Row, ...]


def _cells(column: str, problem: str, accepted: str, rejected: str, **more: str) -> Example:
    return Example(f"{column}.{problem}", ({**more, column: accepted},), ({**more, column: rejected},))


def _second(code: str, first: Row, accepted: Row, rejected: Row) -> Example:
    return Example(code, (first, accepted), (first, rejected))


_ID, _CLASS, _ROLE = names.USER_ID, names.CLASS_ID, names.USER_ROLE
_TEACHER: Final = {_ROLE: "teacher", _CLASS: "C1", names.PRIMARY_TEACHER: "yes"}

EXAMPLES: Final = (
    _cells(names.USER_FIRST_NAME, "control_character", "Ana María", "Ana\nMaría"),
    _cells(names.USER_LAST_NAME, "too_long", "x" * 100, "x" * 101),
    _cells(names.USER_LAST_NAME, "formula", "O'Neil", "=O'Neil"),
    _cells(_ID, "scientific_notation", "417000000417", "4.17E+11"),
    _cells(_ID, "malformed", "00-417", "00 417"),
    _cells(names.USER_EMAIL, "malformed", "ana@example.org", "ana@example"),
    _cells(names.USER_GRADE, "unknown_value", "7", "seventh"),
    _cells(names.CLASS_GRADE, "unknown_value", "07, 8", "07;08", **{_CLASS: "C1"}),
    _cells(names.USER_FIRST_NAME, "required", "Ana", ""),
    _cells(names.USER_GRADE, "required", "07", "", **{_ROLE: "student"}),
    _cells(names.CLASS_NAME, "required", "Maths", "", **{_CLASS: "C1"}),
    _cells(names.USER_GRADE, "not_allowed", "", "07", **{_ROLE: "teacher"}),
    _cells(names.PRIMARY_TEACHER, "not_allowed", "", "yes", **{_ROLE: "student", _CLASS: "C1"}),
    _cells(_CLASS, "not_allowed", "", "C1", **{names.ACTION: "deactivate", _ID: "s1"}),
    _second(
        f"{names.USER_MIDDLE_NAME}.inconsistent",
        {_ID: "s1", _CLASS: "C1", names.USER_MIDDLE_NAME: "May"},
        {_ID: "s1", _CLASS: "C2", names.USER_MIDDLE_NAME: ""},
        {_ID: "s1", _CLASS: "C2", names.USER_MIDDLE_NAME: "June"},
    ),
    _second(
        f"{names.CLASS_NAME}.inconsistent",
        {_ID: "s1", _CLASS: "C1", names.CLASS_NAME: "Maths"},
        {_ID: "s2", _CLASS: "C1", names.CLASS_NAME: "Maths"},
        {_ID: "s2", _CLASS: "C1", names.CLASS_NAME: "Physics"},
    ),
    _second(
        f"{names.USER_EMAIL}.duplicate",
        {_ID: "s1", names.USER_EMAIL: "ana@example.org"},
        {_ID: "s2", names.USER_EMAIL: "bea@example.org"},
        {_ID: "s2", names.USER_EMAIL: "Ana@example.org"},
    ),
    _second(
        f"{names.ROW}.duplicate",
        {_ID: "s1", _CLASS: "C1"},
        {_ID: "s1", _CLASS: "C2"},
        {_ID: "s1", _CLASS: "C1"},
    ),
    _second(
        f"{names.ACTION}.conflict",
        {names.ACTION: "add", _ID: "s1", _CLASS: "C1"},
        {names.ACTION: "remove", _ID: "s1", _CLASS: "C2"},
        {names.ACTION: "remove", _ID: "s1", _CLASS: "C1"},
    ),
    _second(
        f"{names.PRIMARY_TEACHER}.several",
        {_ID: "t1", **_TEACHER},
        {_ID: "t2", **_TEACHER, names.PRIMARY_TEACHER: "no"},
        {_ID: "t2", **_TEACHER},
    ),
    _cells(_ID, "resembles_ssn", "12345678", "123-45-6789"),
)
