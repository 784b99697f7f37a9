"""A whole file at once, with all cores: what `rollbook validate` does without a server or a broker."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final, Protocol, Self

import polars as pl

from rollbook.common import findings as findings_frame
from rollbook.common.checks.check_records import positions
from rollbook.common.dictionary import names
from rollbook.common.tabular import Chunk, Encoding
from rollbook.validator.domain.check_across import CheckedAcross, check_across
from rollbook.validator.domain.check_chunk import (
    ChunkMismatch,
    Figures,
    FilePlan,
    Reading,
    check_chunk,
    severity_count,
    total,
)
from rollbook.validator.domain.suspects import Traces, traces_of

ReadRange = Callable[[int, int], bytes]
"""Gives the bytes of the file's text at an offset, of a length."""

ReadChunk = Callable[[Chunk, Reading], bytes]
"""Gives the bytes of a chunk: where they lie may depend on the encoding."""

ENCODING_GUESSED: Final = f"{names.FILE}.encoding_guessed"


class Frames(Protocol):
    """Keeps frames until the whole file is checked.  Any thread may put one."""

    def put(self, name: str, frame: pl.DataFrame) -> None:
        """Keep a frame, in place of an earlier one of this name."""

    def scan(self, name: str) -> pl.LazyFrame:
        """The frame of this name."""


class FramesInMemory(dict[str, pl.DataFrame]):
    """Frames kept as they are."""

    def put(self, name: str, frame: pl.DataFrame) -> None:
        """Keep a frame."""
        self[name] = frame

    def scan(self, name: str) -> pl.LazyFrame:
        """The frame of this name."""
        return self[name].lazy()


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """The counts of a whole file, the findings across its records, and where those of its chunks are kept."""

    figures: Figures
    across: pl.DataFrame
    chunks: tuple[Chunk, ...]
    frames: Frames

    @property
    def accepted(self) -> int:
        """Records without an error."""
        return self.figures.records - self.figures.rejected

    def parts(self) -> Iterator[pl.DataFrame]:
        """The findings in the order of the error report, a chunk's rows at a time."""
        first = 0  # the finding of the file stands on the header's row
        for chunk in self.chunks:
            end = chunk.first_row + chunk.rows
            across = self.across.filter(pl.col("row").is_between(first, end, closed="left"))
            own = self.frames.scan(_findings(chunk)).collect()
            yield own if across.is_empty() else findings_frame.in_order(pl.concat([across, own]))
            first = end

    def findings(self) -> pl.DataFrame:
        """All findings in one frame, in the order of the error report."""
        return pl.concat([findings_frame.empty(), *self.parts()])


def check_file(
    read: ReadRange, plan: FilePlan, *, frames: Frames | None = None, workers: int | None = None
) -> CheckedFile:
    """Check all chunks of a file, `workers` at a time (default: one per core), then across them.

    Raises:
        ChunkMismatch: the file is not the one that the plan describes.
    """

    def read_chunk(chunk: Chunk, _: Reading) -> bytes:
        return read(chunk.offset, chunk.length)

    with FileCheck(read_chunk, frames or FramesInMemory(), workers) as check:
        return check.finish(plan)


@dataclass(frozen=True, slots=True)
class _ChunkResult:
    figures: Figures
    traces: Traces


class FileCheck:
    """Checks chunks on several threads while others of the file are still being found."""

    def __init__(self, read: ReadChunk, frames: Frames, workers: int | None = None) -> None:
        self._read, self._frames = read, frames
        self._pool = ThreadPoolExecutor(workers or os.cpu_count() or 1)
        self._started: dict[Chunk, tuple[Reading, Future[_ChunkResult]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def start(self, chunk: Chunk, reading: Reading) -> None:
        """Check a chunk as soon as a thread is free; `finish` does it again if `reading` turns out wrong."""
        self._started[chunk] = (reading, self._pool.submit(self._check, chunk, reading))

    def finish(self, plan: FilePlan) -> CheckedFile:
        """Check what was not started, and then across the chunks.

        Raises:
            ChunkMismatch: the file is not the one that the plan describes.
        """
        for chunk in plan.chunks:
            self._start_unless_read_so(chunk, plan.reading)
        results = [self._started[chunk][1].result() for chunk in plan.chunks]
        chunks = total([result.figures for result in results])
        if chunks.rows != plan.rows:
            raise ChunkMismatch(f"the chunks hold {chunks.rows} records, the file {plan.rows}")
        rows = pl.concat([self._frames.scan(_rows(chunk)) for chunk in plan.chunks])
        across = check_between(rows, [result.traces for result in results], plan)
        return CheckedFile(with_across(chunks, across), across.findings, plan.chunks, self._frames)

    def _start_unless_read_so(self, chunk: Chunk, reading: Reading) -> None:
        if chunk in self._started:
            other, future = self._started[chunk]
            if other == reading:
                return
            if not future.cancel():
                wait([future])  # what comes of it does not count, but it must not put its frames last
        self.start(chunk, reading)

    def _check(self, chunk: Chunk, reading: Reading) -> _ChunkResult:
        checked = check_chunk(self._read(chunk, reading), chunk, reading)
        self._frames.put(_rows(chunk), checked.rows)
        self._frames.put(_findings(chunk), checked.findings)
        return _ChunkResult(checked.figures, traces_of(checked.rows, reading.kind))


def check_between(rows: pl.LazyFrame, traces: Sequence[Traces], plan: FilePlan) -> CheckedAcross:
    """What concerns the file as a whole: how it was read, and what is wrong between its records."""
    across = check_across(rows, traces, kind=plan.kind, positions=positions(plan.header))
    if plan.encoding is not Encoding.WINDOWS_1252:
        return across
    samples = ", ".join(f"“{sample}”" for sample in plan.guessed_samples)
    guessed = findings_frame.for_the_file(ENCODING_GUESSED, samples)
    return CheckedAcross(pl.concat([guessed, across.findings]), across.rejected)


def with_across(chunks: Figures, across: CheckedAcross) -> Figures:
    """The counts of a file: those of its chunks and what was found across them."""
    return Figures(
        rows=chunks.rows,
        records=chunks.records,
        rejected=chunks.rejected + across.rejected.len(),
        errors=chunks.errors + severity_count(across.findings, "error"),
        warnings=chunks.warnings + severity_count(across.findings, "warning"),
    )


def _rows(chunk: Chunk) -> str:
    return f"rows-{chunk.index:05}"


def _findings(chunk: Chunk) -> str:
    return f"findings-{chunk.index:05}"
