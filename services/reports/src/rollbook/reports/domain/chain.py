"""The chain of a district's entries: each holds the hash of the one before, and of what it is about.

An entry's own hash covers the hash of its facts, not the facts: they can be removed one day (see
`domain.retention`) without breaking the chain.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

START: Final = "0" * 64
"""What stands for the hash before the first entry of a district."""


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> str:
    """JSON of which there is one for each value: sorted keys, no blanks, no escapes of letters."""
    return _ENCODER.encode(value)


def sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One link.  `what`: a stage of a report, `refused` or `removed`; `facts`: hash of its canonical JSON."""

    district_id: str
    position: int
    previous: str
    upload_id: str
    what: str
    facts_sha256: str

    def hash(self) -> str:
        """SHA-256 over the entry as canonical JSON."""
        content = {
            "previous": self.previous,
            "districtId": self.district_id,
            "position": self.position,
            "uploadId": self.upload_id,
            "what": self.what,
            "facts": self.facts_sha256,
        }
        return sha256(canonical(content))


def with_place(facts: Mapping[str, Any], position: int) -> str:
    """Facts as they are kept: with the position, so that a moved entry can be told from a forged one."""
    return canonical({**facts, "position": position})


def fault(entry: Entry, stored_hash: str, facts: str | None, previous: str | None) -> str | None:
    """What is wrong with a stored entry that should follow the hash `previous`; None if nothing.

    `facts`: its canonical JSON; None where it has been removed.  `previous` None: the entry before is
    missing or faulty itself, and proves nothing.
    """
    at = entry.position
    if facts is not None and sha256(facts) != entry.facts_sha256:
        return f"entry {at} has been altered"
    if entry.hash() != stored_hash:
        written_as = at if facts is None else json.loads(facts)["position"]
        if replace(entry, position=written_as).hash() == stored_hash:
            return f"entry {at} is out of order: it was written as entry {written_as}"
        return f"entry {at} has been altered"
    if previous is not None and entry.previous != previous:
        return f"entry {at} does not follow the entry before it: one of the two has been replaced"
    return None
