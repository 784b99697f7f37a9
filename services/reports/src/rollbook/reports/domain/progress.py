"""What has become of the errors of an earlier attempt: fixed, still there, new.

Rows move between two versions of a file, so an error is known again by its code and by the person and class
of its record, or by its value where the record names neither; equal ones are counted.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.uint64]
_PARTS: Final = 32


def fingerprints(findings: pl.DataFrame) -> pl.Series:
    """A number for each error among these findings.  They compare within one process only."""
    named = (pl.col("userId") != "") | (pl.col("classId") != "")
    value = pl.when(named).then(pl.lit("")).otherwise(pl.col("value"))
    parts = pl.concat_str("code", "userId", "classId", value, separator="\x1f")
    return (
        findings.filter(pl.col("severity") == "error").select(parts.hash().alias("fingerprint")).to_series()
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How many errors an earlier attempt had, and of them and the present ones how many are what."""

    earlier: int
    fixed: int
    remaining: int
    new: int

    def in_words(self) -> str:
        """A sentence for the person who corrected the file."""
        if not self.earlier:
            return f"The earlier file had no error; {_are(self.new, 'is', 'are')} new."
        errors = "error is" if self.earlier == 1 else "errors are"
        return (
            f"{self.fixed:,} of {self.earlier:,} earlier {errors} fixed; "
            f"{_are(self.remaining, 'remains', 'remain')}, {_are(self.new, 'is', 'are')} new."
        )


def progress(earlier: Iterable[pl.Series], now: Iterable[pl.Series]) -> Progress:
    """Compare two attempts by the fingerprints of their errors."""
    before, after = _in_order(earlier), _in_order(now)
    # Part by part: counting a million at once would take several times their memory.
    edges = np.arange(1, _PARTS, dtype=np.uint64) * np.uint64(2**64 // _PARTS)
    pairs = zip(
        np.split(before, np.searchsorted(before, edges)),
        np.split(after, np.searchsorted(after, edges)),
        strict=True,
    )
    remaining = sum(_in_common(ours, theirs) for ours, theirs in pairs)
    return Progress(len(before), len(before) - remaining, remaining, len(after) - remaining)


def _in_order(parts: Iterable[pl.Series]) -> Numbers:
    """All numbers sorted, in no more memory than they take."""
    gathered = array("Q")
    for part in parts:
        gathered.frombytes(part.to_numpy().tobytes())
    numbers = np.frombuffer(gathered, np.uint64)
    numbers.sort()
    return numbers


def _in_common(before: Numbers, after: Numbers) -> int:
    """How many there are in both, equal ones counted as often as both have them."""
    ours, counts = np.unique(before, return_counts=True)
    theirs, their_counts = np.unique(after, return_counts=True)
    _, at, their_at = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
    return int(np.minimum(counts[at], their_counts[their_at]).sum())


def _are(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
