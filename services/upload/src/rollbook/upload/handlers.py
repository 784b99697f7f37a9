"""How the upload service reacts to what it hears, in any order, and what it does unasked."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from rollbook.common.contracts import events as e
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.upload.domain.states import BUSY, FINAL, PROCESSING, VALIDATING, WAITING, state_after
from rollbook.upload.ports import FileStore, Upload, Uploads
from rollbook.upload.stored_file import file_key, text_key

STALLS: Final = 5
INCOMING_LASTS: Final = dt.timedelta(hours=6)

UploadsIn = Callable[[UnitOfWork], Uploads]


def move(
    upload: Upload, status: str, uow: UnitOfWork, *, by: e.Person | None = None, reason: str = ""
) -> None:
    """Put an upload into another state and tell so.  The caller saves it."""
    now = dt.datetime.now(dt.UTC)
    upload.status, upload.reason, upload.moved_at, upload.silent = status, reason, now, 0
    uow.outbox.add(e.StatusChanged(upload.upload_id, upload.district_id, status, now, by, reason))


def note_chunk(event: e.ChunkChecked, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Progress."""
    uploads = uploads_in(uow)
    upload = uploads.get(event.upload_id, lock=True)
    if upload is not None and uploads.add_chunk(event.upload_id, event.index, event.rows):
        upload.moved_at, upload.silent = dt.datetime.now(dt.UTC), 0
        uploads.save(upload)


def note_validated(event: e.FileValidated, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """What the file alone has shown."""
    _learn(event, uow, uploads_in, file_errors=event.errors, file_warnings=event.warnings)


def note_previewed(event: e.UploadPreviewed, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """What the comparison with the roster has shown."""
    _learn(
        event,
        uow,
        uploads_in,
        roster_errors=event.errors,
        roster_warnings=event.warnings,
        accepted_rows=event.accepted_rows,
        held_reasons=event.held_reasons,
    )


def note_applied(event: e.UploadApplied, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """It is in the roster."""
    _learn(event, uow, uploads_in, apply_errors=event.errors)


def note_report(event: e.ReportReady, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """A report can be read."""
    fact = "final_report" if event.stage == "final" else "validation_report"
    _learn(event, uow, uploads_in, **{fact: True})


def note_failed(event: e.UploadFailed, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """A service gave up.  What the roster applies or applied is not called failed for want of a report."""
    uploads = uploads_in(uow)
    upload = uploads.get(event.upload_id, lock=True)
    if upload is None or upload.status not in BUSY:
        return
    applied = upload.facts.apply_errors is not None
    if upload.status == PROCESSING and (applied or event.service != "roster"):
        upload.facts = dataclasses.replace(upload.facts, final_report_lost=True)
        following = state_after(upload.status, upload.facts)
        if following != upload.status:
            move(upload, following, uow, reason=event.reason)
    else:
        move(upload, "failed", uow, reason=event.reason)
    uploads.save(upload)


def sweep(
    uow: UnitOfWork, now: dt.datetime, uploads_in: UploadsIn, store: FileStore, stall_seconds: float
) -> None:
    """Set stalled uploads going again, and remove what a dead process left of a file on its way in.

    A stalled upload that is processing is told again for ever: only the roster knows whether it is applied.
    """
    uploads = uploads_in(uow)
    for upload in uploads.in_states(BUSY):
        if (now - upload.moved_at).total_seconds() < stall_seconds * (1 + min(upload.silent, STALLS)):
            continue
        if upload.status == VALIDATING and upload.silent >= STALLS:
            move(upload, "failed", uow, reason="The check of the file did not go on; upload it again.")
        else:
            upload.stalls, upload.silent, upload.moved_at = upload.stalls + 1, upload.silent + 1, now
            uow.outbox.add(e.UploadStalled(upload.upload_id, upload.district_id, upload.stalls))
        uploads.save(upload)
    for upload_id in uploads.abandoned(now - INCOMING_LASTS):
        store.delete(file_key(upload_id), text_key(upload_id))
        uploads.end_incoming(upload_id)


def _learn(event: e.Event, uow: UnitOfWork, uploads_in: UploadsIn, **facts: Any) -> None:
    uploads = uploads_in(uow)
    upload = uploads.get(event.upload_id, lock=True)
    if upload is None or upload.status in FINAL:
        return
    known = dataclasses.replace(upload.facts, **facts)
    if known == upload.facts:
        return
    upload.facts = known
    if upload.status not in WAITING:
        upload.moved_at, upload.silent = dt.datetime.now(dt.UTC), 0
    following = state_after(upload.status, known)
    if following != upload.status:
        move(upload, following, uow, reason=" ".join(known.held_reasons) if following == "held" else "")
    uploads.save(upload)
