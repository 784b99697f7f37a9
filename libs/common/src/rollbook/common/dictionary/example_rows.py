"""Examples of findings that need more than one cell: rows beside rows, a person's role, a stored roster."""

from typing import Final

from rollbook.common.dictionary import names
from rollbook.common.dictionary.columns import Kind
from rollbook.common.dictionary.users import RECOMMENDED_CLASS_SIZE

Row = dict[str, str]
Rows = tuple[tuple[Row, ...], tuple[Row, ...], str]
"""The accepted rows, the rejected ones, and what else must be so ("" for nothing)."""

STORED: Final = (
    "The roster holds the schools 00123 and ab4, the student 000417 (D-0417, TX900417, ana@example.org) in "
    "class MATH-7 of school 00123, its teacher T1, and class ART-1 of school ab4."
)

_AS_IN_THE_FILE: Final = "Cells are shown as they stand in the file, quotes included."

_ID, _CLASS, _ROLE, _SCHOOL = names.USER_ID, names.CLASS_ID, names.USER_ROLE, names.SCHOOL_ID
_TEACHER: Final = {_ROLE: "teacher", _CLASS: "C1", names.PRIMARY_TEACHER: "yes"}
_STUDENT: Final = {_ID: "000417", _ROLE: "student", _SCHOOL: "00123"}


def of(kind: Kind) -> dict[str, Rows]:
    """By code."""
    if kind == "users":
        return _of_any_file(names.USER_LAST_NAME, _TEACHER) | _OF_USERS
    return _of_any_file(names.CITY_OF_BIRTH, {names.HOME_LANGUAGE: "Spanish"}) | _OF_DEMOGRAPHICS


def _row(accepted: Row, rejected: Row, given: str = "") -> Rows:
    return (accepted,), (rejected,), given


def _second(first: Row, accepted: Row, rejected: Row) -> Rows:
    return (first, accepted), (first, rejected), ""


def _class_of(students: int) -> tuple[Row, ...]:
    return tuple({_ID: f"s{number}", _CLASS: "C1"} for number in range(1, students + 1))


def _of_any_file(text: str, to_the_end: Row) -> dict[str, Rows]:
    """`text`: a column of text; `to_the_end`: cells up to the last column."""
    person, other = {_ID: "s1"}, {_ID: "s2"}
    whole = person | to_the_end
    return {
        "file.encoding_guessed": _row(
            person | {text: "José"},
            person | {text: "José"},
            "The first file is UTF-8, the second Windows-1252.",
        ),
        "row.too_few_cells": _row(
            person | {text: '"Oak Street\n"'}, person | {text: "Oak\nStreet"}, _AS_IN_THE_FILE
        ),
        "row.too_many_cells": _row(
            whole | {text: '"Oak, Street"'}, whole | {text: "Oak, Street"}, _AS_IN_THE_FILE
        ),
        "row.bad_quote": _row(
            person | {text: '"the ""old"" gym"'}, person | {text: '"the "old" gym"'}, _AS_IN_THE_FILE
        ),
        "record.changed_since_preview": _row(
            person, other, "After the preview somebody changes s2 in the portal."
        ),
        "record.dependency_failed": _row(person, other, "The school of s2 could not be saved."),
        "record.not_saved": _row(person, other, "The database took s1 and not s2."),
    }


_OF_USERS: Final[dict[str, Rows]] = {
    f"{names.CLASS_ID}.required": _row(
        {_CLASS: "C1", names.CLASS_NAME: "Maths"}, {_CLASS: "", names.CLASS_NAME: "Maths"}
    ),
    f"{names.CLASS_NAME}.required": _row(
        {_CLASS: "C1", names.CLASS_NAME: "Maths"}, {_CLASS: "C1", names.CLASS_NAME: ""}
    ),
    f"{names.USER_GRADE}.not_allowed": _row(
        {_ROLE: "teacher", names.USER_GRADE: ""}, {_ROLE: "teacher", names.USER_GRADE: "07"}
    ),
    f"{names.PRIMARY_TEACHER}.not_allowed": _row(
        {_ROLE: "student", _CLASS: "C1", names.PRIMARY_TEACHER: ""},
        {_ROLE: "student", _CLASS: "C1", names.PRIMARY_TEACHER: "yes"},
    ),
    **{
        f"{column}.not_allowed": _row(
            {names.ACTION: "deactivate", _ID: "s1", column: ""},
            {names.ACTION: "deactivate", _ID: "s1", column: cell},
        )
        for column, cell in (
            (_CLASS, "C1"),
            (names.CLASS_NAME, "Maths"),
            (names.CLASS_DISPLAY_NAME, "Maths 1"),
            (names.CLASS_GRADE, "07"),
        )
    },
    "row.duplicate": _second({_ID: "s1", _CLASS: "C1"}, {_ID: "s1", _CLASS: "C2"}, {_ID: "s1", _CLASS: "C1"}),
    f"{names.ACTION}.conflict": _second(
        {names.ACTION: "add", _ID: "s1", _CLASS: "C1"},
        {names.ACTION: "remove", _ID: "s1", _CLASS: "C2"},
        {names.ACTION: "remove", _ID: "s1", _CLASS: "C1"},
    ),
    f"{names.PRIMARY_TEACHER}.several": _second(
        {_ID: "t1", **_TEACHER}, {_ID: "t2", **_TEACHER, names.PRIMARY_TEACHER: "no"}, {_ID: "t2", **_TEACHER}
    ),
    f"{_ID}.resembles_ssn": _row({_ID: "12345678"}, {_ID: "123-45-6789"}),
    f"{_CLASS}.over_recommended_size": (
        _class_of(RECOMMENDED_CLASS_SIZE),
        _class_of(RECOMMENDED_CLASS_SIZE + 1),
        "",
    ),
    f"{_SCHOOL}.leading_zeros_lost": _row({_SCHOOL: "00123"}, {_SCHOOL: "123"}, STORED),
    f"{_SCHOOL}.wrong_capitals": _row({_SCHOOL: "ab4"}, {_SCHOOL: "AB4"}, STORED),
    f"{_SCHOOL}.not_found": _row({_SCHOOL: "00123"}, {_SCHOOL: "999"}, STORED),
    f"{_SCHOOL}.out_of_scope": _row(
        {_SCHOOL: "00123"}, {_SCHOOL: "ab4"}, f"{STORED}  The person may change school 00123 alone."
    ),
    f"{_ROLE}.students_not_accepted": _row(
        {_ID: "T2", _ROLE: "teacher"},
        {_ID: "s1", _ROLE: "student"},
        f"{STORED}  The district's students come from Clever.",
    ),
    f"{_ROLE}.conflict": _row(_STUDENT, _STUDENT | {_ROLE: "teacher"}, STORED),
    f"{_ID}.not_found": _row(
        {names.ACTION: "deactivate", _ID: "000417"}, {names.ACTION: "deactivate", _ID: "s9"}, STORED
    ),
    f"{_ID}.leading_zeros_lost": _row(_STUDENT, _STUDENT | {_ID: "417"}, STORED),
    f"{names.USER_DISTRICT_ID}.already_used": _row(
        {_ID: "s1", names.USER_DISTRICT_ID: "D-1"}, {_ID: "s1", names.USER_DISTRICT_ID: "D-0417"}, STORED
    ),
    f"{names.USER_STATE_ID}.already_used": _row(
        {_ID: "s1", names.USER_STATE_ID: "TX1"}, {_ID: "s1", names.USER_STATE_ID: "TX900417"}, STORED
    ),
    f"{names.USER_EMAIL}.already_used": _row(
        {_ID: "s1", names.USER_EMAIL: "bea@example.org"},
        {_ID: "s1", names.USER_EMAIL: "ana@example.org"},
        STORED,
    ),
    f"{names.USER_EMAIL}.already_used_elsewhere": _row(
        {_ID: "s1", names.USER_EMAIL: "bea@example.org"},
        {_ID: "s1", names.USER_EMAIL: "eve@example.org"},
        f"{STORED}  Another district holds eve@example.org.",
    ),
    f"{_CLASS}.other_school": _row(
        {_ID: "s1", _SCHOOL: "ab4", _CLASS: "ART-1"}, {_ID: "s1", _SCHOOL: "00123", _CLASS: "ART-1"}, STORED
    ),
    f"{_CLASS}.not_found": _row(
        {names.ACTION: "remove", _ID: "000417", _CLASS: "MATH-7"},
        {names.ACTION: "remove", _ID: "000417", _CLASS: "MATH-8"},
        STORED,
    ),
    f"{_CLASS}.no_teacher": _row({_ID: "s1", _CLASS: "MATH-7"}, {_ID: "s1", _CLASS: "BIO-1"}, STORED),
    f"{names.ACTION}.self_deactivation": _row(
        {names.ACTION: "deactivate", _ID: "000417"},
        {names.ACTION: "deactivate", _ID: "T1"},
        f"{STORED}  T1 uploads the file.",
    ),
}

_OF_DEMOGRAPHICS: Final[dict[str, Rows]] = {
    "row.duplicate": _second({_ID: "s1"}, {_ID: "s2"}, {_ID: "s1"}),
    f"{_ID}.not_found": _row({_ID: "000417"}, {_ID: "s9"}, STORED),
    f"{_ID}.not_a_student": _row({_ID: "000417"}, {_ID: "T1"}, STORED),
}
