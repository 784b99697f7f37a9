"""What the roster does when it hears something.  Every handler is safe to run twice and in any order."""

import polars as pl

from rollbook.common import rows_file
from rollbook.common.contracts.events import (
    DistrictChanged,
    FileValidated,
    StatusChanged,
    UploadPreviewed,
)
from rollbook.common.contracts.new_ids import sha256_of_ids
from rollbook.common.contracts.schema import schema_of
from rollbook.common.errors import NotYetKnown
from rollbook.common.object_store import ObjectStore
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.roster import planning
from rollbook.roster.domain.reidentification import TO
from rollbook.roster.domain.thresholds import Limits, at_stake, held_reasons
from rollbook.roster.ports import FORGOTTEN, PLANNED, OpenRoster
from rollbook.roster.reading import FileRows
from rollbook.roster.telling import rejected_batches

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
            re_identifications_sha256=sha256_of_ids(offered[TO]),
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
