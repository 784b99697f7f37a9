"""What was found in a local file, in words for the person at the terminal."""

import textwrap
from collections.abc import Iterator
from typing import Final

import polars as pl

from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.texts import render
from rollbook.upload.domain.problem import FileRefused
from rollbook.validator.domain.check_file import CheckedFile

ROWS_SHOWN: Final = 5
WIDTH: Final = 100


def as_text(checked: CheckedFile, kind: Kind) -> str:
    """A summary: the figures, then each code with its count and first rows, the first of them in words."""
    figures = checked.figures
    findings = checked.findings()
    records, errors = _counted(figures.records, "record"), _counted(figures.errors, "error")
    of_them = f"{checked.accepted:,} accepted, {figures.rejected:,} rejected"
    lines = [f"{records}: {of_them}; {errors}, {_counted(figures.warnings, 'warning')}."]
    if findings.height:
        lines += _by_code(findings, kind)
        lines += ["", "With --format csv each finding is listed with its row."]
    return "\n".join(lines) + "\n"


def refusal_as_text(refused: FileRefused) -> str:
    """Every problem with what to do, then one header line to paste."""
    lines = ["The file was refused."]
    for problem in refused.problems:
        lines += ["", *_wrapped(f"{problem.code}: {problem.message}", "")]
        lines += _wrapped(f"→ {problem.how_to_fix}", "  ")
    if refused.corrected_header:
        lines += ["", "With the columns as said above, this is the header line to paste:"]
        lines += [refused.corrected_header]
    return "\n".join(lines) + "\n"


def _by_code(findings: pl.DataFrame, kind: Kind) -> Iterator[str]:
    groups = (
        findings.group_by("code", "severity", maintain_order=True)
        .agg(pl.len().alias("count"), pl.col("row").unique(maintain_order=True).head(ROWS_SHOWN))
        .sort("severity", "count", "code", descending=[False, True, False])
    )
    firsts = render(findings.unique("code", keep="first", maintain_order=True), kind)
    texts = {
        code: (row, *said) for code, row, *said in firsts.select("code", "row", "message", "howToFix").rows()
    }
    for code, severity, count, rows in groups.iter_rows():
        first, message, how_to_fix = texts[code]
        where = "" if count == 1 else f" {count:,} times, in rows {', '.join(map(str, rows))}"
        more = " …" if count > len(rows) else ""
        yield ""
        yield f"{severity} {code}{where}{more}"
        yield from _wrapped(f"row {first}: {message}", "  ")
        yield from _wrapped(f"→ {how_to_fix}", "  ")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
