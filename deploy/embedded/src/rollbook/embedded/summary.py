"""What was found in a local file, in words for the person at the terminal."""

import textwrap
from collections.abc import Iterator
from typing import Final

import polars as pl

from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.texts import render
from rollbook.embedded.counted import counted
from rollbook.upload.domain.problem import FileRefused
from rollbook.validator.domain.check_file import CheckedFile

ROWS_SHOWN: Final = 5
WIDTH: Final = 100


def as_text(checked: CheckedFile, kind: Kind) -> str:
    """A summary: the figures, then each code with its count and first rows, the first of them in words."""
    figures = checked.figures
    records, errors = counted(figures.records, "record"), counted(figures.errors, "error")
    of_them = f"{checked.accepted:,} accepted, {figures.rejected:,} rejected"
    lines = [f"{records}: {of_them}; {errors}, {counted(figures.warnings, 'warning')}."]
    if figures.errors or figures.warnings:
        lines += _by_code(checked, kind)
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


def _by_code(checked: CheckedFile, kind: Kind) -> Iterator[str]:
    groups = render(_grouped(checked), kind).select(
        "code", "severity", "count", "rows", "row", "message", "howToFix"
    )
    for code, severity, count, rows, first, message, how_to_fix in groups.iter_rows():
        where = "" if count == 1 else f" {count:,} times, in rows {', '.join(map(str, rows))}"
        more = " …" if count > len(rows) else ""
        yield ""
        yield f"{severity} {code}{where}{more}"
        yield from _wrapped(f"row {first}: {message}", "  ")
        yield from _wrapped(f"→ {how_to_fix}", "  ")


def _grouped(checked: CheckedFile) -> pl.DataFrame:
    """The first finding of each code, with the `count` of all and the first `rows`; the gravest first."""
    first_rows = pl.col("row").unique(maintain_order=True).head(ROWS_SHOWN)
    parts = [
        part.group_by("code", maintain_order=True).agg(
            pl.len().alias("count"), first_rows.alias("rows"), pl.all().first()
        )
        for part in checked.parts()
    ]
    groups = (
        pl.concat(parts)
        .group_by("code", maintain_order=True)
        .agg(
            pl.col("count").sum(),
            pl.col("rows").explode().head(ROWS_SHOWN),
            pl.all().exclude("count", "rows").first(),
        )
    )
    return groups.sort("severity", "count", "code", descending=[False, True, False])


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
