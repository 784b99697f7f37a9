"""Which runs of whole cells are blank, for many of them at once."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rollbook.common.tabular.bits import Positions
from rollbook.common.tabular.records import Records
from rollbook.common.tabular.tokenizer import is_blank

Mask = NDArray[np.bool_]

_POSSIBLY_TEXT: Final = np.array([byte not in b"\t\n\v\f\r ," for byte in range(256)], np.bool_)
_CERTAINLY_TEXT: Final = _POSSIBLY_TEXT & np.array([byte < 0x80 and byte != 0x22 for byte in range(256)])


class Blanks:
    """Looks at the bytes of some records once, and then at any spans of them."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._possible, self._certain = (
            _counted(table[records.array]) for table in (_POSSIBLY_TEXT, _CERTAINLY_TEXT)
        )

    def spans(self, begin: Positions, end: Positions) -> Mask:
        """Whether all cells in each span of bytes are blank; a span begins with the start of a cell.

        Quotes and bytes outside ASCII alone do not tell (`""` is blank, so is a no-break space): where a span
        holds nothing else, it is read exactly.
        """
        possible, certain = self._possible, self._certain
        blank: Mask = possible[end] == possible[begin]
        unsure = ~blank & (certain[end] == certain[begin])
        for at in np.flatnonzero(unsure):
            blank[at] = is_blank(self._records.data[begin[at] : end[at]])
        return blank

    def nothing_in(self, begin: Positions, end: Positions) -> Mask:
        """Whether each span holds nothing but ASCII white space and commas."""
        nothing: Mask = self._possible[end] == self._possible[begin]
        return nothing


def blank_spans(records: Records, begin: Positions, end: Positions) -> Mask:
    """As `Blanks.spans`, for spans that are looked at but once."""
    return Blanks(records).spans(begin, end) if len(begin) else np.empty(0, np.bool_)


def _counted(flags: Mask) -> NDArray[np.int32]:
    """How many flags are set before each offset."""
    count = np.zeros(len(flags) + 1, np.int32)
    np.cumsum(flags, out=count[1:])
    return count
