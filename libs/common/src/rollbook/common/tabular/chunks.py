"""Cutting a file into chunks of whole records, and the table that says where each chunk lies."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from rollbook.common.tabular.bits import Positions

CHUNK_BYTES: Final = 8 * 1024 * 1024
CHUNK_ROWS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole records: `length` bytes from `offset` of the stored object.

    `first_row` is the row number a spreadsheet shows for its first record (the header is row 1), `rows` the
    number of its records, blank ones included.
    """

    index: int
    offset: int
    length: int
    first_row: int
    rows: int


@dataclass(slots=True)
class ChunkTable:
    """Collects record ends and cuts after `max_rows` records or before `max_bytes`, whichever comes first.

    A chunk holds at least one record, so a single record larger than `max_bytes` is a chunk of its own.
    """

    offset: int
    first_row: int = 2
    max_bytes: int = CHUNK_BYTES
    max_rows: int = CHUNK_ROWS
    chunks: list[Chunk] = field(default_factory=list)
    rows: int = 0
    _end: int = field(init=False)
    _pending: int = 0

    def __post_init__(self) -> None:
        self._end = self.offset

    def add(self, ends: Positions) -> None:
        """Take the ends of the next records: ascending offsets in the stored object."""
        done = 0
        while done < len(ends):
            room = self.max_rows - self._pending
            fitting = int(np.searchsorted(ends[done:], self.offset + self.max_bytes, side="right"))
            take = min(room, fitting, len(ends) - done)
            if take == 0 and self._pending == 0:
                take = 1
            if take:
                self._pending += take
                done += take
                self._end = int(ends[done - 1])
            if (
                self._pending == self.max_rows
                or self._end - self.offset >= self.max_bytes
                or done < len(ends)
            ):
                self._cut()

    def finish(self) -> tuple[Chunk, ...]:
        """All chunks, the last one included."""
        if self._pending:
            self._cut()
        return tuple(self.chunks)

    def _cut(self) -> None:
        length = self._end - self.offset
        self.chunks.append(
            Chunk(len(self.chunks), self.offset, length, self.first_row + self.rows, self._pending)
        )
        self.rows += self._pending
        self.offset, self._pending = self._end, 0
