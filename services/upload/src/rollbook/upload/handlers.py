"""How the upload service reacts to what it hears, in any order, and what it does unasked."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from rollbook.common.contracts import events as e
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.upload.domain.states import (
    BUSY,
    COMPLETED,
    FINAL,
    PROCESSING,
    VALIDATING,
    WAITING,
    Facts,
    NotNow,
    state_after,
)
from rollbook.upload.ports import EDIT, FileStore, Upload, Uploads
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
        re_identifications=event.re_identifications,
        re_identification_errors=event.re_identification_errors,
        re_identifications_sha256=event.re_identifications_sha256,
    )


def note_applied(event: e.UploadApplied, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """It is in the roster."""
    _learn(event, uow, uploads_in, apply_errors=event.errors)


def note_edit(event: e.RecordEdited, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """One record was changed in the portal: it is listed, and can be undone, like an upload of one row."""
    uploads = uploads_in(uow)
    if uploads.get(event.upload_id) is not None:
        return
    edit = Upload(
        upload_id=event.upload_id,
        district_id=event.district_id,
        status="completed",
        kind=EDIT,
        file_name=event.title[:255],
        sub=event.edited_by.sub[:255],
        person_name=event.edited_by.name[:255],
        uploaded_at=event.edited_at,
        moved_at=event.edited_at,
        facts=Facts(apply_errors=0, final_report=True),
    )
    uploads.save(edit, new=True)
    uow.outbox.add(
        e.StatusChanged(edit.upload_id, edit.district_id, edit.status, event.edited_at, event.edited_by, "")
    )


def note_report(event: e.ReportReady, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """A report can be read."""
    fact = "final_report" if event.stage == "final" else "validation_report"
    _learn(event, uow, uploads_in, **{fact: True})


def note_file_removed(event: e.FileRemoved, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """The file is no longer kept: an upload that still waits for a decision has nothing to be processed."""
    uploads = uploads_in(uow)
    upload = uploads.get(event.upload_id, lock=True)
    if upload is not None and upload.status in WAITING:
        day = f"{event.removed_at:%Y-%m-%d}"
        move(upload, "cancelled", uow, reason=f"Its file was removed on {day}; upload it again.")
        uploads.save(upload)


def note_failed(event: e.UploadFailed, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """A service gave up.  What the roster applies or applied is not called failed for want of a report."""
    uploads = uploads_in(uow)
    upload = uploads.get(event.upload_id, lock=True)
    if upload is None or upload.status not in BUSY or upload.undone_by is not None:
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
    _settle_undo(upload, uow, uploads)


def sweep(
    uow: UnitOfWork, now: dt.datetime, uploads_in: UploadsIn, store: FileStore, stall_seconds: float
) -> None:
    """Set stalled uploads going again, and remove what a dead process left of a file on its way in.

    A stalled upload that is processing is told again for ever: only the roster knows whether it is applied.
    """
    uploads = uploads_in(uow)
    for upload in uploads.in_states(BUSY):
        if upload.undone_by is not None:  # its undo is looked after in its place
            continue
        if (now - upload.moved_at).total_seconds() < stall_seconds * (1 + min(upload.silent, STALLS)):
            continue
        if upload.status == VALIDATING and upload.silent >= STALLS:
            move(upload, "failed", uow, reason="The check of the file did not go on; upload it again.")
        else:
            upload.silent += 1
            _tell_again(upload, uow, now)
        uploads.save(upload)
    for upload_id in uploads.abandoned(now - INCOMING_LASTS):
        store.delete(file_key(upload_id), text_key(upload_id))
        uploads.end_incoming(upload_id)


def nudge(upload_id: str, uow: UnitOfWork, now: dt.datetime, uploads_in: UploadsIn) -> None:
    """Set an upload going again at once, and give it all its stalls anew, because a person says so.

    Raises:
        LookupError: there is no such upload.
        NotNow: it waits for a person, or is at its end.
    """
    uploads = uploads_in(uow)
    upload = uploads.get(upload_id, lock=True)
    if upload is None:
        raise LookupError(upload_id)
    if upload.undone_by is not None and upload.status in BUSY:
        raise NotNow("not_moving", f"The upload is being undone: what moves is {upload.undone_by}.")
    if upload.status not in BUSY:
        raise NotNow("not_moving", f"The upload is {upload.status}: no service has anything to do for it.")
    upload.silent = 0
    _tell_again(upload, uow, now)
    uploads.save(upload)


def _tell_again(upload: Upload, uow: UnitOfWork, now: dt.datetime) -> None:
    upload.stalls, upload.moved_at = upload.stalls + 1, now
    uow.outbox.add(e.UploadStalled(upload.upload_id, upload.district_id, upload.stalls))


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
    following = upload.status if upload.undone_by is not None else state_after(upload.status, known)
    if following != upload.status:
        move(upload, following, uow, reason=" ".join(known.held_reasons) if following == "held" else "")
    uploads.save(upload)
    _settle_undo(upload, uow, uploads)


def _settle_undo(undo: Upload, uow: UnitOfWork, uploads: Uploads) -> None:
    """Once an undo is at its end, say so of the upload that it undid.

    Where that was an undo itself, what it had undone stands in the roster again.
    """
    target = uploads.get(undo.undoes, lock=True) if undo.undoes else None
    if target is None or target.undone_by != undo.upload_id or target.status != PROCESSING:
        return
    if undo.status == "failed":
        _stand_again(target, uow, uploads, reason=undo.reason)
    elif undo.status in COMPLETED:
        move(target, "undone", uow, by=e.Person(undo.sub, undo.person_name))
        uploads.save(target)
        restored = uploads.get(target.undoes, lock=True) if target.undoes else None
        if restored is not None and restored.undone_by == target.upload_id:
            _stand_again(restored, uow, uploads, reason="Its undo was undone.")


def _stand_again(upload: Upload, uow: UnitOfWork, uploads: Uploads, *, reason: str) -> None:
    upload.undone_by = None
    move(upload, state_after(PROCESSING, upload.facts), uow, reason=reason)
    uploads.save(upload)
