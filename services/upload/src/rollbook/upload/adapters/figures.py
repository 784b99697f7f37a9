"""What the upload service measures."""

import sqlalchemy as sa

from rollbook.common.metrics import TableCollector
from rollbook.upload.adapters.tables import upload


def figures(engine: sa.Engine) -> tuple[TableCollector, ...]:
    """Uploads by kind and status, and the rows of all files by kind."""
    by_status = sa.select(upload.c.kind, upload.c.status, sa.func.count()).group_by(
        upload.c.kind, upload.c.status
    )
    rows = sa.select(upload.c.kind, sa.func.sum(upload.c.rows)).group_by(upload.c.kind)
    return (
        TableCollector("rollbook_uploads", "Uploads.", ("kind", "status"), engine, by_status),
        TableCollector("rollbook_upload_rows", "Rows of all files taken in.", ("kind",), engine, rows),
    )
