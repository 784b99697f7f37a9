"""The cells of one record, exactly: for the few records that cannot be read in bulk."""

import re
import unicodedata
from typing import Final

from rollbook.common.tabular.encodings import as_text
from rollbook.common.tabular.white_space import ASCII_WHITE_SPACE, WHITE_SPACE

_CELL: Final = re.compile(
    rb'"(?P<quoted>(?:[^"]+|"")*+)"(?=,|\Z)'  # a quoted cell
    rb'|(?P<bad>"(?:[^"]+|"")*+"[^,]*)'  # text after the closing quote
    rb"|[^,]*"  # an unquoted cell
)


def cells_of(record: bytes, *, as_meant: bool = False) -> list[str]:
    """The cells of a record, untrimmed; its line end is not part of them.

    A cell with text after its closing quote is given as written, quotes and all, so that a person sees what
    is wrong with it.  From there on the record is unquoted; with `as_meant`, for people who are to correct
    it, the cells after it are read by the usual rules instead.
    """
    cells = []
    record = without_line_end(record)
    at = 0
    while (cell := _CELL.match(record, at)) is not None:
        quoted = cell["quoted"]
        text = cell[0] if quoted is None else quoted.replace(b'""', b'"')
        cells.append(as_text(text))
        if cell.end() == len(record):
            break
        at = cell.end() + 1
        if cell["bad"] is not None and not as_meant:
            return cells + [as_text(rest) for rest in record[at:].split(b",")]
    return cells


def cell_spans(record: bytes) -> list[tuple[int, int]]:
    """From where up to where each cell lies, quotes included, in a record without line end and bad quote."""
    spans, at = [], 0
    while (cell := _CELL.match(record, at)) is not None:
        spans.append(cell.span())
        if cell.end() == len(record):
            break
        at = cell.end() + 1
    return spans


def tidy(cell: str) -> str:
    """The cell as it is judged: outer white space off, then NFC."""
    return unicodedata.normalize("NFC", cell.strip(WHITE_SPACE))


def is_blank(record: bytes) -> bool:
    """Whether every cell of a record is blank once trimmed."""
    if not record.strip(ASCII_WHITE_SPACE + b","):
        return True
    return not any(cell.strip(WHITE_SPACE) for cell in cells_of(record))


def without_line_end(record: bytes) -> bytes:
    """The record without the CRLF, LF or CR that ends it."""
    return record.removesuffix(b"\n").removesuffix(b"\r")
