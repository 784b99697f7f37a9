"""Watches the columns without a name: they are ignored as long as every cell in them is blank."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from rollbook.common.tabular.bits import Positions
from rollbook.common.tabular.blanks import Blanks, Mask
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
        if not self.watched or not len(records.ends):
            return
        commas, blanks = records.commas(), Blanks(records)
        rows = _Rows.of(records, commas)
        rows = rows.only(_not_empty(blanks, rows, self.watched))
        if not len(rows.record):
            return
        for column in list(self.watched):
            cells = rows.cells(column, column)
            blank = _blank(records, blanks, cells, column)
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
    """Neighbouring cells: of which record (by index), and where the first begins and the last ends."""

    record: Positions
    begin: Positions
    end: Positions


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some records: by index, where each begins and ends, its first comma and how many it has."""

    record: Positions
    begin: Positions
    end: Positions
    first_comma: Positions
    count: Positions
    commas: Positions

    @classmethod
    def of(cls, records: Records, commas: Positions) -> Self:
        before = np.searchsorted(commas, records.starts)
        count = np.searchsorted(commas, records.ends) - before
        return cls(np.arange(len(records.ends)), records.starts, records.ends, before, count, commas)

    def only(self, these: Mask) -> "_Rows":
        """Those of them."""
        return _Rows(
            self.record[these],
            self.begin[these],
            self.end[these],
            self.first_comma[these],
            self.count[these],
            self.commas,
        )

    def cells(self, first: int, last: int) -> _Cells:
        """The cells of these columns, of the records that reach them."""
        reaching = self.only(self.count >= first)
        begin = reaching.begin if first == 0 else self.commas[reaching.first_comma + first - 1] + 1
        end = reaching.end.copy()
        followed = reaching.count > last
        end[followed] = self.commas[reaching.first_comma[followed] + last]
        return _Cells(reaching.record, begin, end)


def _not_empty(blanks: Blanks, rows: _Rows, watched: Collection[int]) -> Mask:
    """In which records anything but ASCII white space stands in a watched column: mostly in none."""
    found = np.zeros(len(rows.record), np.bool_)
    for first, last in _runs(sorted(watched)):
        cells = rows.cells(first, last)
        found[cells.record] |= ~blanks.nothing_in(cells.begin, cells.end)
    return found


def _runs(ascending: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of each run of consecutive numbers."""
    runs: list[tuple[int, int]] = []
    for number in ascending:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _blank(records: Records, blanks: Blanks, cells: _Cells, column: int) -> Mask:
    blank = blanks.spans(cells.begin, cells.end)
    for at in np.flatnonzero(blank & (cells.end > cells.begin) & np.isin(cells.record, records.bad)):
        # Text after a closing quote may come before this cell: then its quotes are characters.
        record = cells.record[at]
        blank[at] = not tidy(cells_of(records.data[records.starts[record] : records.ends[record]])[column])
    return blank
