"""Reports that cannot be made because something is missing that was announced."""

import datetime as dt
import math

import sqlalchemy as sa
from prometheus_client import Gauge

from rollbook.common.contracts.events import FileValidated, UploadApplied
from rollbook.common.database import reading
from rollbook.reports.adapters.tables import batch, chain_entry, heard, upload
from rollbook.reports.ports import FINAL, VALIDATION, Overdue

OVERDUE = Gauge(
    "rollbook_reports_overdue", "Reports that lack a batch of findings long after it was announced."
)


def overdue(connection: sa.Connection, before: dt.datetime) -> list[Overdue]:
    """The reports whose last findings were announced before a time, and that are not made yet."""
    stage = sa.case((heard.c.type == FileValidated.TYPE, VALIDATION), else_=FINAL)
    made = sa.exists().where(chain_entry.c.upload_id == upload.c.upload_id, chain_entry.c.what == stage)
    so_far = sa.select(sa.func.count()).where(batch.c.upload_id == upload.c.upload_id).scalar_subquery()
    lacking = (
        sa.select(upload.c.upload_id, upload.c.district_id, stage, heard.c.heard_at, so_far)
        .join(heard, heard.c.upload_id == upload.c.upload_id)
        .where(
            upload.c.status.in_(("validating", "processing")),
            heard.c.type.in_((FileValidated.TYPE, UploadApplied.TYPE)),
            heard.c.heard_at < before,
            ~made,
        )
        .order_by(heard.c.heard_at)
    )
    return [Overdue(*row) for row in connection.execute(lacking)]


def measure_overdue(engine: sa.Engine, after: dt.timedelta) -> None:
    """Have the metric count what is overdue whenever it is read."""

    def count() -> float:
        try:
            with reading(engine) as connection:
                return len(overdue(connection, dt.datetime.now(dt.UTC) - after))
        except sa.exc.SQLAlchemyError:
            return math.nan

    OVERDUE.set_function(count)
