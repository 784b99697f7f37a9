"""Why a file was refused: problems in plain English, each with what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from rollbook.common.dictionary.refusals import REFUSALS, Refusal


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse a file.

    `column`: the column concerned, as the dictionary writes it where it is known, else as the file does;
    `got` and `expected`: what the file has and what it should have; `row`: a spreadsheet row number.  Each is
    None where it does not apply.
    """

    code: str
    column: str | None
    got: str | None
    expected: str | None
    row: int | None
    message: str
    how_to_fix: str


def problem(
    code: str,
    *,
    column: str | None = None,
    got: str | None = None,
    expected: str | None = None,
    row: int | None = None,
    texts: Refusal | None = None,
    **details: str | int,
) -> Problem:
    """The problem with the texts of its code, or of a case of it.

    `details` are the placeholders that are no fields.
    """
    texts = texts or REFUSALS[code]
    values = {"got": got, "expected": expected, "row": row, **details}
    return Problem(
        code, column, got, expected, row, texts.message.format(**values), texts.how_to_fix.format(**values)
    )


class FileRefused(Exception):
    """The file is refused; nothing of it is stored.

    `corrected_header` is one header line to paste over the file's own, "" where the header is not at fault.
    """

    def __init__(self, problems: Sequence[Problem], corrected_header: str = "") -> None:
        super().__init__("; ".join(f"{problem.code}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)
        self.corrected_header = corrected_header
