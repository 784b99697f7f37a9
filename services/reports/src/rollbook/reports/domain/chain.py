"""The chain of report entries: each holds the hash of its district's entry before it."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

START: Final = "0" * 64
"""What stands for the hash before the first entry of a district."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One report as the chain knows it.  `files`: SHA-256 by file name; `who`, `when`: as the events say."""

    district_id: str
    position: int
    previous: str
    upload_id: str
    stage: str
    files: Mapping[str, str]
    counts_sha256: str
    who: str
    who_name: str
    when: dt.datetime

    def hash(self) -> str:
        """SHA-256 over the entry as canonical JSON: sorted keys, no blanks, UTF-8."""
        content = {
            "previous": self.previous,
            "districtId": self.district_id,
            "position": self.position,
            "uploadId": self.upload_id,
            "stage": self.stage,
            "files": dict(self.files),
            "counts": self.counts_sha256,
            "who": {"sub": self.who, "name": self.who_name},
            "when": self.when.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        }
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def fault(entry: Entry, stored_hash: str, position: int, previous: str) -> str | None:
    """What is wrong with an entry that should stand at this position after this hash; None if nothing."""
    if entry.position != position:
        return f"entry {position} is missing"
    if entry.previous != previous:
        return f"entry {position} does not follow the entry before it"
    if entry.hash() != stored_hash:
        return f"entry {position} has been altered"
    return None
