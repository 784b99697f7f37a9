"""A checkpoint: where every chain stood at a moment.  Kept elsewhere, it betrays one cut off or rewritten."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from rollbook.reports.domain.chain import canonical


class NotACheckpoint(Exception):
    """The text is no checkpoint, or its signature is by no key of ours; the message says which."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The last entry of each district's chain, as its position and hash."""

    made_at: dt.datetime
    heads: Mapping[str, tuple[int, str]]

    def to_json(self) -> str:
        """Canonical JSON of it."""
        heads = {district: {"position": at, "hash": hash_} for district, (at, hash_) in self.heads.items()}
        made_at = self.made_at.astimezone(dt.UTC).isoformat(timespec="seconds")
        return canonical({"version": 1, "madeAt": made_at, "chains": heads})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The checkpoint of `to_json`.

        Raises:
            NotACheckpoint: it is something else.
        """
        try:
            read = json.loads(text)
            heads = {
                str(district): (int(head["position"]), str(head["hash"]))
                for district, head in read["chains"].items()
            }
            return cls(dt.datetime.fromisoformat(read["madeAt"]), heads)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise NotACheckpoint("what is signed is no checkpoint of Rollbook") from None

    def fault(self, district_id: str, position: int, hash_: str) -> str | None:
        """What is wrong with the entry found where the checkpoint saw this district's last one."""
        if self.heads[district_id] == (position, hash_):
            return None
        return (
            f"entry {position} is another than at the checkpoint of {self.made_at:%Y-%m-%d}: it was rewritten"
        )
