"""What reports does when it hears something: keeps it, and makes a report once all that it needs is there.

Each handler locks the upload's row first, so that of two last events one sees the other's; each may run
again for the same event, and they may come in any order.
"""

import base64
import binascii
from collections.abc import Callable
from functools import partial

import polars as pl
import structlog

from rollbook.common import findings as fnd
from rollbook.common.contracts import events as e
from rollbook.common.contracts.schema import schema_of
from rollbook.common.errors import Unprocessable
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.reports import assembling
from rollbook.reports.assembling import Told, change_of
from rollbook.reports.ports import (
    APPLYING,
    FINAL,
    REFUSED,
    VALIDATION,
    Batch,
    Change,
    FileStore,
    Report,
    Uploads,
)

VALIDATOR, ROSTER = "validator", "roster"

UploadsIn = Callable[[UnitOfWork], Uploads]
log = structlog.get_logger(__name__)


def record_file(event: e.FileReceived, uow: UnitOfWork, uploads_in: UploadsIn, store: FileStore) -> None:
    """Begin the history of an upload."""
    uploads = _locked(event, uow, uploads_in)
    _describe(uploads, event, "validating")
    uploads.keep(event)
    _report(event, uow, uploads, store)


def record_refusal(event: e.FileRefused, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Keep in the history what was refused and why."""
    uploads = _locked(event, uow, uploads_in)
    change = _describe(uploads, event, "refused")
    uploads.keep(event)
    if not uploads.has_entry(event.upload_id, REFUSED):
        problems = schema_of(e.FileRefused).dump(event)["problems"]
        uploads.add_refusal(event.upload_id, event.district_id, change, problems)


def record_change(
    event: e.UndoRequested | e.RecordEdited, uow: UnitOfWork, uploads_in: UploadsIn, store: FileStore
) -> None:
    """Begin the history of an undo, or of an edit in the portal: it has no file, and one report."""
    uploads = _locked(event, uow, uploads_in)
    _describe(uploads, event, "processing")
    uploads.keep(event)
    _report(event, uow, uploads, store)


def record_status(event: e.StatusChanged, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Show the newest status in the history."""
    _locked(event, uow, uploads_in).set_status(event.upload_id, event.status, event.changed_at)


def record_findings(
    event: e.ValidatorRowsRejected | e.RosterRowsRejected,
    uow: UnitOfWork,
    uploads_in: UploadsIn,
    store: FileStore,
) -> None:
    """Keep a batch of findings.

    Raises Unprocessable where the batch is not what it says it is.
    """
    uploads = _locked(event, uow, uploads_in)
    try:
        data = base64.b64decode(event.findings, validate=True)
        found = fnd.decode(data)
    except (binascii.Error, pl.exceptions.PolarsError):
        raise Unprocessable("a batch of findings cannot be decoded") from None
    if found.height != event.count or not found.height:
        raise Unprocessable(f"a batch holds {found.height} findings, not {event.count}")
    key = f"reports/{event.upload_id}/batches/{event.phase}-{event.batch:06d}.arrow"
    store.put(key, data)
    errors = int((found["severity"] == "error").sum())
    uploads.add_batch(
        event.upload_id,
        Batch(
            source=VALIDATOR if isinstance(event, e.ValidatorRowsRejected) else ROSTER,
            phase=event.phase,
            number=event.batch,
            min_row=int(found["row"].min() or 0),  # type: ignore[arg-type]  # a number column
            max_row=int(found["row"].max() or 0),  # type: ignore[arg-type]
            errors=errors,
            warnings=found.height - errors,
            object_key=key,
        ),
    )
    _report(event, uow, uploads, store)


def record_result(
    event: e.FileValidated | e.UploadPreviewed | e.ProcessingRequested | e.UploadApplied,
    uow: UnitOfWork,
    uploads_in: UploadsIn,
    store: FileStore,
) -> None:
    """Keep what a service says at the end of its work: how many batches of findings there are."""
    uploads = _locked(event, uow, uploads_in)
    uploads.keep(event)
    _report(event, uow, uploads, store)


def _locked(event: e.Event, uow: UnitOfWork, uploads_in: UploadsIn) -> Uploads:
    uploads = uploads_in(uow)
    uploads.lock(event.upload_id, event.district_id)
    return uploads


def _describe(uploads: Uploads, event: Told, status: str) -> Change:
    change = change_of(event)
    facts = {
        "kind": change.what,
        "file_name": change.title,
        "uploaded_by": change.by.sub,
        "uploaded_by_name": change.by.name,
        "uploaded_at": change.at,
    }
    uploads.describe(event.upload_id, facts)
    uploads.set_status(event.upload_id, status, change.at)
    return change


def _report(event: e.Event, uow: UnitOfWork, uploads: Uploads, store: FileStore) -> None:
    """Make the reports that can be made now, the final one of a file only after the validation's."""
    change = _kept_change(event.upload_id, uploads)
    of_file = ((VALIDATION, _validation), (FINAL, _final))
    for stage, make in of_file if change is None else ((FINAL, partial(_final_of_change, change)),):
        if uploads.has_entry(event.upload_id, stage):
            continue
        made = make(event.upload_id, uploads, store)
        if made is None:
            return
        uploads.add_report(event.upload_id, event.district_id, made)
        uow.outbox.add(e.ReportReady(event.upload_id, event.district_id, stage, made.errors, made.warnings))
        log.info("report_made", upload_id=event.upload_id, stage=stage, errors=made.errors)


def _validation(upload_id: str, uploads: Uploads, store: FileStore) -> Report | None:
    file = uploads.kept(upload_id, e.FileReceived)
    validated = uploads.kept(upload_id, e.FileValidated)
    previewed = uploads.kept(upload_id, e.UploadPreviewed)
    if file is None or validated is None or previewed is None:
        return None
    known = uploads.batches(upload_id)
    checked = [batch for batch in known if batch.source == VALIDATOR]
    compared = [batch for batch in known if batch.source == ROSTER and batch.phase != APPLYING]
    complete = (
        _is_complete(checked, validated.batches, validated.errors, validated.warnings),
        _is_complete(compared, previewed.batches, previewed.errors, previewed.warnings),
    )
    if not all(complete):
        return None
    earlier = uploads.earlier(upload_id)
    return assembling.validation_report(file, previewed, [*checked, *compared], earlier, store)


def _final(upload_id: str, uploads: Uploads, store: FileStore) -> Report | None:
    file = uploads.kept(upload_id, e.FileReceived)
    requested = uploads.kept(upload_id, e.ProcessingRequested)
    applied = uploads.kept(upload_id, e.UploadApplied)
    if file is None or requested is None or applied is None:
        return None
    failed = [batch for batch in uploads.batches(upload_id) if batch.phase == APPLYING]
    if not _is_complete(failed, applied.batches, applied.errors, 0):
        return None
    return assembling.final_report(file, requested, applied, failed, store)


def _kept_change(upload_id: str, uploads: Uploads) -> Change | None:
    event = uploads.kept(upload_id, e.UndoRequested) or uploads.kept(upload_id, e.RecordEdited)
    return None if event is None else change_of(event)


def _final_of_change(change: Change, upload_id: str, uploads: Uploads, store: FileStore) -> Report | None:
    applied = uploads.kept(upload_id, e.UploadApplied)
    if applied is None:
        return None
    left_alone = uploads.batches(upload_id)
    if not _is_complete(left_alone, applied.batches, applied.errors, 0):
        return None
    return assembling.change_report(change, applied, left_alone, store)


def _is_complete(batches: list[Batch], expected: int, errors: int, warnings: int) -> bool:
    """Whether the set is whole.  Raises Unprocessable where it does not add up: never a shorter report."""
    if len(batches) < expected:
        return False
    found = (
        len(batches),
        sum(batch.errors for batch in batches),
        sum(batch.warnings for batch in batches),
    )
    if found != (expected, errors, warnings):
        raise Unprocessable(
            f"batches, errors and warnings are {found}, and should be {(expected, errors, warnings)}"
        )
    return True
