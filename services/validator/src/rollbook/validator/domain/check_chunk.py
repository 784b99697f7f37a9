"""One chunk of a file: from its bytes to its findings, its rows and its figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rollbook.common.checks.check_records import check_records
from rollbook.common.dictionary import Kind
from rollbook.common.rows_file import REJECTED
from rollbook.common.tabular import Chunk, Encoding, read_records, scan_records
from rollbook.common.tabular.encodings import to_utf8


class ChunkMismatch(Exception):
    """The bytes are not those that the chunk table describes: the file or the table is damaged."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the bytes of a file are to be understood.

    `header`: the column of each header cell in file order, None for an ignored one.  `today`: the last day
    that a date may be.
    """

    kind: Kind
    header: tuple[str | None, ...]
    encoding: Encoding
    today: date


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What must be known of a file to check all of it.

    `header`: the column of each header cell in file order, None for an ignored one.  `rows`: its records,
    blank ones included.  `guessed_samples`: cells that show how the text was read, where the encoding was
    guessed.  `today`: the last day that a date may be.
    """

    kind: Kind
    header: tuple[str | None, ...]
    encoding: Encoding
    rows: int
    chunks: tuple[Chunk, ...]
    guessed_samples: tuple[str, ...]
    today: date

    @property
    def reading(self) -> Reading:
        """What of it concerns each chunk."""
        return Reading(self.kind, self.header, self.encoding, self.today)


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of a chunk.  `rows` counts blank records too, `records` does not."""

    rows: int
    records: int
    rejected: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class CheckedChunk:
    """The findings frame, the rows as the rows file holds them, and the counts."""

    findings: pl.DataFrame
    rows: pl.DataFrame
    figures: Figures


def check_chunk(data: bytes, chunk: Chunk, reading: Reading) -> CheckedChunk:
    """Check the bytes of one chunk.  The same bytes give the same result.

    Raises:
        ChunkMismatch: the bytes are not as many, or not as many records, as the table says.
    """
    records = scan_records(to_utf8(data, reading.encoding))
    rows = len(records.ends)
    if len(data) != chunk.length or rows != chunk.rows:
        raise ChunkMismatch(
            f"chunk {chunk.index} has {len(data)} bytes and {rows} records, "
            f"not {chunk.length} and {chunk.rows}"
        )
    cells = read_records(records, columns=reading.header, first_row=chunk.first_row)
    checked = check_records(cells, header=reading.header, kind=reading.kind, today=reading.today)
    figures = Figures(
        rows=rows,
        records=checked.rows.height,
        rejected=int(checked.rows[REJECTED].sum()),
        errors=severity_count(checked.findings, "error"),
        warnings=severity_count(checked.findings, "warning"),
    )
    return CheckedChunk(checked.findings, checked.rows, figures)


def severity_count(findings: pl.DataFrame, severity: str) -> int:
    """How many findings are of this severity."""
    return int((findings["severity"] == severity).sum())


def total(figures: Sequence[Figures]) -> Figures:
    """The counts of several chunks together."""
    return Figures(
        rows=sum(one.rows for one in figures),
        records=sum(one.records for one in figures),
        rejected=sum(one.rejected for one in figures),
        errors=sum(one.errors for one in figures),
        warnings=sum(one.warnings for one in figures),
    )
