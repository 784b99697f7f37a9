"""Pages of the findings in errors.csv or follow-up-errors.csv, read where they lie."""

from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from rollbook.common.report_csv import STARTS_A_FORMULA
from rollbook.common.tabular.tokenizer import cells_of
from rollbook.reports.domain.csv_files import FINDING_COLUMNS
from rollbook.reports.domain.stored_csv import FIRST_BYTES, MOST_BYTES, Block, NoRecord, StoredCsv

SCANNED_BYTES: Final = 512 << 20
"""After so much without a full page the page is given as it is, so that an answer never takes long."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings: those that have these values; "" is any."""

    code: str = ""
    column: str = ""
    severity: str = ""
    value: str = ""


def page(
    file: StoredCsv, start: int, wanted: Wanted, limit: int, *, scanned: int = SCANNED_BYTES
) -> tuple[list[dict[str, Any]], int | None]:
    """At most `limit` findings from the offset `start` on (0: the first), and the offset that goes on.

    That offset is None at the end of the file; a page may hold fewer findings, even none, before it.

    Raises:
        NoRecord: no record begins at `start`.
    """
    first = at = file.begin(start)
    length = FIRST_BYTES
    items: list[dict[str, Any]] = []
    while at < file.size and at - first < scanned:
        block = file.block(at, length)
        for index in _matching(block, wanted):
            items.append(finding(block.record(index)))
            if len(items) == limit:
                end = block.end(index)
                return items, end if end < file.size else None
        at, length = block.end(block.length - 1), min(length * 2, MOST_BYTES)
    return items, at if at < file.size else None


def finding(record: bytes) -> dict[str, Any]:
    """One finding as JSON: numbers as such, and texts without what was put before a formula.

    Raises:
        NoRecord: it is no record of errors.csv.
    """
    cells = cells_of(record)
    if len(cells) != len(FINDING_COLUMNS) or not cells[0].isdecimal():
        raise NoRecord
    shown: dict[str, Any] = {
        name: _undefused(cell) for name, cell in zip(FINDING_COLUMNS, cells, strict=True)
    }
    return shown | {"row": int(cells[0]), "relatedRows": [int(row) for row in shown["relatedRows"].split()]}


def _matching(block: Block, wanted: Wanted) -> list[int]:
    filters = {name: text for name, text in asdict(wanted).items() if text}
    if not filters:
        return list(range(block.length))
    if any(text.replace('"', '""').encode() not in block.data for text in filters.values()):
        return []  # many times faster than reading the cells
    cells = block.columns(FINDING_COLUMNS, filters)
    matches = pl.all_horizontal(pl.col(name).is_in([text, _defused(text)]) for name, text in filters.items())
    return cells.select(pl.arg_where(matches)).to_series().to_list()


def _undefused(text: str) -> str:
    """A text without the apostrophe of `report_csv.guarded`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS_A_FORMULA) else text


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text
