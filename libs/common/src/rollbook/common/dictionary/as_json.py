"""The dictionary as plain data for `GET /data-dictionary/*` and the docs: columns, findings, refusals."""

from typing import Any

from rollbook.common.dictionary.catalogue import DICTIONARY, catalogue
from rollbook.common.dictionary.columns import Column, Kind
from rollbook.common.dictionary.examples import Example, examples
from rollbook.common.dictionary.formats import OneOf
from rollbook.common.dictionary.problem import Finding
from rollbook.common.dictionary.refusals import REFUSALS


def as_json(kind: Kind) -> dict[str, Any]:
    """Everything a file of this kind may hold and every finding it can get, ready for `json.dumps`."""
    dictionary = DICTIONARY[kind]
    return {
        "kind": kind,
        "columns": [_column(column) for column in dictionary.columns],
        "requirements": {
            action: [
                {"column": needed.column, "when": needed.when, "because": needed.because} for needed in needs
            ]
            for action, needs in dictionary.requirements.items()
        },
        "findings": [_finding(finding, examples(kind)[code]) for code, finding in catalogue(kind).items()],
        "refusals": [
            {
                "code": refusal.code,
                "when": refusal.when,
                "message": refusal.message,
                "howToFix": refusal.how_to_fix,
                "accepted": refusal.accepted,
                "rejected": refusal.rejected,
            }
            for refusal in REFUSALS.values()
        ],
    }


def _column(column: Column) -> dict[str, Any]:
    listed = column.format if isinstance(column.format, OneOf) else None
    return {
        "name": column.name,
        "header": column.header,
        "format": column.format.name,
        "rule": column.rule,
        "maxLength": column.max_length,
        "allowed": list(listed.allowed) if listed else None,
        "aliases": dict(listed.shown_aliases()) if listed else None,
        "description": column.description,
        "accepted": column.accepted,
        "rejected": column.rejected,
        "rejectedFor": f"{column.name}.{column.rejected_for}",
        "sameWithin": column.same_within,
        "uniquePerPerson": column.unique_per_person,
    }


def _finding(finding: Finding, example: Example) -> dict[str, Any]:
    problem = finding.problem
    return {
        "code": finding.code,
        "column": finding.column,
        "severity": finding.severity,
        "stage": problem.stage,
        "when": problem.when,
        "message": problem.message,
        "messageIfKnown": problem.message_if_known or problem.message,
        "howToFix": problem.how_to_fix,
        "howToFixIfKnown": problem.how_to_fix_if_known or problem.how_to_fix,
        "shapes": [
            {
                "when": shape.when,
                "message": shape.message,
                "howToFix": shape.how_to_fix,
                "howToFixIfKnown": shape.how_to_fix_if_known,
            }
            for shape in problem.shapes
        ],
        "accepted": list(example.accepted),
        "rejected": list(example.rejected),
        "given": example.given,
    }
