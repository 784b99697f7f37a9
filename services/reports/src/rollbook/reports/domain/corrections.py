"""corrections.csv: the rejected records as uploaded, and what is wrong with each in words.

It is uploaded again once corrected, so a cell that a spreadsheet would run gets a space before it, which
reading trims off: an apostrophe would become part of the value.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from rollbook.common.dictionary import names
from rollbook.common.report_csv import BOM, LINE_END, starts_a_formula

_BETWEEN: Final = " | "
FORMULA_MARK: Final = " "
"""Before a cell that a spreadsheet would run."""


def header(header_line: Sequence[str], columns: Sequence[int]) -> bytes:
    """The first line, with the BOM: the file's own columns and `errors`."""
    cells = pl.Series([*(header_line[at] for at in columns), names.ERRORS], dtype=pl.String)
    line = pl.select(_cell(pl.lit(cells)).implode().list.join(","))
    return BOM + f"{line.item()}{LINE_END}".encode()


def of_records(findings: pl.DataFrame) -> pl.DataFrame:
    """The errors that belong to a record: those of the whole file stand in no corrections."""
    return findings.filter((pl.col("severity") == "error") & (pl.col("column") != names.FILE))


def in_words(findings: pl.DataFrame) -> pl.DataFrame:
    """`row` and `errors` of these rendered findings: all texts of each row, in their order."""
    text = pl.concat_str("message", pl.lit(" "), "howToFix")
    told = of_records(findings).group_by("row", maintain_order=True)
    return told.agg(text.str.join(_BETWEEN).alias("errors"))


def lines(raw: pl.DataFrame, words: pl.DataFrame, columns: Sequence[int]) -> bytes:
    """The lines of the raw records (see `tabular.raw_rows`), each with its errors.

    A record that ends early is filled up with blanks; surplus cells stand after `errors`.
    """
    joined = raw.join(words, on="row", how="left", maintain_order="left")
    surplus = pl.col("surplus").list.eval(_cell(pl.element())).list.join(",")
    line = pl.concat_str(
        [*(_cell(pl.col(str(at + 1))) for at in columns), _cell(pl.col("errors"))], separator=","
    )
    whole = pl.when(pl.col("surplus").list.len() > 0).then(line + "," + surplus).otherwise(line)
    return (
        joined.select(whole)
        .write_csv(include_header=False, quote_style="never", line_terminator=LINE_END)
        .encode()
    )


def _cell(cells: pl.Expr) -> pl.Expr:
    guarded = pl.when(starts_a_formula(cells)).then(pl.lit(FORMULA_MARK) + cells).otherwise(cells)
    quoted = pl.lit('"') + guarded.str.replace_all('"', '""', literal=True) + pl.lit('"')
    return pl.when(cells.str.contains(r'[",\r\n]')).then(quoted).otherwise(guarded)
