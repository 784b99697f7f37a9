"""Watches the columns without a name: they are ignored as long as every cell in them is blank."""

from dataclasses import dataclass, field

import numpy as np

from rollbook.common.tabular.blanks import blank_spans
from rollbook.common.tabular.records import Records


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
            filled = np.flatnonzero(~blank_spans(records, begin, end))
            if len(filled):
                self.filled[column] = first_row + int(reaching[filled[0]])
                self.watched.remove(column)
