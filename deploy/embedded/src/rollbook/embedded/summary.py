"""What was found in a local file, in words for the person at the terminal."""

import io
from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.texts import render
from rollbook.upload.domain.problem import FileRefused
from rollbook.validator.domain.check_file import CheckedFile

ROWS_SHOWN: Final = 5


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


def _page() -> Console:
    return Console(file=io.StringIO(), width=120, markup=False, highlight=False, emoji=False)


def _text_of(page: Console) -> str:
    if not isinstance(page.file, io.StringIO):
        raise TypeError("not a page of ours")
    return page.file.getvalue()
