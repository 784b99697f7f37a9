"""Rules between the cells of one record: what must be filled, and what must be blank.

Every rule is a mask over the frame of kept cells (`cell_rules.kept`), in which null is a cell that has a
finding already.  Source: section 3 of the data dictionary.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import polars as pl

from rollbook.common.dictionary import DICTIONARY, Action, Dictionary, Kind, Requirement, names
from rollbook.common.dictionary.users import ADD, CLASS_COLUMNS, DEACTIVATE, STAFF, STUDENT


@dataclass(frozen=True, slots=True)
class RecordRule:
    """A cell is wrong where `broken` holds; `reason` completes the sentence of the text.

    `action`: the only one whose records can break it, None where any may.
    """

    column: str
    problem: Literal["required", "not_allowed"]
    reason: str
    action: Action | None
    broken: pl.Expr


def possible_rules(kept: pl.DataFrame, dictionary: Dictionary) -> list[RecordRule]:
    """The rules that some record may break, by a cheap look: only a blank cell can be required, only a filled
    one not allowed, and most files hold one action.  In the order in which they apply to a cell.
    """
    rules = record_rules(dictionary.kind)
    seen = kept.select(
        *((pl.col(name) == "").sum() for name in {rule.column for rule in rules}),
        *([pl.col(names.ACTION).unique().implode().alias("done")] if dictionary.has_actions else []),
    ).row(0, named=True)
    done = {action or ADD for action in seen.get("done", ())}

    def may_be_broken(rule: RecordRule) -> bool:
        blank = seen[rule.column]
        open_to_it = blank > 0 if rule.problem == "required" else blank < kept.height
        return open_to_it and (rule.action is None or rule.action in done)

    return [rule for rule in rules if may_be_broken(rule)]


@cache
def record_rules(kind: Kind) -> tuple[RecordRule, ...]:
    """The rules in the order in which they apply to a cell."""
    dictionary = DICTIONARY[kind]
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
            broken = concerned & blank & _applies(needed)
            only = action if dictionary.has_actions else None
            yield RecordRule(needed.column, "required", needed.because, only, broken)


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
    yield RecordRule(
        names.USER_GRADE, "not_allowed", staff, None, is_staff & _soundly_filled(names.USER_GRADE)
    )
    for column in CLASS_COLUMNS:
        leaving = is_action(DEACTIVATE) & _soundly_filled(column)
        yield RecordRule(column, "not_allowed", f"in a record that says {DEACTIVATE}", DEACTIVATE, leaving)
    teaching = is_student & ~is_action(DEACTIVATE) & _soundly_filled(names.PRIMARY_TEACHER)
    yield RecordRule(names.PRIMARY_TEACHER, "not_allowed", "for a student", None, teaching)


def _soundly_filled(column: str) -> pl.Expr:
    return (pl.col(column) != "").fill_null(value=False)
