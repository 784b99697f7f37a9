"""Rules between the cells of one record: what must be filled, and what must be blank.

Every rule is a mask over the frame of kept cells (`cell_rules.kept`), in which null is a cell that has a
finding already.  Source: section 3 of the data dictionary.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from rollbook.common.dictionary import Action, Dictionary, Requirement, names
from rollbook.common.dictionary.users import ADD, CLASS_COLUMNS, DEACTIVATE, STAFF, STUDENT


@dataclass(frozen=True, slots=True)
class RecordRule:
    """A cell is wrong where `broken` holds; `reason` completes the sentence of the text."""

    column: str
    problem: Literal["required", "not_allowed"]
    reason: str
    broken: pl.Expr

    def may_be_broken(self, kept: pl.DataFrame) -> bool:
        """A cheap look: only a blank cell can be required, and only a filled one not allowed."""
        blank = kept[self.column] == ""
        return bool(blank.any() if self.problem == "required" else not blank.all())


def record_rules(dictionary: Dictionary) -> tuple[RecordRule, ...]:
    """The rules in the order in which they apply to a cell."""
    return (*_required(dictionary), *(_not_allowed() if dictionary.has_actions else ()))


def is_action(action: Action) -> pl.Expr:
    """Which records do this; one whose action is blank or wrong is judged as `add`."""
    if action == ADD:
        return pl.col(names.ACTION).fill_null("").is_in(["", ADD])
    return (pl.col(names.ACTION) == action).fill_null(value=False)


def _required(dictionary: Dictionary) -> Iterator[RecordRule]:
    for action, requirements in dictionary.requirements.items():
        concerned = is_action(action) if dictionary.has_actions else pl.lit(value=True)
        for needed in requirements:
            blank = (pl.col(needed.column) == "").fill_null(value=False)
            yield RecordRule(needed.column, "required", needed.because, concerned & blank & _applies(needed))


def _applies(needed: Requirement) -> pl.Expr:
    match needed.when:
        case "student":
            return (pl.col(names.USER_ROLE) == STUDENT).fill_null(value=False)
        case "class_cell":
            return pl.any_horizontal(_filled(name) for name in CLASS_COLUMNS if name != needed.column)
        case "class":
            return _filled(names.CLASS_ID)
        case _:
            return pl.lit(value=True)


def _filled(column: str) -> pl.Expr:
    """Where a cell is filled, be it with something wrong."""
    return (pl.col(column) != "").fill_null(value=True)


def _not_allowed() -> Iterator[RecordRule]:
    role = pl.col(names.USER_ROLE)
    is_staff = role.is_in(STAFF).fill_null(value=False)
    is_student = (role == STUDENT).fill_null(value=False)
    staff = "for a teacher or an administrator"
    yield RecordRule(names.USER_GRADE, "not_allowed", staff, is_staff & _soundly_filled(names.USER_GRADE))
    for column in CLASS_COLUMNS:
        leaving = is_action(DEACTIVATE) & _soundly_filled(column)
        yield RecordRule(column, "not_allowed", f"in a record that says {DEACTIVATE}", leaving)
    teaching = is_student & ~is_action(DEACTIVATE) & _soundly_filled(names.PRIMARY_TEACHER)
    yield RecordRule(names.PRIMARY_TEACHER, "not_allowed", "for a student", teaching)


def _soundly_filled(column: str) -> pl.Expr:
    return (pl.col(column) != "").fill_null(value=False)
