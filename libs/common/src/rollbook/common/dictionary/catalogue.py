"""Every finding that a file of one kind can get, by code, in the order in which rules apply to a cell."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from rollbook.common.dictionary import file_problems, names, roster_problems
from rollbook.common.dictionary.columns import Column, Dictionary, Kind
from rollbook.common.dictionary.demographics import DEMOGRAPHICS
from rollbook.common.dictionary.formats import Email, Identifier, OneOf
from rollbook.common.dictionary.problem import Finding, Problem
from rollbook.common.dictionary.users import USERS

DICTIONARY: dict[str, Dictionary] = {"users": USERS, "demographics": DEMOGRAPHICS}
"""The dictionary of each kind of file."""


@cache
def catalogue(kind: Kind) -> dict[str, Finding]:
    """The findings of a kind of file by code; texts name the column, its length and its list already."""
    dictionary = DICTIONARY[kind]
    of_records = (
        file_problems.DUPLICATE_RECORD if dictionary.has_actions else file_problems.DUPLICATE_STUDENT,
    )
    found = [
        *(
            Finding(f"{names.FILE}.{problem.name}", names.FILE, problem)
            for problem in file_problems.OF_THE_FILE
        ),
        *(
            Finding(f"{names.ROW}.{problem.name}", names.ROW, _with_texts(problem, {}))
            for problem in (*file_problems.BROKEN_RECORDS, *of_records)
        ),
        *(
            Finding(f"{column.name}.{problem.name}", column.name, _of_column(problem, column))
            for column in dictionary.columns
            for problem in _problems(dictionary, column)
        ),
        *(
            Finding(f"record.{problem.name}", names.ROW, _with_texts(problem, {}))
            for problem in roster_problems.WHILE_APPLYING
        ),
    ]
    return {finding.code: finding for finding in found}


def _problems(dictionary: Dictionary, column: Column) -> Iterator[Problem]:
    yield file_problems.CONTROL_CHARACTER
    if column.max_length:
        yield file_problems.TOO_LONG
    yield file_problems.FORMULA
    if column.is_identifier:
        yield file_problems.SCIENTIFIC_NOTATION
    of_the_format = file_problems.of_the_format(column)
    if of_the_format:
        yield of_the_format
    if any(
        requirement.column == column.name
        for requirements in dictionary.requirements.values()
        for requirement in requirements
    ):
        yield file_problems.REQUIRED
    further = file_problems.FURTHER.get((dictionary.kind, column.name), ())
    yield from (problem for problem in further if problem.stage == "record")
    if column.same_within:
        yield file_problems.INCONSISTENT
    if column.unique_per_person:
        yield file_problems.DUPLICATE
    yield from (problem for problem in further if problem.stage != "record")
    yield from roster_problems.OF_COLUMNS.get((dictionary.kind, column.name), ())


def _of_column(problem: Problem, column: Column) -> Problem:
    """The problem with what is known of the column filled into its texts."""
    allowed = ", ".join(column.format.allowed) if isinstance(column.format, OneOf) else ""
    filled = {
        "{column}": column.name,
        "{max}": str(column.max_length),
        "{allowed}": allowed,
        "{example}": column.accepted,
        "{contents}": _contents(column),
        "{key}": column.same_within or "",
    }
    return _with_texts(problem, filled)


def _with_texts(problem: Problem, filled: dict[str, str]) -> Problem:
    filled = filled | {
        "{person_key}": names.USER_ID,
        "{class_key}": names.CLASS_ID,
        "{school_key}": names.SCHOOL_ID,
    }
    shapes = tuple(
        replace(
            shape,
            message=_filled(shape.message, filled),
            how_to_fix=_filled(shape.how_to_fix or problem.how_to_fix, filled),
            how_to_fix_if_known=_filled(
                shape.how_to_fix_if_known or problem.how_to_fix_if_known or shape.how_to_fix, filled
            ),
        )
        for shape in problem.shapes
    )
    texts = {
        text: _filled(getattr(problem, text), filled)
        for text in ("when", "message", "how_to_fix", "message_if_known", "how_to_fix_if_known")
    }
    return replace(problem, shapes=shapes, **texts)  # type: ignore[arg-type]


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _contents(column: Column) -> str:
    if isinstance(column.format, OneOf):
        return f"enter one of {', '.join(column.format.allowed)}"
    if isinstance(column.format, Identifier | Email):
        return f"enter {column.description[0].lower()}{column.description[1:]}, like {column.accepted}"
    return f"enter {column.description[0].lower()}{column.description[1:]}"
