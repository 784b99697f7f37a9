"""The events that tell of what was found in rows, and of what was applied."""

import base64
import datetime as dt
from collections.abc import Iterator

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common.contracts.events import RosterRowsRejected, UploadApplied
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.roster import planning


def tell_applied(
    uow: UnitOfWork, upload_id: str, district_id: str, at: dt.datetime, left_out: pl.DataFrame
) -> None:
    """Tell that an upload or an undo was applied, and the findings of what was left out of it."""
    batches = tuple(rejected_batches(upload_id, district_id, "applying", left_out))
    uow.outbox.add(
        *batches,
        UploadApplied(
            upload_id=upload_id,
            district_id=district_id,
            applied_at=at,
            errors=left_out.height,
            batches=len(batches),
            counts_key=planning.counts_key(upload_id, "applied"),
        ),
    )


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
