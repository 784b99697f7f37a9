"""Which new userIds were offered, in an event however many they are: told by their hash."""

import hashlib
from collections.abc import Iterable


def sha256_of_ids(ids: Iterable[str]) -> str:
    """The same for the same IDs, in whatever order and however often; "" for none."""
    lines = "".join(f"{one}\n" for one in sorted(set(ids)))
    return hashlib.sha256(lines.encode()).hexdigest() if lines else ""
