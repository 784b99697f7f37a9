"""Who has read which report, and when."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.web.identity import Identity
from rollbook.reports.adapters.tables import report_read


class SqlReads:
    """The record of reads: written before the first byte of an answer, so that none is missing."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def note(self, upload_id: str, who: Identity, what: str) -> None:
        """Keep that somebody reads a part of an upload's report now."""
        values = {
            "upload_id": upload_id,
            "sub": who.sub,
            "name": who.name,
            "roles": " ".join(sorted(who.roles)),
            "what": what,
            "read_at": dt.datetime.now(dt.UTC),
        }
        with self._engine.begin() as connection:
            connection.execute(report_read.insert().values(values))

    def of(self, upload_id: str, before: int | None, limit: int) -> list[dict[str, Any]]:
        """The reads of an upload's report, latest first; `number` goes down, `before` continues a list."""
        mine = sa.select(report_read).where(report_read.c.upload_id == upload_id)
        if before is not None:
            mine = mine.where(report_read.c.number < before)
        with reading(self._engine) as connection:
            rows = connection.execute(mine.order_by(report_read.c.number.desc()).limit(limit)).all()
        return [
            {
                "number": row.number,
                "who": {"sub": row.sub, "name": row.name, "roles": row.roles.split()},
                "what": row.what,
                "when": row.read_at.isoformat(),
            }
            for row in rows
        ]
