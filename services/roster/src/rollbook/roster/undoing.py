"""Putting back what an upload, an edit or an undo has changed."""

import datetime as dt
from collections.abc import Callable
from typing import cast

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common.contracts.events import UndoRequested
from rollbook.common.dictionary import Kind
from rollbook.common.dictionary import names as n
from rollbook.common.errors import NotYetKnown, Unprocessable
from rollbook.common.object_store import ObjectStore
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.roster import planning
from rollbook.roster.applying import apply_what_is_free
from rollbook.roster.domain import records as r
from rollbook.roster.domain.change_counts import count_changes
from rollbook.roster.domain.change_set import before
from rollbook.roster.domain.inverse import Inverse, invert
from rollbook.roster.ports import APPLIED, PLANNED, OpenRoster, Roster
from rollbook.roster.telling import tell_applied


def undo_upload(
    event: UndoRequested,
    uow: UnitOfWork,
    open_roster: OpenRoster,
    store: ObjectStore,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> None:
    """Put back what the undone upload changed, in one transaction, and keep that as a change set.

    A second time changes nothing.  Raises NotYetKnown while the upload to undo is not applied here, and
    Unprocessable where it never will be.
    """
    roster = open_roster(uow.connection)
    district = roster.district(event.district_id, lock=True)
    target = roster.change_set(event.undoes)
    if district is None or target is None or target.state == PLANNED:
        raise NotYetKnown(f"the changes of {event.undoes}")
    if roster.change_set(event.upload_id) is not None:
        return
    if target.state != APPLIED:
        raise Unprocessable(f"{event.undoes} was called off and changed nothing")
    keys = {
        record: planning.changes_key(event.undoes, record, anew=target.made_anew)
        for record in planning.records_of(event.kind)
    }
    inverse = apply_what_is_free(
        roster, event.district_id, lambda _look: _inverse(roster, event, store, keys)
    )
    found = fnd.complete(inverse.left_alone, cast("Kind", event.kind), {})
    counts = count_changes(inverse.changes, inverse.left_alone, inverse.nothing_to_do)
    for stage in ("preview", "applied"):
        store.put(planning.counts_key(event.upload_id, stage), planning.counts_json(counts))
    planning.put_changes(store, event.upload_id, inverse.changes)
    roster.note_applied(
        event.upload_id,
        event.district_id,
        inverse.changes,
        event.requested_by,
        kind=event.kind,
        undoes=event.undoes,
    )
    tell_applied(uow, event.upload_id, event.district_id, now(), found)


def _inverse(roster: Roster, event: UndoRequested, store: ObjectStore, keys: dict[str, str]) -> Inverse:
    emails = pl.Series(dtype=pl.String)
    if r.PERSON in keys:
        column = before(n.USER_EMAIL)
        parts = planning.change_parts(store, keys[r.PERSON], [column])
        emails = pl.concat([part[column].drop_nulls().unique() for part in parts]).unique()
    elsewhere = roster.emails_elsewhere(event.district_id, emails)
    changes = {record: planning.change_parts(store, key) for record, key in keys.items()}
    return invert(changes, roster.state(event.district_id), elsewhere, event.school_scope)
