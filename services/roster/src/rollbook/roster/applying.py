"""Process: the change set of an upload applied as it was shown, or as it is made anew."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common.contracts.events import FileValidated, ProcessingRequested
from rollbook.common.contracts.schema import build, schema_of
from rollbook.common.errors import NotYetKnown
from rollbook.common.object_store import ObjectStore
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.roster import planning
from rollbook.roster.domain import records as r
from rollbook.roster.planning_anew import confirm_new_ids, plan_anew
from rollbook.roster.ports import LOOKS, PLANNED, EmailTaken, OpenRoster, Roster
from rollbook.roster.telling import tell_applied


class _Changing(Protocol):
    @property
    def changes(self) -> r.Frames: ...


C = TypeVar("C", bound=_Changing)


@dataclass(frozen=True, slots=True)
class _Decided:
    """What is applied, the findings of the rows that are left out, and whether it is not what was shown."""

    changes: r.Frames
    left_out: pl.DataFrame
    anew: bool


def apply_upload(
    event: ProcessingRequested,
    uow: UnitOfWork,
    open_roster: OpenRoster,
    store: ObjectStore,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> None:
    """Apply an upload's change set, all of it or nothing; a second time changes nothing.

    Where the roster is another than the preview's, the change set is made anew, and rows that would now do
    something else are left out and told of.  Raises NotYetKnown while there is no plan.
    """
    roster = open_roster(uow.connection)
    district = roster.district(event.district_id, lock=True)
    known = roster.change_set(event.upload_id)
    if district is None or known is None:
        raise NotYetKnown(f"the plan of upload {event.upload_id}")
    if known.state != PLANNED:
        return
    file: FileValidated = build(FileValidated, schema_of(FileValidated).load(known.file))
    shown = planning.get_changes(store, event.upload_id, file.kind)
    confirmed = confirm_new_ids(event, roster, store)
    stands = known.roster_version == district.roster_version and confirmed is None
    counts_key = planning.counts_key(event.upload_id, "applied")

    def decide(look: int) -> _Decided:
        if stands and look == 1:
            store.put(counts_key, store.get(planning.counts_key(event.upload_id, "preview")))
            return _Decided(shown, fnd.empty(), anew=False)
        plan, changed = plan_anew(roster, file, district, store, shown=shown, confirmed=confirmed)
        store.put(counts_key, planning.counts_json(plan.counts()))
        planning.put_changes(store, event.upload_id, plan.changes, anew=True)
        return _Decided(plan.changes, planning.findings(changed, file), anew=True)

    done = apply_what_is_free(roster, event.district_id, decide)
    roster.note_applied(
        event.upload_id, event.district_id, done.changes, event.requested_by, made_anew=done.anew
    )
    tell_applied(uow, event.upload_id, event.district_id, now(), done.left_out)


def apply_what_is_free(roster: Roster, district_id: str, decide: Callable[[int], C]) -> C:
    """Apply the changes that are decided; give what was.

    Decides again (the number of the look, from 1, tells which time it is) where another district has just
    taken an e-mail address: next time it is seen.  Raises EmailTaken if that happens each time.
    """
    for look in range(1, LOOKS):
        decided = decide(look)
        try:
            roster.apply(district_id, decided.changes)
        except EmailTaken:
            continue
        return decided
    decided = decide(LOOKS)
    roster.apply(district_id, decided.changes)
    return decided
