"""Watches the columns without a name: they are ignored as long as every cell in them is blank."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from rollbook.common.tabular.bits import Positions
from rollbook.common.tabular.blanks import Mask, blank_spans
from rollbook.common.tabular.records import Records
from rollbook.common.tabular.tokenizer import cells_of, tidy
from rollbook.common.tabular.white_space import WHITE_SPACE_LEADS


@dataclass(slots=True)
class BlankColumns:
    """For every filled column without a name (by index), the first row in which it is filled.

    `blank_in_utf_8`: the first row in which it is blank only if the file is UTF-8.
    """

    watched: list[int]
    filled: dict[int, int] = field(default_factory=dict)
    blank_in_utf_8: dict[int, int] = field(default_factory=dict)

    def read_as_windows_1252(self) -> None:
        """Take white space of UTF-8 for the letters it is in Windows-1252."""
        for column, row in self.blank_in_utf_8.items():
            self.filled[column] = min(row, self.filled.get(column, row))

    def keep(self, columns: Collection[int]) -> None:
        """Forget the columns that have a name after all."""
        self.filled = {column: row for column, row in self.filled.items() if column in columns}

    def look(self, records: Records, first_row: int) -> None:
        """Look at the next records; `first_row` is the row number of the first of them."""
        if not self.watched:
            return
        commas = records.commas()
        for column in list(self.watched):
            cells = _cells(records, commas, column)
            blank = _blank(records, cells, column)
            if column not in self.blank_in_utf_8 and not records.data.isascii():
                for at in np.flatnonzero(blank & (cells.end > cells.begin)):
                    if any(
                        lead in records.data[cells.begin[at] : cells.end[at]] for lead in WHITE_SPACE_LEADS
                    ):
                        self.blank_in_utf_8[column] = first_row + int(cells.record[at])
                        break
            filled = np.flatnonzero(~blank)
            if len(filled):
                self.filled[column] = first_row + int(cells.record[filled[0]])
                self.watched.remove(column)


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one column: of which record (by index), and where they begin and end."""

    record: Positions
    begin: Positions
    end: Positions


def _cells(records: Records, commas: Positions, column: int) -> _Cells:
    starts, ends = records.starts, records.ends
    before = np.searchsorted(commas, starts)
    count = np.searchsorted(commas, ends) - before
    reaching = np.flatnonzero(count >= column)
    own = before[reaching] + column
    begin = starts[reaching] if column == 0 else commas[own - 1] + 1
    end = ends[reaching].copy()
    followed = count[reaching] > column
    end[followed] = commas[own[followed]]
    return _Cells(reaching, begin, end)


def _blank(records: Records, cells: _Cells, column: int) -> Mask:
    blank = blank_spans(records, cells.begin, cells.end)
    for at in np.flatnonzero(blank & (cells.end > cells.begin) & np.isin(cells.record, records.bad)):
        # Text after a closing quote may come before this cell: then its quotes are characters.
        record = cells.record[at]
        blank[at] = not tidy(cells_of(records.data[records.starts[record] : records.ends[record]])[column])
    return blank
