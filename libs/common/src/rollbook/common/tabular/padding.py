"""Which columns of a chunk may hold cells with white space around them: trimming all of them is dear.

Only the outermost characters of a cell matter, and those stand beside a comma, a quote or a line end.
"""

from collections.abc import Sequence

import numpy as np

from rollbook.common.tabular.bits import (
    Bits,
    bits_at,
    bits_of,
    count_before,
    just_after,
    just_before,
    positions_of,
)
from rollbook.common.tabular.records import QUOTE, Records
from rollbook.common.tabular.white_space import WHITE_SPACE_LEADS

_BLANKS = (b" ", b"\t", b"\v", b"\f")


def padded_columns(records: Records) -> list[int]:
    """The indexes of the columns, ascending; one too many now and then, never one too few."""
    if not records.data:
        return []
    outermost = _outermost(records)
    if not outermost.any():
        return []
    offsets = positions_of(outermost, len(records.array))
    before = count_before(records.comma_bits, offsets)
    starts = records.starts[np.searchsorted(records.ends, offsets, side="right")]
    columns: list[int] = np.unique(before - count_before(records.comma_bits, starts)).tolist()
    return columns


def _outermost(records: Records) -> Bits:
    """Where the first or last character of a cell may be white space."""
    data, array = records.data, records.array
    edges = records.comma_bits | records.line_end_bits
    if records.inside is not None:
        edges |= bits_of(array, QUOTE)
    first = just_after(edges) | bits_at(np.array([0]), len(array))
    last = just_before(edges) | bits_at(np.array([len(array) - 1]), len(array))
    found = _any_of(_BLANKS, records) & (first | last)
    if records.inside is not None:
        found |= records.line_end_bits & records.inside
    if not data.isascii():  # such characters are two bytes long or three
        found |= _any_of(WHITE_SPACE_LEADS, records) & (
            first | just_before(last) | just_before(just_before(last))
        )
    return found


def _any_of(characters: Sequence[bytes], records: Records) -> Bits:
    found = np.zeros(-(-len(records.array) // 64), np.uint64)
    for character in characters:
        if character in records.data:
            found |= bits_of(records.array, character[0])
    return found
