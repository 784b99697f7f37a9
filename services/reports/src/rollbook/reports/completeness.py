"""Which report of an upload can be made.  What is complete is told by a count, not by a last message."""

from collections.abc import Callable
from functools import partial
from typing import Final

from rollbook.common.contracts import events as e
from rollbook.common.errors import Unprocessable
from rollbook.reports import assembling
from rollbook.reports.assembling import change_of
from rollbook.reports.ports import APPLYING, FINAL, VALIDATION, Batch, Change, FileStore, Report, Uploads

VALIDATOR: Final = "validator"
ROSTER: Final = "roster"
"""Whose findings a batch holds."""

Make = Callable[[FileStore], Report]
"""Makes a report of what is known: no transaction is needed for it any more."""


def next_report(upload_id: str, uploads: Uploads) -> Make | None:
    """What makes the next report of an upload; None where something is missing or all are made.

    The final one of a file comes only after the validation's.  Raises Unprocessable where what came is not
    what was announced: never a shorter report.
    """
    change = _kept_change(upload_id, uploads)
    of_file = ((VALIDATION, _validation), (FINAL, _final))
    for stage, whole in of_file if change is None else ((FINAL, partial(_final_of_change, change)),):
        if not uploads.has_entry(upload_id, stage):
            return whole(upload_id, uploads)
    return None


def _validation(upload_id: str, uploads: Uploads) -> Make | None:
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
    batches, earlier = [*checked, *compared], uploads.earlier(upload_id)
    return partial(assembling.validation_report, file, previewed, batches, earlier)


def _final(upload_id: str, uploads: Uploads) -> Make | None:
    file = uploads.kept(upload_id, e.FileReceived)
    requested = uploads.kept(upload_id, e.ProcessingRequested)
    applied = uploads.kept(upload_id, e.UploadApplied)
    if file is None or requested is None or applied is None:
        return None
    failed = [batch for batch in uploads.batches(upload_id) if batch.phase == APPLYING]
    if not _is_complete(failed, applied.batches, applied.errors, 0):
        return None
    return partial(assembling.final_report, file, requested, applied, failed)


def _kept_change(upload_id: str, uploads: Uploads) -> Change | None:
    event = uploads.kept(upload_id, e.UndoRequested) or uploads.kept(upload_id, e.RecordEdited)
    return None if event is None else change_of(event)


def _final_of_change(change: Change, upload_id: str, uploads: Uploads) -> Make | None:
    applied = uploads.kept(upload_id, e.UploadApplied)
    if applied is None:
        return None
    left_alone = uploads.batches(upload_id)
    if not _is_complete(left_alone, applied.batches, applied.errors, 0):
        return None
    return partial(assembling.change_report, change, applied, left_alone)


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
