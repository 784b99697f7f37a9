"""Removing what is no longer to be kept: the objects first, then the record of it, in one transaction.

A removal that dies in between is done again: the objects are gone then, and the tombstone is written.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from rollbook.common.contracts.events import FileRemoved, Person
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.reports.domain.retention import Part
from rollbook.reports.ports import FileStore, Keeping, Kept

AT_A_TIME: Final = 50
LOOK_AGAIN: Final = dt.timedelta(hours=1)

KeepingIn = Callable[[UnitOfWork], Keeping]


class Remover:
    """Removes parts of uploads, when they are due or when somebody asks."""

    def __init__(self, keeping_in: KeepingIn, store: FileStore) -> None:
        self._keeping_in, self._store = keeping_in, store
        self._next_look = dt.datetime.min.replace(tzinfo=dt.UTC)

    def sweep(self, uow: UnitOfWork, now: dt.datetime) -> None:
        """Remove what is due: some of it, and the rest at the next times; once all is done, look hourly."""
        if now < self._next_look:
            return
        keeping = self._keeping_in(uow)
        due = keeping.due(now, AT_A_TIME)
        for upload_id, part in due:
            kept = keeping.kept(upload_id, lock=True)
            if kept is not None and not kept.is_held and not kept.is_busy:
                self._remove(uow, keeping, kept, part, _facts("retention", None, now))
        if len(due) < AT_A_TIME:
            self._next_look = now + LOOK_AGAIN

    def remove_file(self, uow: UnitOfWork, upload_id: str, by: Person, now: dt.datetime) -> Kept | None:
        """Remove an uploaded file now, because somebody asks; gives what was kept before.

        Nothing is removed where the upload is at work or held, or its file is gone or never was.
        """
        keeping = self._keeping_in(uow)
        kept = keeping.kept(upload_id, lock=True)
        if kept is not None and kept.has("file") and not kept.is_busy and not kept.is_held:
            self._remove(uow, keeping, kept, "file", _facts("request", by, now))
        return kept

    def _remove(
        self, uow: UnitOfWork, keeping: Keeping, kept: Kept, part: Part, facts: dict[str, Any]
    ) -> None:
        if part == "file":
            here = f"uploads/{kept.upload_id}"
            self._store.delete(f"{here}/file", f"{here}/text")
            self._store.delete_all(f"{here}/rows")
            uow.outbox.add(
                FileRemoved(kept.upload_id, kept.district_id, dt.datetime.fromisoformat(facts["when"]))
            )
        else:
            self._store.delete(*keeping.objects(kept, part))
            if part == "details":
                self._store.delete_all(f"reports/{kept.upload_id}/batches")
        keeping.remove(kept, part, facts)


def _facts(why: str, by: Person | None, now: dt.datetime) -> dict[str, Any]:
    who = None if by is None else {"sub": by.sub, "name": by.name}
    return {"why": why, "who": who, "when": now.astimezone(dt.UTC).isoformat()}
