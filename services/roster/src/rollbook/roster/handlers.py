"""What the roster does when it hears something.  Every handler is safe to run twice and in any order."""

import base64
import datetime as dt
from collections.abc import Callable, Iterator

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common import rows_file
from rollbook.common.contracts.events import (
    DistrictChanged,
    FileValidated,
    ProcessingRequested,
    RosterRowsRejected,
    StatusChanged,
    UploadApplied,
    UploadPreviewed,
)
from rollbook.common.contracts.schema import build, schema_of
from rollbook.common.errors import NotYetKnown
from rollbook.common.object_store import ObjectStore
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.roster import planning
from rollbook.roster.domain.thresholds import Limits, at_stake, held_reasons
from rollbook.roster.planning_anew import confirm_new_ids, plan_anew
from rollbook.roster.ports import LOOKS, EmailTaken, OpenRoster
from rollbook.roster.reading import FileRows

PLANNED, APPLIED, FORGOTTEN = "planned", "applied", "forgotten"
_OVER = frozenset({"cancelled", "superseded", "failed"})


def take_in_district(event: DistrictChanged, uow: UnitOfWork, open_roster: OpenRoster) -> None:
    """Know a district as support entered it; an older version than the one known is passed over."""
    values = {
        "version": event.version,
        "enrollment_source": event.enrollment_source,
        "allow_school_creation": event.allow_school_creation,
        "updated_percent": event.thresholds.updated_percent,
        "removed_percent": event.thresholds.removed_percent,
        "from_records": event.thresholds.from_records,
        "school_limits": {
            own.school_id: [own.updated_percent, own.removed_percent, own.from_records]
            for own in event.thresholds.schools
        },
    }
    schools = ((school.school_id, school.name) for school in event.schools)
    open_roster(uow.connection).put_district(event.district_id, values, schools)


def plan_upload(event: FileValidated, uow: UnitOfWork, open_roster: OpenRoster, store: ObjectStore) -> None:
    """Compare a validated file with the stored roster, keep the change set and tell what it would do.

    Raises NotYetKnown while the district is not known here as it was when the file came.
    """
    roster = open_roster(uow.connection)
    district = roster.district(event.district_id, lock=True)
    if district is None or district.version < event.district_version:
        raise NotYetKnown(f"district {event.district_id} of version {event.district_version}")
    if roster.change_set(event.upload_id) is not None:  # planned, applied or called off before
        return
    plan = planning.make(roster, FileRows.of(store, event), district)
    found = planning.findings(pl.concat([plan.errors, plan.warnings]), event)
    batches = tuple(rejected_batches(event.upload_id, event.district_id, "comparison", found))
    counts_key = planning.counts_key(event.upload_id, "preview")
    store.put(counts_key, planning.counts_json(plan.counts()))
    planning.put_changes(store, event.upload_id, plan.changes)
    store.put(planning.rejected_key(event.upload_id), rows_file.encode_rejected(plan.errors["row"]))
    roster.put_change_set(
        event.upload_id,
        event.district_id,
        PLANNED,
        kind=event.kind,
        file=schema_of(FileValidated).dump(event),
        roster_version=district.roster_version,
    )
    offered = planning.offer_new_ids(store, event, plan)
    stored = roster.stored_counts(event.district_id, at_stake(plan.changes))
    limits = Limits(district.updated_percent, district.removed_percent, district.from_records)
    of_schools = {school: Limits(*own) for school, own in district.school_limits.items()}
    rejected = int(plan.rows["rejected"].sum())
    errors = found.filter(pl.col("severity") == "error").height
    uow.outbox.add(
        *batches,
        UploadPreviewed(
            upload_id=event.upload_id,
            district_id=event.district_id,
            rows=event.rows,
            accepted_rows=event.accepted_rows + event.rejected_rows - rejected,
            rejected_rows=rejected,
            errors=errors,
            warnings=found.height - errors,
            batches=len(batches),
            counts_key=counts_key,
            held_reasons=held_reasons(plan.changes, stored, limits, of_schools),
            re_identifications=offered.height,
            re_identification_errors=int(offered["errors"].sum()),
        ),
    )


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
    counts_key = planning.counts_key(event.upload_id, "applied")
    changes = shown = planning.get_changes(store, event.upload_id, file.kind)
    found = fnd.empty()
    confirmed = confirm_new_ids(event, roster, store)
    as_shown = known.roster_version == district.roster_version and confirmed is None
    for look in range(LOOKS, 0, -1):
        if as_shown:
            store.put(counts_key, store.get(planning.counts_key(event.upload_id, "preview")))
        else:
            plan, changed = plan_anew(roster, file, district, store, shown=shown, confirmed=confirmed)
            found, changes = planning.findings(changed, file), plan.changes
            store.put(counts_key, planning.counts_json(plan.counts()))
            planning.put_changes(store, event.upload_id, changes, anew=True)
        try:
            roster.apply(event.district_id, changes)
            break
        except EmailTaken:  # by another district, just now: next time it is seen
            as_shown = False
            if look == 1:
                raise
    roster.note_applied(
        event.upload_id, event.district_id, changes, event.requested_by, made_anew=not as_shown
    )
    batches = tuple(rejected_batches(event.upload_id, event.district_id, "applying", found))
    uow.outbox.add(
        *batches,
        UploadApplied(
            upload_id=event.upload_id,
            district_id=event.district_id,
            applied_at=now(),
            errors=found.height,
            batches=len(batches),
            counts_key=counts_key,
        ),
    )


def forget_upload(event: StatusChanged, uow: UnitOfWork, open_roster: OpenRoster) -> None:
    """Do nothing more with an upload that was called off, even if its file is validated later."""
    if event.status not in _OVER:
        return
    roster = open_roster(uow.connection)
    roster.district(event.district_id, lock=True)
    known = roster.change_set(event.upload_id)
    if known is None or known.state == PLANNED:
        roster.put_change_set(event.upload_id, event.district_id, FORGOTTEN)


def rejected_batches(
    upload_id: str, district_id: str, phase: str, found: pl.DataFrame
) -> Iterator[RosterRowsRejected]:
    """The findings of a phase (`comparison` or `applying`) as events."""
    for number, batch in enumerate(fnd.batches(found)):
        yield RosterRowsRejected(
            upload_id=upload_id,
            district_id=district_id,
            phase=phase,
            batch=number,
            count=batch.findings,
            findings=base64.b64encode(batch.data).decode(),
        )
