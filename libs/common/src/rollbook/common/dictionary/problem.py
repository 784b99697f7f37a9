"""What can be wrong, with its texts, and a finding code made of it (sections 3 to 6 of the data dictionary).

In the texts `{column}`, `{max}`, `{allowed}`, `{example}` and `{contents}` come from the column; `{value}`,
`{suggestion}`, `{related}`, `{row}`, `{userId}` and `{classId}` from the finding; `{person_key}`,
`{class_key}` and `{school_key}` are the names of the ID columns.  `…_if_known` is used where
the finding has a suggestion: the right value, the other value, or the reason.
"""

from dataclasses import dataclass
from typing import Literal

from rollbook.common.dictionary.shapes import Shape

Severity = Literal["error", "warning"]
Stage = Literal["file", "record", "across", "roster", "applying"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that can be wrong.  `when` says when it is found; `stage` says by comparing what.

    A cell of one of `shapes` has the texts of that shape.
    """

    name: str
    when: str
    message: str
    how_to_fix: str
    message_if_known: str = ""
    how_to_fix_if_known: str = ""
    severity: Severity = "error"
    stage: Stage = "record"
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding code: a problem of one column, of the record (`row`, `record`) or of the file."""

    code: str
    column: str
    problem: Problem

    @property
    def severity(self) -> Severity:
        """Whether it keeps the record from being accepted."""
        return self.problem.severity
