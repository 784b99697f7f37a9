"""The header check: every problem of a header at once, and one corrected header line to paste."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rollbook.common.dictionary import DICTIONARY
from rollbook.common.dictionary.refusals import ROW_IN_ONE_CELL, Refusal
from rollbook.common.tabular.tokenizer import tidy
from rollbook.upload.domain.problem import Problem, problem
from rollbook.upload.domain.spelling import distance, letters_and_digits

ROWS_SEARCHED: Final = 5
"""A header is looked for in the first rows, so that a title above it is recognised."""

ERRORS_COLUMN: Final = "errors"
"""The last column of a corrections file; ignored, so that the corrected file can be uploaded as it is."""

DELIMITERS: Final = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}

_SEPARATOR_LINE: Final = re.compile('"?sep=(.)"?[,;\t|]*', re.IGNORECASE | re.ASCII)
"""What Excel reads above a header, and other spreadsheets leave standing there."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the check found.

    `columns`: for every header cell the column it names, None for one that is ignored or at fault; `blank`:
    indexes of the blank header cells, each a problem if a cell below it is not blank, which is known at the
    end of the file only (none where the header is not row 1 split at commas: nothing stands below its cells);
    `corrected`: what should stand in each header cell, None to delete it; `absent`: columns to add.
    `of_file`: what is wrong with the file as a whole; `of_cells`: with a header cell, by its index.
    """

    row: int
    columns: tuple[str | None, ...]
    of_file: tuple[Problem, ...]
    of_cells: Mapping[int, Problem]
    blank: tuple[int, ...]
    corrected: tuple[str | None, ...]
    absent: tuple[str, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems that do not depend on what stands below the header."""
        return self.problems_with({})

    def problems_with(self, filled: Mapping[int, int]) -> tuple[Problem, ...]:
        """All problems, once it is known in which row (if any) a cell below each blank cell is filled."""
        blank = {
            index: problem(
                "header.blank", got="", row=self.row, letter=letter_of(index), filled_row=row, column=""
            )
            for index, row in filled.items()
        }
        of_cells = {**self.of_cells, **blank}
        missing = (
            problem("header.missing", column=name, expected=name, row=self.row) for name in self.absent
        )
        return (*self.of_file, *(of_cells[index] for index in sorted(of_cells)), *missing)

    def corrected_line(self, filled: Mapping[int, int]) -> str:
        """A header line without problems: wrong names put right, unknown ones left out, absent ones added."""
        names = [
            name for index, name in enumerate(self.corrected) if name is not None and index not in filled
        ]
        if self.absent:
            errors = [name for name in names if name == ERRORS_COLUMN]
            names = [name for name in names if name != ERRORS_COLUMN]
            while names and not names[-1]:
                names.pop()
            names += [*self.absent, *errors]
        return ",".join(names)


def holds_known_name(cells: Sequence[str]) -> bool:
    """Whether a row names a column of either file."""
    return _known_names(cells) > 0


def check_header(rows: Sequence[Sequence[str]], lines: Sequence[str], kind: str) -> Header:
    """Check the header of a file of this kind ("users" or "demographics").

    `rows` are the cells of the first rows, trimmed and in NFC: row 1, and up to row 5 where row 1 holds no
    known name; `lines` are those rows as text.
    """
    separator = _SEPARATOR_LINE.fullmatch(lines[0].strip("\r\n "))
    for row, delimiter, cells in _readings(rows, lines):
        certain = row == 1 or (row == 2 and separator is not None)
        if _known_names(cells) < (1 if certain else 3):
            continue
        found = []
        if delimiter != ",":
            name = DELIMITERS[delimiter]
            found.append(
                problem("file.wrong_delimiter", got=delimiter, expected=",", row=row, delimiter=name)
            )
        if row > 1:
            found.append(problem("header.not_first_row", row=row, what=_no_header(separator)))
        header = _judge(cells, row, kind, tuple(found))
        return replace(header, blank=()) if found else header
    return _judge(rows[0], 1, kind, ())


def _readings(
    rows: Sequence[Sequence[str]], lines: Sequence[str]
) -> Iterator[tuple[int, str, Sequence[str]]]:
    """Each row that may be the header, split at commas and then at what else may separate its cells."""
    for row, (cells, line) in enumerate(zip(rows[:ROWS_SEARCHED], lines, strict=False), 1):
        yield row, ",", cells
        for delimiter in DELIMITERS:
            yield row, delimiter, [tidy(tidy(cell).strip('"')) for cell in line.split(delimiter)]


def _no_header(separator: re.Match[str] | None) -> str:
    if separator is None:
        return "holds no column names"
    return f"is “sep={separator[1]}”, which only tells a spreadsheet what separates the columns"


def letter_of(index: int) -> str:
    """The letter that a spreadsheet gives the column: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _known_names(cells: Sequence[str]) -> int:
    names = {column.name for kind in DICTIONARY.values() for column in kind.columns}
    return len(names.intersection(cells))


def _judge(cells: Sequence[str], row: int, kind: str, found: tuple[Problem, ...]) -> Header:
    other = _other_kind(cells, kind)
    if other is not None:
        wrong = problem("file.wrong_kind", got=other, expected=kind, row=row)
        return Header(row, (None,) * len(cells), (*found, wrong), {}, (), (), ())
    return _HeaderJudge(cells, row, kind).judged(found)


def _other_kind(cells: Sequence[str], kind: str) -> str | None:
    """The kind whose header this is, where it holds columns of that one alone (userId is in both)."""
    own = _plain_names(kind)
    present = {letters_and_digits(cell) for cell in cells}
    for other in DICTIONARY:
        others = _plain_names(other)
        if present & (others - own) and not present & (own - others):
            return other
    return None


def _plain_names(kind: str) -> set[str]:
    return {letters_and_digits(column.name) for column in DICTIONARY[kind].columns}


class _HeaderJudge:
    """Judges header cells from left to right; each absent column explains one of them."""

    def __init__(self, cells: Sequence[str], row: int, kind: str) -> None:
        self.cells, self.row, self.kind = cells, row, kind
        self.problems: dict[int, Problem] = {}
        self.names = [column.name for column in DICTIONARY[kind].columns]
        self.needed = {column.name for column in DICTIONARY[kind].columns if column.header != "optional"}
        self.absent = [name for name in self.names if name not in cells]
        self.seen: set[str] = set()
        self.last = max((index for index, cell in enumerate(cells) if cell), default=-1)

    def judged(self, of_file: tuple[Problem, ...]) -> Header:
        columns, corrected, blank = [], [], []
        for index, cell in enumerate(self.cells):
            if not cell:
                blank.append(index)
            keeps = not cell or (cell == ERRORS_COLUMN and index == self.last)
            name = None if keeps else self._name(index, cell)
            columns.append(name if name == cell else None)
            corrected.append(cell if keeps else name)
        missing = tuple(name for name in self.absent if name in self.needed)
        return Header(
            self.row, tuple(columns), of_file, self.problems, tuple(blank), tuple(corrected), missing
        )

    def _name(self, index: int, cell: str) -> str | None:
        """The column that the cell names or was meant to name, None for neither; notes what is wrong."""
        if cell in self.names:
            if cell not in self.seen:
                self.seen.add(cell)
                return cell
            self._found("header.duplicate", index, cell, column=cell)
            return None
        meant, code = self._same_but_for_capitals(cell), "header.wrong_case"
        if meant is None:
            meant, code = self._closest(cell), "header.misspelled"
        if meant is None:
            joined = _known_names([tidy(name) for name in cell.split(",")]) > 1
            self._found("header.extra", index, cell, column=cell, texts=ROW_IN_ONE_CELL if joined else None)
            return None
        self.absent.remove(meant)
        self._found(code, index, cell, column=meant, expected=meant)
        return meant

    def _same_but_for_capitals(self, cell: str) -> str | None:
        return next((name for name in self.absent if name.lower() == cell.lower()), None)

    def _closest(self, cell: str) -> str | None:
        """The absent column at most 2 apart or with the same letters and digits; capitals count as apart."""
        plain = letters_and_digits(cell)
        near = [
            (apart, order, name)
            for order, name in enumerate(self.absent)
            for same in (letters_and_digits(name) == plain,)
            if same or abs(len(cell) - len(name)) <= 2
            for apart in (distance(cell, name),)
            if same or apart <= 2
        ]
        return min(near)[2] if near else None

    def _found(
        self,
        code: str,
        index: int,
        cell: str,
        *,
        column: str,
        expected: str | None = None,
        texts: Refusal | None = None,
    ) -> None:
        self.problems[index] = problem(
            code,
            column=column,
            got=cell,
            expected=expected,
            row=self.row,
            texts=texts,
            kind=self.kind,
            letter=letter_of(index),
        )
