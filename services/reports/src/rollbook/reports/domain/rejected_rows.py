"""Pages of the rejected records: corrections.csv and errors.csv read side by side.

The k-th record of corrections.csv is the k-th row of errors.csv that has an error of its own
(`corrections.of_records`): both are written in the order of rows, from the same findings.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from rollbook.common.dictionary import names
from rollbook.common.report_csv import STARTS_A_FORMULA
from rollbook.common.tabular.tokenizer import cells_of, tidy
from rollbook.reports.domain.corrections import FORMULA_MARK, of_records
from rollbook.reports.domain.csv_files import FINDING_COLUMNS
from rollbook.reports.domain.finding_pages import finding
from rollbook.reports.domain.stored_csv import FIRST_BYTES, MOST_BYTES, NoRecord, StoredCsv

PAGE_BYTES: Final = 2 << 20
"""Of records on a page: a cell may be as large as a file."""

Offsets = tuple[int, int]
"""Where the next record of corrections.csv and the next finding of errors.csv begin; (0, 0) at first."""


def columns(corrections: StoredCsv) -> list[str]:
    """The file's own columns, trimmed."""
    return [tidy(name) for name in corrections.header()[0][:-1]]


def page(
    corrections: StoredCsv, errors: StoredCsv, start: Offsets, limit: int
) -> tuple[list[dict[str, Any]], Offsets | None]:
    """At most `limit` rejected records from `start` on, and where it goes on; None at the end.

    Each has `row`, its `cells` as uploaded (those beyond the columns after them), and `findings`.

    Raises:
        NoRecord: `start` is not where a page ended.
    """
    width = len(corrections.header()[0]) - 1
    rejected = _rejected(errors, errors.begin(start[1]))
    items: list[dict[str, Any]] = []
    begin = at = corrections.begin(start[0])
    end = start
    while at < corrections.size and len(items) < limit and at - begin < PAGE_BYTES:
        block = corrections.block(at, FIRST_BYTES)
        for index in range(block.length):
            row, found, after = next(rejected, (0, [], 0))
            if not row:
                raise NoRecord
            cells = [_as_uploaded(cell) for cell in cells_of(block.record(index))]
            items.append({"row": row, "cells": cells[:width] + cells[width + 1 :], "findings": found})
            at, end = block.end(index), (block.end(index), after)
            if len(items) == limit or at - begin >= PAGE_BYTES:
                break
    return items, end if at < corrections.size else None


def _rejected(errors: StoredCsv, at: int) -> Iterator[tuple[int, list[dict[str, Any]], int]]:
    """Each row that is rejected, its findings, and the offset after them."""
    length = FIRST_BYTES
    while at < errors.size:
        block = errors.block(at, length)
        cells = block.columns(FINDING_COLUMNS, ("row", "column", "severity")).with_row_index("at")
        if not block.is_last:  # the findings of the last row may go on in the next block
            cells = cells.filter(pl.col("row") != cells["row"][-1])
        if cells.is_empty():
            length *= 2
            continue
        rejected = of_records(cells).select("row").unique()
        mine = cells.join(rejected, on="row", how="semi").group_by("row", maintain_order=True)
        for first, last in mine.agg(first=pl.first("at"), last=pl.last("at")).select("first", "last").rows():
            found = [finding(block.record(index)) for index in range(first, last + 1)]
            yield found[0]["row"], [_of_row(one) for one in found], block.end(last)
        at, length = block.end(cells["at"][-1]), min(length * 2, MOST_BYTES)


def _of_row(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in found.items() if name not in {"row", names.USER_ID, names.CLASS_ID}
    }


def _as_uploaded(cell: str) -> str:
    """A cell without the space of `corrections.lines`."""
    return cell[1:] if cell.startswith(FORMULA_MARK) and cell[1:].startswith(STARTS_A_FORMULA) else cell
