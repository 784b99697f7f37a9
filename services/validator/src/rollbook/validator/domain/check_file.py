"""A whole file at once, with all cores: what `rollbook validate` does without a server or a broker."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import polars as pl

from rollbook.common import findings as findings_frame
from rollbook.common import rows_file
from rollbook.common.checks.check_records import positions
from rollbook.common.dictionary import names
from rollbook.common.tabular import Chunk, Encoding
from rollbook.validator.domain.check_across import CheckedAcross, check_across
from rollbook.validator.domain.check_chunk import (
    ChunkMismatch,
    Figures,
    FilePlan,
    check_chunk,
    severity_count,
    total,
)

ReadRange = Callable[[int, int], bytes]
"""Gives the bytes of the file's text at an offset, of a length."""

ENCODING_GUESSED = f"{names.FILE}.encoding_guessed"


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What was found: findings frames, each sorted, and the counts of the whole file."""

    parts: tuple[pl.DataFrame, ...]
    figures: Figures

    @property
    def accepted(self) -> int:
        """Records without an error."""
        return self.figures.records - self.figures.rejected

    def findings(self) -> pl.DataFrame:
        """All findings in one frame, in the order of the error report."""
        return findings_frame.in_order(pl.concat([findings_frame.empty(), *self.parts]))


def check_file(read: ReadRange, plan: FilePlan, *, workers: int | None = None) -> CheckedFile:
    """Check all chunks of a file, `workers` at a time (default: one per core), then across them.

    Raises:
        ChunkMismatch: the file is not the one that the plan describes.
    """
    parts: list[pl.DataFrame] = []
    figures: list[Figures] = []
    rows_files: list[bytes] = []
    for checked, rows in _checked_chunks(read, plan, workers or os.cpu_count() or 1):
        parts.append(checked)
        rows_files.append(rows[0])
        figures.append(rows[1])
    across = check_between(rows_files, plan)
    chunks = total(figures)
    if chunks.rows != plan.rows:
        raise ChunkMismatch(f"the chunks hold {chunks.rows} records, the file {plan.rows}")
    return CheckedFile((across.findings, *parts), with_across(chunks, across))


def check_between(rows_files: Sequence[bytes], plan: FilePlan) -> CheckedAcross:
    """What concerns the file as a whole: how it was read, and what is wrong between its records."""
    across = check_across(rows_files, kind=plan.kind, positions=positions(plan.header))
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


def _checked_chunks(
    read: ReadRange, plan: FilePlan, workers: int
) -> Iterator[tuple[pl.DataFrame, tuple[bytes, Figures]]]:
    """Findings, rows file and counts of each chunk in order; at most two chunks a worker wait in memory."""

    def work(chunk: Chunk) -> tuple[pl.DataFrame, tuple[bytes, Figures]]:
        checked = check_chunk(read(chunk.offset, chunk.length), chunk, plan)
        return checked.findings, (rows_file.encode(checked.rows), checked.figures)

    with ThreadPoolExecutor(workers) as pool:
        chunks = iter(plan.chunks)
        waiting: list[Future[tuple[pl.DataFrame, tuple[bytes, Figures]]]] = [
            pool.submit(work, chunk) for chunk in islice(chunks, 2 * workers)
        ]
        while waiting:
            yield waiting.pop(0).result()
            waiting.extend(pool.submit(work, chunk) for chunk in islice(chunks, 1))
