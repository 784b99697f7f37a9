"""Reading back a CSV that we wrote, a block of whole records at a time, from any record on."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.report_csv import BOM
from rollbook.common.tabular import scan_records
from rollbook.common.tabular.bits import Positions
from rollbook.common.tabular.tokenizer import cells_of

FIRST_BYTES: Final = 256 * 1024
MOST_BYTES: Final = 4 << 20
"""Blocks grow from one to the other: a page of what stands close together costs little."""


class NoRecord(Exception):
    """The offset is not one at which a record begins."""


@dataclass(frozen=True, slots=True)
class StoredCsv:
    """A file of `size` bytes, of which `read` gives so many from an offset."""

    read: Callable[[int, int], bytes]
    size: int

    def block(self, start: int, length: int) -> "Block":
        """The whole records within `length` bytes from `start`, or the first one where none fits."""
        while True:
            stop = min(start + length, self.size)
            data = self.read(start, stop - start)
            ends = scan_records(data, final=stop == self.size).ends
            if len(ends) or stop == self.size:
                return Block(start, data, ends, is_last=stop == self.size)
            length *= 2

    def begin(self, start: int) -> int:
        """Where to read from for an offset that a page gave; for 0 the first record after the header.

        Raises:
            NoRecord: it is beyond the end.
        """
        if start > self.size:
            raise NoRecord
        return start or self.header()[1]

    def header(self) -> tuple[list[str], int]:
        """The cells of the first record, and the offset of the second."""
        block = self.block(0, FIRST_BYTES)
        cells = cells_of(block.record(0).removeprefix(BOM))
        return cells, block.end(0)


@dataclass(frozen=True, slots=True)
class Block:
    """Records that lie one after the other from the offset `start` of a file; `ends` counts from there."""

    start: int
    data: bytes
    ends: Positions
    is_last: bool

    @property
    def length(self) -> int:
        """How many records it holds."""
        return len(self.ends)

    def end(self, index: int) -> int:
        """The offset in the file just past a record; that of `start` for index -1."""
        return self.start + (int(self.ends[index]) if index >= 0 else 0)

    def record(self, index: int) -> bytes:
        """The bytes of a record."""
        return self.data[(int(self.ends[index - 1]) if index else 0) : int(self.ends[index])]

    def columns(self, all_columns: Sequence[str], wanted: Collection[str]) -> pl.DataFrame:
        """Some of the columns of all records in their order, as text, "" where blank.

        Raises:
            NoRecord: these are no records of such columns, so the block begins within one.
        """
        places = [at for at, name in enumerate(all_columns) if name in wanted]
        schema = dict.fromkeys(all_columns, pl.String)
        if not self.length:
            return pl.DataFrame(schema=dict.fromkeys(wanted, pl.String))
        try:
            frame = pl.read_csv(
                self.data[: self.ends[-1]], has_header=False, schema=schema, columns=places
            ).fill_null("")
        except pl.exceptions.PolarsError:
            raise NoRecord from None
        if frame.height != self.length:
            raise NoRecord
        return frame
