"""What was found in a local file, as text for people, as errors.csv or as JSON for scripts."""

import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import polars as pl
from rich.console import Console
from rich.table import Table

from rollbook.common import report_csv
from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.texts import render
from rollbook.upload.domain.problem import FileRefused, Problem
from rollbook.validator.domain.check_file import CheckedFile

COLUMNS: Final = (
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
"""Of errors.csv, in their order."""

ROWS_SHOWN: Final = 5
_SLICE: Final = 50_000
"""Findings rendered at a time: texts are many times larger than what they are made from."""


def errors_csv(checked: CheckedFile, kind: Kind) -> Iterator[bytes]:
    """The bytes of errors.csv, in parts."""
    findings = checked.findings()
    yield report_csv.write(_rendered(findings[:_SLICE], kind))
    for start in range(_SLICE, findings.height, _SLICE):
        yield report_csv.write(_rendered(findings[start : start + _SLICE], kind), header=False)


def as_json(checked: CheckedFile, kind: Kind) -> Iterator[bytes]:
    """The verdict on an accepted or rejected file as one JSON document, in parts."""
    findings = checked.findings()
    verdict = "rejected" if checked.figures.errors else "accepted"
    yield f'{{"verdict": "{verdict}", "rows": {checked.figures.rows}, "problems": [], "findings": ['.encode()
    separator = ""
    for part in findings.iter_slices(_SLICE):
        for finding in _rendered(part, kind).iter_rows(named=True):
            finding["relatedRows"] = [int(row) for row in finding["relatedRows"].split()]
            yield f"{separator}\n{json.dumps(finding, ensure_ascii=False)}".encode()
            separator = ","
    yield b"]}\n"


def refusal_as_json(refused: FileRefused) -> bytes:
    """The verdict on a refused file."""
    document: dict[str, Any] = {
        "verdict": "refused",
        "rows": 0,
        "problems": [_problem(problem) for problem in refused.problems],
        "correctedHeader": refused.corrected_header,
        "findings": [],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def as_text(checked: CheckedFile, kind: Kind) -> str:
    """A summary: the figures, then each code with its count, its first rows and what to do."""
    figures = checked.figures
    out = _page()
    out.print(
        f"{figures.records:,} records: {checked.accepted:,} accepted, {figures.rejected:,} rejected;"
        f" {figures.errors:,} errors, {figures.warnings:,} warnings."
    )
    findings = checked.findings()
    if findings.height:
        groups = (
            findings.group_by("code", "severity", maintain_order=True)
            .agg(pl.len().alias("count"), pl.col("row").unique(maintain_order=True).head(ROWS_SHOWN))
            .sort("severity", "count", "code", descending=[False, True, False])
        )
        firsts = render(findings.unique("code", keep="first", maintain_order=True), kind)
        fixes = dict(firsts.select("code", "howToFix").iter_rows())
        table = Table("severity", "code", "count", "first rows", "what to do", box=None, pad_edge=False)
        for code, severity, count, rows in groups.iter_rows():
            shown = ", ".join(map(str, rows)) + (" …" if count > len(rows) else "")
            table.add_row(severity, code, f"{count:,}", shown, fixes[code])
        out.print()
        out.print(table)
    return _text_of(out)


def refusal_as_text(refused: FileRefused) -> str:
    """Every problem with what to do, then one header line to paste."""
    out = _page()
    out.print("The file was refused; nothing of it was looked at further.")
    for problem in refused.problems:
        out.print(f"\n{problem.code}: {problem.message}\n  → {problem.how_to_fix}")
    text = _text_of(out)
    if refused.corrected_header:
        text += f"\nPaste this line over the header of the file:\n{refused.corrected_header}\n"
    return text


def _rendered(findings: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    return render(findings, kind).select(COLUMNS)


def _problem(problem: Problem) -> dict[str, Any]:
    fields = asdict(problem)
    fields["howToFix"] = fields.pop("how_to_fix")
    return fields


def _page() -> Console:
    return Console(file=io.StringIO(), width=120, markup=False, highlight=False, emoji=False)


def _text_of(page: Console) -> str:
    if not isinstance(page.file, io.StringIO):
        raise TypeError("not a page of ours")
    return page.file.getvalue()
