"""Where records and cells begin and end, by the quotes, found for a whole buffer at once.

A quote opens a quoted cell only as the first character of a cell; inside, `""` is one quote and the next
lone quote closes it.  Text after a closing quote makes the record bad: it ends at the next line end.

Nearly always every quote is regular: the first, third, fifth… stand at the start of a cell or right after a
closing quote, the others before a comma, a line end or a quote.  Then a byte is inside quotes exactly where
the number of quotes up to it is odd, which is the prefix XOR of the quotes' bits (the technique of
simdjson).  Where a quote is irregular, only the irregular ones are walked through, one jump each; those that
neither open nor close are taken out, and the same prefix XOR is exact for what remains.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from rollbook.common.tabular.bits import (
    Bits,
    Bytes,
    Positions,
    between_pairs,
    bits_at,
    bits_of,
    count_before,
    is_set,
    just_after,
    just_before,
    positions_of,
)

QUOTE: Final = 0x22
COMMA: Final = 0x2C
LF: Final = 0x0A
CR: Final = 0x0D
NOWHERE: Final = np.empty(0, np.int64)


@dataclass(frozen=True)
class Records:
    """The records of a buffer that begins with the start of a record.

    `ends`: offset just past each record, line end included.  `bad`: indexes of the records with text after a
    closing quote, `closing`: offset of that quote in each.  `ordinary`: offsets of the quotes that are
    ordinary characters.  `open_quote`: the bytes end inside a quoted cell.  `inside`: the bytes within
    quotes, the opening one included; None without any.  `line_end_bits`: every LF and CR, be it inside.
    """

    data: bytes
    array: Bytes
    ends: Positions
    bad: Positions
    closing: Positions
    ordinary: Positions
    open_quote: bool
    inside: Bits | None
    line_end_bits: Bits

    @property
    def starts(self) -> Positions:
        """Offset of each record's first byte."""
        return np.concatenate((np.zeros(1, np.int64), self.ends))[: len(self.ends)]

    def index_at(self, offset: int) -> int:
        """Index of the record that holds this offset."""
        return int(np.searchsorted(self.ends, offset, side="right"))

    @cached_property
    def comma_bits(self) -> Bits:
        """The commas that separate cells."""
        bits = bits_of(self.array, COMMA)
        return bits if self.inside is None else bits & ~self.inside

    def commas(self) -> Positions:
        """Offsets of the commas that separate cells."""
        return positions_of(self.comma_bits, len(self.array))

    def cell_counts(self) -> Positions:
        """The number of cells of each record."""
        return np.diff(count_before(self.comma_bits, self.ends), prepend=0) + 1


@dataclass(frozen=True, slots=True)
class _Quotes:
    inside: Bits
    ordinary: Positions
    bad_at: Positions


def scan_records(data: bytes, *, final: bool = True) -> Records:
    """The records of `data`, which begins with the start of a record.

    With `final=False` more bytes follow: only complete records are given, and a CR as the last byte is left
    open since it may be half of a CRLF.  Otherwise the last record may lack its line end.

    Measured on one core, in blocks of 1 MiB: 2.4 GB/s without quotes, 1.3 GB/s where every cell is quoted.
    """
    array = np.frombuffer(data, np.uint8)
    line_feeds = bits_of(array, LF)
    returns = bits_of(array, CR) if b"\r" in data else None
    breaks = line_feeds if returns is None else _line_ends(line_feeds, returns, len(data), final=final)
    either = line_feeds if returns is None else line_feeds | returns
    quotes = _quotes(array, either) if b'"' in data else None
    outside = breaks if quotes is None else breaks & ~quotes.inside
    ends = positions_of(outside, len(data)) + 1
    if final and len(data) > (ends[-1] if len(ends) else 0):
        ends = np.append(ends, len(data))
    closing = quotes.bad_at if quotes else NOWHERE
    bad = np.searchsorted(ends, closing, side="right")  # one each: after it the record is unquoted
    complete = bad < len(ends)
    return Records(
        data,
        array,
        ends,
        bad=bad[complete],
        closing=closing[complete],
        ordinary=quotes.ordinary if quotes else NOWHERE,
        open_quote=quotes is not None and is_set(quotes.inside, len(data) - 1),
        inside=quotes.inside if quotes else None,
        line_end_bits=either,
    )


def _line_ends(line_feeds: Bits, returns: Bits, length: int, *, final: bool) -> Bits:
    """The last byte of every line end: LF, CRLF, or a CR alone."""
    alone = returns & ~just_before(line_feeds)
    if not final and is_set(alone, length - 1):
        alone ^= bits_at(np.array([length - 1]), length)
    return line_feeds | alone


def _quotes(array: Bytes, line_ends: Bits) -> _Quotes:
    quotes = bits_of(array, QUOTE)
    separators = bits_of(array, COMMA) | line_ends
    at_start = just_after(separators) | bits_at(np.array([0]), len(array))
    before_end = just_before(separators | quotes) | bits_at(np.array([len(array) - 1]), len(array))
    inside = between_pairs(quotes)
    opening, closing = quotes & inside, quotes & ~inside
    irregular = (opening & ~(at_start | just_after(closing))) | (closing & ~before_end)
    if not irregular.any():
        return _Quotes(inside, NOWHERE, NOWHERE)
    return _irregular(quotes, at_start, before_end, line_ends, len(array))


def _irregular(quotes: Bits, at_start: Bits, before_end: Bits, line_ends: Bits, length: int) -> _Quotes:
    """The same where some quotes are ordinary characters, or have text after them though they close.

    Within a run of regular quotes opening and closing alternate, so one search in the right list of
    exceptions (by whether the run begins at an even or an odd index) leads to where the run stops.
    """
    offsets = positions_of(quotes, length)
    starts_cell = np.isin(offsets, positions_of(quotes & at_start, length), assume_unique=True)
    may_open = starts_cell | np.concatenate((np.zeros(1, np.bool_), np.diff(offsets) == 1))
    may_close = np.isin(offsets, positions_of(quotes & before_end, length), assume_unique=True)
    even = np.arange(len(offsets)) % 2 == 0
    exceptions: tuple[list[int], ...] = tuple(
        np.flatnonzero(np.where(even == opens, ~may_open, ~may_close)).tolist() for opens in (True, False)
    )
    cell_starts: list[int] = np.flatnonzero(starts_cell).tolist()
    lines: list[int] = positions_of(line_ends, length).tolist()
    first_quotes: list[int] = np.searchsorted(offsets, lines).tolist()
    regular = np.zeros(len(offsets), np.bool_)
    bad: list[int] = []
    run = _first_from(cell_starts, 0)
    while run is not None:
        stop = _first_from(exceptions[run & 1], run)
        if stop is None:
            regular[run:] = True
            break
        regular[run:stop] = True
        if (stop - run) % 2 == 0:  # a quote within an unquoted cell, and so are all up to the next cell start
            run = _first_from(cell_starts, stop)
            continue
        regular[stop] = True  # it closes, but text follows: nothing opens before the next line end
        bad.append(stop)
        line = bisect_right(lines, int(offsets[stop]))
        run = _first_from(cell_starts, first_quotes[line]) if line < len(lines) else None
    opening_and_closing = bits_at(offsets[regular], length)
    return _Quotes(between_pairs(opening_and_closing), offsets[~regular], offsets[np.array(bad, np.int64)])


def _first_from(ascending: list[int], least: int) -> int | None:
    """The first number that is not below `least`."""
    at = bisect_left(ascending, least)
    return ascending[at] if at < len(ascending) else None
