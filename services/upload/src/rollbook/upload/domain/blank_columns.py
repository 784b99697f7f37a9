"""Watches the columns without a name: they are ignored as long as every cell in them is blank."""

from dataclasses import dataclass, field

import numpy as np

from rollbook.common.tabular.blanks import blank_spans
from rollbook.common.tabular.records import Records
from rollbook.common.tabular.tokenizer import cells_of, tidy


@dataclass(slots=True)
class BlankColumns:
    """For every filled column without a name (by index), the first row in which it is filled."""

    watched: list[int]
    filled: dict[int, int] = field(default_factory=dict)

    def look(self, records: Records, first_row: int) -> None:
        """Look at the next records; `first_row` is the row number of the first of them."""
        if not self.watched:
            return
        commas = records.commas()
        starts, ends = records.starts, records.ends
        before = np.searchsorted(commas, starts)
        count = np.searchsorted(commas, ends) - before
        for column in list(self.watched):
            reaching = np.flatnonzero(count >= column)
            own = before[reaching] + column
            begin = starts[reaching] if column == 0 else commas[own - 1] + 1
            end = ends[reaching].copy()
            followed = count[reaching] > column
            end[followed] = commas[own[followed]]
            blank = blank_spans(records, begin, end)
            for at in np.flatnonzero(blank & (end > begin) & np.isin(reaching, records.bad)):
                # Text after a closing quote may come before this cell: then its quotes are characters.
                record = records.data[starts[reaching[at]] : ends[reaching[at]]]
                blank[at] = not tidy(cells_of(record)[column])
            filled = np.flatnonzero(~blank)
            if len(filled):
                self.filled[column] = first_row + int(reaching[filled[0]])
                self.watched.remove(column)
