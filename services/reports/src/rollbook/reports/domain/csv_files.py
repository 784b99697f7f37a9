"""The CSV files of a report, part by part.  Columns and dialect: section 4 of the interfaces."""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from rollbook.common import report_csv
from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.texts import render

FINDING_COLUMNS: Final = (
    "row",
    "column",
    "code",
    "severity",
    "value",
    "message",
    "howToFix",
    "relatedRows",
    "userId",
    "classId",
)
FIGURES: Final = ("created", "updated", "noChange", "removed", "errors")
"""What is counted of each record type and school."""
COUNT_SCHEMA: Final[dict[str, pl.DataType]] = {
    "recordType": pl.String(),
    "schoolId": pl.String(),
    **dict.fromkeys(FIGURES, pl.Int64()),
}
SLICE: Final = 4_000
"""Findings rendered at a time: texts are many times larger than what they are made from."""


def findings_header() -> bytes:
    """The first line of errors.csv and of follow-up-errors.csv, with the BOM."""
    return report_csv.BOM + (",".join(FINDING_COLUMNS) + report_csv.LINE_END).encode()


def rendered(findings: pl.DataFrame, kind: Kind) -> Iterator[pl.DataFrame]:
    """The findings with their texts, in bounded parts; all findings of a row are in one part."""
    rows, start = findings["row"], 0
    while start < findings.height:
        end = min(start + SLICE, findings.height)
        while end < findings.height and rows[end] == rows[end - 1]:
            end += 1
        yield render(findings[start:end], kind)
        start = end


def findings_lines(findings: pl.DataFrame) -> bytes:
    """The lines of these rendered findings, in the order given."""
    return report_csv.write(findings.select(FINDING_COLUMNS), header=False)


def summary(counts: Sequence[dict[str, object]]) -> bytes:
    """summary.csv of counts in their order."""
    return report_csv.write(pl.DataFrame(list(counts), schema=COUNT_SCHEMA))
