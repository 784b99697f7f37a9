"""What reports does when it hears something: keeps it, and makes a report once all that it needs is there.

Each handler locks the upload's row first, so that of two last events one sees the other's; each may run
again for the same event, and they may come in any order.  What does not add up with what is there already is
not kept.
"""

import base64
import binascii
from collections.abc import Callable
from contextlib import AbstractContextManager

import polars as pl
import structlog

from rollbook.common import findings as fnd
from rollbook.common.contracts import events as e
from rollbook.common.contracts.schema import schema_of
from rollbook.common.errors import Unprocessable
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.reports.assembling import Told, change_of
from rollbook.reports.completeness import ROSTER, VALIDATOR, next_report
from rollbook.reports.ports import REFUSED, Batch, Change, FileStore, Uploads

UploadsIn = Callable[[UnitOfWork], Uploads]
log = structlog.get_logger(__name__)


def record_file(event: e.FileReceived, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Begin the history of an upload."""
    uploads = locked(event, uow, uploads_in)
    _describe(uploads, event, "validating")
    uploads.keep(event)
    next_report(event.upload_id, uploads)


def record_refusal(event: e.FileRefused, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Keep in the history what was refused and why."""
    uploads = locked(event, uow, uploads_in)
    change = _describe(uploads, event, "refused")
    uploads.keep(event)
    if not uploads.has_entry(event.upload_id, REFUSED):
        problems = schema_of(e.FileRefused).dump(event)["problems"]
        uploads.add_refusal(event.upload_id, event.district_id, change, problems)


def record_change(event: e.UndoRequested | e.RecordEdited, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Begin the history of an undo, or of an edit in the portal: it has no file, and one report."""
    uploads = locked(event, uow, uploads_in)
    _describe(uploads, event, "processing")
    uploads.keep(event)
    next_report(event.upload_id, uploads)


def record_status(event: e.StatusChanged, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Show the newest status in the history."""
    locked(event, uow, uploads_in).set_status(event.upload_id, event.status, event.changed_at)


def record_findings(
    event: e.ValidatorRowsRejected | e.RosterRowsRejected,
    uow: UnitOfWork,
    uploads_in: UploadsIn,
    store: FileStore,
) -> None:
    """Keep a batch of findings.

    Raises Unprocessable where the batch is not what it says it is.
    """
    uploads = locked(event, uow, uploads_in)
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
    next_report(event.upload_id, uploads)


def record_result(
    event: e.FileValidated | e.UploadPreviewed | e.ProcessingRequested | e.UploadApplied,
    uow: UnitOfWork,
    uploads_in: UploadsIn,
) -> None:
    """Keep what a service says at the end of its work: how many batches of findings there are.

    Raises Unprocessable where these are not the batches that came.
    """
    uploads = locked(event, uow, uploads_in)
    uploads.keep(event)
    next_report(event.upload_id, uploads)


def locked(event: e.Event, uow: UnitOfWork, uploads_in: UploadsIn) -> Uploads:
    """The uploads in a transaction, this event's to ourselves until it ends."""
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


def make_reports(
    event: e.Event,
    looking: Callable[[], AbstractContextManager[Uploads]],
    begin: Callable[[], UnitOfWork],
    uploads_in: UploadsIn,
    store: FileStore,
) -> None:
    """Make the reports that an event was the last to be missing for.

    Their files are made between two short transactions: a large report takes many seconds, and with SQLite
    nobody else could write in them, not even that somebody reads a report.  Two processes that make the same
    one at a time write the same bytes, and the first to come keeps it.
    """
    while True:
        with looking() as uploads:
            make = next_report(event.upload_id, uploads)
        if make is None:
            return
        made = make(store)
        with begin() as uow:
            uploads = locked(event, uow, uploads_in)
            if uploads.has_entry(event.upload_id, made.stage):
                continue
            uploads.add_report(event.upload_id, event.district_id, made)
            ready = e.ReportReady(event.upload_id, event.district_id, made.stage, made.errors, made.warnings)
            uow.outbox.add(ready)
            uow.commit()
        log.info("report_made", upload_id=event.upload_id, stage=made.stage, errors=made.errors)
