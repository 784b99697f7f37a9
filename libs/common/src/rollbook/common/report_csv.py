"""The dialect of every CSV we write: UTF-8 with BOM, CRLF, RFC 4180 quoting, and no cell that is a formula.

A spreadsheet runs a cell that begins with = + - @, tab or CR.  Such a cell gets an apostrophe before it (the
advice of OWASP, "CSV injection").  Numbers of ours are not text columns and stay as they are.
"""

import io
from typing import Final

import polars as pl

BOM: Final = b"\xef\xbb\xbf"
LINE_END: Final = "\r\n"
STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write(frame: pl.DataFrame, *, header: bool = True) -> bytes:
    """The frame as CSV bytes; with `header=False` without BOM and header, to be put after an earlier part.

    Text columns are guarded; null is an empty cell.
    """
    buffer = io.BytesIO(BOM if header else b"")
    buffer.seek(0, io.SEEK_END)
    guarded(frame).write_csv(
        buffer, include_header=header, line_terminator=LINE_END, quote_style="necessary", null_value=""
    )
    return buffer.getvalue()


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text cell that a spreadsheet would run, null for ""."""
    return frame.with_columns(
        _guarded(pl.col(name)).alias(name) for name, dtype in frame.schema.items() if dtype == pl.String
    )


def starts_a_formula(cells: pl.Expr) -> pl.Expr:
    """Where a cell begins so that a spreadsheet would run it."""
    return pl.any_horizontal(cells.str.starts_with(start) for start in STARTS_A_FORMULA)


def _guarded(cells: pl.Expr) -> pl.Expr:
    formula = starts_a_formula(cells)
    return pl.when(formula).then(pl.lit("'") + cells).when(cells != "").then(cells)
