"""Whether the cells of a chunk hold control characters, by its bytes: asking each cell is dear."""

from typing import Final

import numpy as np

from rollbook.common.tabular.bits import Bytes, Positions
from rollbook.common.tabular.records import NOWHERE, Records

_FIRST_PRINTABLE: Final = 0x20
_DELETE: Final = b"\x7f"
_WINDOW: Final = 512 * 1024
"""Bytes compared at once: no more than the processor's cache takes."""


def may_hold_controls(records: Records) -> bool:
    """Whether some cell holds a character of category Cc, Zl or Zp, be it around it and trimmed later.

    Yes now and then where none does, never no where one does.
    """
    data = records.data
    line_ends = int(np.bitwise_count(records.line_end_bits).sum())
    if _below(records.array, _FIRST_PRINTABLE) != line_ends or _DELETE in data:
        return True
    if records.inside is not None and (records.line_end_bits & records.inside).any():
        return True
    return not data.isascii() and (_holds_c1(records) or _holds_separator(records))


def _below(array: Bytes, limit: int) -> int:
    """How many bytes are below the limit."""
    windows = range(0, len(array), _WINDOW)
    return sum(int(np.count_nonzero(array[at : at + _WINDOW] < limit)) for at in windows)


def _holds_c1(records: Records) -> bool:
    """U+0080 to U+009F are C2 80 to C2 9F; what else begins with C2 is above."""
    after = records.array[_positions(0xC2, records) + 1]
    return bool((after < 0xA0).any())


def _holds_separator(records: Records) -> bool:
    """U+2028 and U+2029 are E2 80 A8 and E2 80 A9."""
    at = _positions(0xE2, records)
    second, third = records.array[at + 1], records.array[at + 2]
    return bool(((second == 0x80) & ((third == 0xA8) | (third == 0xA9))).any())


def _positions(byte: int, records: Records) -> Positions:
    """Where a byte stands that others follow."""
    return np.flatnonzero(records.array == byte) if bytes((byte,)) in records.data else NOWHERE
