"""How the validator reacts to what it hears.  Each may run again for the same event, in any order.

A file is registered, its chunks are requested (a window of them at a time) and checked by whichever
validator is free; the one that completes the last chunk asks for the check across records, which ends with
`validator.file.validated`.
"""

import base64
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import polars as pl
import structlog

from rollbook.common import findings as findings_frame
from rollbook.common import rows_file
from rollbook.common.contracts import events as e
from rollbook.common.dictionary import Kind
from rollbook.common.errors import NotYetKnown
from rollbook.common.tabular import Chunk, Encoding
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.validator.domain.check_chunk import ChunkMismatch, FilePlan, check_chunk, total
from rollbook.validator.domain.check_file import check_between, with_across
from rollbook.validator.domain.suspects import COMPARED, traces_of
from rollbook.validator.ports import ChunkResult, FileStore, Upload, Uploads

WINDOW: Final = 64
"""Chunks of one upload that may wait on the work queue: bounds the queue, and lets others in between."""

UNWANTED: Final = frozenset({"cancelled", "superseded", "failed"})

UploadsIn = Callable[[UnitOfWork], Uploads]
log = structlog.get_logger(__name__)


def register_file(event: e.FileReceived, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Keep the file's chunk table and request its first chunks."""
    uploads = uploads_in(uow)
    if not uploads.register(event):
        return
    released = min(WINDOW, len(event.chunks))
    uploads.release(event.upload_id, released)
    uow.outbox.add(*(_chunk_requested(event, index) for index in range(released)))


def check_one_chunk(
    event: e.ChunkRequested, uow: UnitOfWork, uploads_in: UploadsIn, store: FileStore
) -> None:
    """Check one chunk, tell what was found, and move on: to the next chunk, or across records."""
    uploads = uploads_in(uow)
    upload = _known(uploads.get(event.upload_id), event)
    if upload.state != "checking" or uploads.is_checked(event.upload_id, event.index):
        return
    plan = plan_of(upload.file)
    chunk = plan.chunks[event.index]
    try:
        data = store.get_range(upload.file.text_key, chunk.offset, chunk.length)
        checked = check_chunk(data, chunk, plan.reading)
    except ChunkMismatch as mismatch:
        _fail(uploads, uow, upload, str(mismatch))
        return
    store.put(rows_key(event.upload_id, event.index), rows_file.encode(checked.rows))
    batches = list(_rows_rejected(upload.file, f"chunk-{event.index:05}", checked.findings))
    upload = _known(uploads.lock(event.upload_id), event)
    result = ChunkResult(event.index, checked.figures, len(batches))
    if upload.state != "checking" or not uploads.add_result(event.upload_id, result):
        return
    uow.outbox.add(*batches)
    uow.outbox.add(e.ChunkChecked(event.upload_id, event.district_id, event.index, checked.figures.rows))
    _move_on(uploads, uow, upload)


def check_across_records(
    event: e.CrossCheckRequested, uow: UnitOfWork, uploads_in: UploadsIn, store: FileStore
) -> None:
    """Find what is wrong between records, and tell that the file is validated."""
    uploads = uploads_in(uow)
    upload = _known(uploads.lock(event.upload_id), event)
    if upload.state != "crossing":
        return
    file = upload.file
    row_files = tuple(rows_key(event.upload_id, index) for index in range(len(file.chunks)))
    plan, rows_files = plan_of(file), [store.get(key) for key in row_files]
    traces = [traces_of(rows_file.decode(data, COMPARED[plan.kind]), plan.kind) for data in rows_files]
    across = check_between(rows_file.scan(rows_files), traces, plan)
    rejected_key = None
    if across.rejected.len():
        rejected_key = f"uploads/{event.upload_id}/rows/rejected.parquet"
        store.put(rejected_key, rows_file.encode_rejected(across.rejected))
    batches = list(_rows_rejected(file, "across", across.findings))
    results = uploads.results(event.upload_id)
    figures = with_across(total([result.figures for result in results]), across)
    uow.outbox.add(*batches)
    uow.outbox.add(
        e.FileValidated(
            upload_id=file.upload_id,
            district_id=file.district_id,
            kind=file.kind,
            uploaded_by=file.uploaded_by,
            rows=figures.rows,
            accepted_rows=figures.records - figures.rejected,
            rejected_rows=figures.rejected,
            errors=figures.errors,
            warnings=figures.warnings,
            batches=len(batches) + sum(result.batches for result in results),
            row_files=row_files,
            rejected_rows_key=rejected_key,
            header=file.header,
            district_version=file.district_version,
            school_scope=file.school_scope,
        )
    )
    uploads.move(event.upload_id, "validated")


def note_status(event: e.StatusChanged, uow: UnitOfWork, uploads_in: UploadsIn) -> None:
    """Work no more on an upload that nobody wants; the event may come before the file's own."""
    if event.status in UNWANTED:
        uploads_in(uow).drop(event.upload_id)


def rows_key(upload_id: str, index: int) -> str:
    """Where the rows file of a chunk lies in the object store."""
    return f"uploads/{upload_id}/rows/{index:05}.parquet"


def plan_of(file: e.FileReceived) -> FilePlan:
    """What the domain must know of a file."""
    return FilePlan(
        kind=cast("Kind", file.kind),
        header=file.header,
        encoding=Encoding(file.encoding),
        rows=file.rows,
        chunks=tuple(
            Chunk(claim.index, claim.offset, claim.length, claim.first_row, claim.rows)
            for claim in file.chunks
        ),
        guessed_samples=file.guessed_samples,
        today=file.uploaded_at.date(),
    )


def _move_on(uploads: Uploads, uow: UnitOfWork, upload: Upload) -> None:
    """Request one more chunk; after the last one, the check across records.  The upload is locked."""
    file = upload.file
    if upload.released < len(file.chunks):
        uploads.release(file.upload_id, upload.released + 1)
        uow.outbox.add(_chunk_requested(file, upload.released))
        return
    results = uploads.results(file.upload_id)
    if len(results) < len(file.chunks):
        return
    rows = sum(result.figures.rows for result in results)
    if rows != file.rows:
        _fail(uploads, uow, upload, f"the chunks hold {rows} records, the file {file.rows}")
        return
    uploads.move(file.upload_id, "crossing")
    uow.outbox.add(e.CrossCheckRequested(file.upload_id, file.district_id))


def _fail(uploads: Uploads, uow: UnitOfWork, upload: Upload, reason: str) -> None:
    """Give up loudly: a report that lacks rows must never look like a short one."""
    log.error("upload_failed", upload_id=upload.file.upload_id, reason=reason)
    uploads.move(upload.file.upload_id, "failed")
    uow.outbox.add(e.UploadFailed(upload.file.upload_id, upload.file.district_id, "validator", reason))


def _rows_rejected(
    file: e.FileReceived, phase: str, findings: pl.DataFrame
) -> Iterator[e.ValidatorRowsRejected]:
    for number, batch in enumerate(findings_frame.batches(findings)):
        text = base64.b64encode(batch.data).decode()
        yield e.ValidatorRowsRejected(file.upload_id, file.district_id, phase, number, batch.findings, text)


def _chunk_requested(file: e.FileReceived, index: int) -> e.ChunkRequested:
    return e.ChunkRequested(file.upload_id, file.district_id, index)


def _known(upload: Upload | None, event: Any) -> Upload:
    if upload is None:
        raise NotYetKnown(f"upload {event.upload_id} has not been received here yet")
    return upload
