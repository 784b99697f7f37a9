"""How far apart two names are."""

import re
from typing import Final

_SEPARATORS: Final = re.compile(r"[_\-\s]")


def letters_and_digits(name: str) -> str:
    """The name without `_`, `-`, spaces and capitals."""
    return _SEPARATORS.sub("", name).lower()


def distance(one: str, other: str) -> int:
    """The Damerau-Levenshtein distance, unrestricted (Lowrance and Wagner 1975).

    The fewest insertions, deletions, substitutions and swaps of neighbours that make one from the other;
    a swapped pair may be edited further ("ca" and "abc" are 2 apart).
    """
    last_row_of: dict[str, int] = {}
    far = len(one) + len(other)
    costs = {(-1, -1): far}
    for i in range(len(one) + 1):
        costs[i, -1], costs[i, 0] = far, i
    for j in range(len(other) + 1):
        costs[-1, j], costs[0, j] = far, j
    for i, a in enumerate(one, 1):
        last_match = 0
        for j, b in enumerate(other, 1):
            row, column = last_row_of.get(b, 0), last_match
            same = a == b
            if same:
                last_match = j
            costs[i, j] = min(
                costs[i - 1, j - 1] + (not same),
                costs[i, j - 1] + 1,
                costs[i - 1, j] + 1,
                costs[row - 1, column - 1] + (i - row - 1) + 1 + (j - column - 1),
            )
        last_row_of[a] = i
    return costs[len(one), len(other)]
