"""What has become of the errors of an earlier attempt: fixed, still there, new.

Rows move between two versions of a file, so an error is known again by its code and by the person and class
of its record, or by its value where the record names neither; equal ones are counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl


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
    before, counts_before = _counted(earlier)
    after, counts_after = _counted(now)
    _, at_before, at_after = np.intersect1d(before, after, assume_unique=True, return_indices=True)
    remaining = int(np.minimum(counts_before[at_before], counts_after[at_after]).sum())
    total, present = int(counts_before.sum()), int(counts_after.sum())
    return Progress(total, total - remaining, remaining, present - remaining)


def _counted(parts: Iterable[pl.Series]) -> tuple[np.ndarray, np.ndarray]:
    whole = np.concatenate([np.empty(0, np.uint64), *(part.to_numpy() for part in parts)])
    return np.unique(whole, return_counts=True)


def _are(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
