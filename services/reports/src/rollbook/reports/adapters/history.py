"""Reading the history and the reports."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from rollbook.common.contracts.events import FileReceived, FileRefused, ProcessingRequested, UploadPreviewed
from rollbook.common.database import reading
from rollbook.reports.adapters.chain import entries_of
from rollbook.reports.adapters.keeping import shown
from rollbook.reports.adapters.newest import newest
from rollbook.reports.adapters.tables import heard, report, upload
from rollbook.reports.ports import STAGES, Filters


class SqlHistory:
    """The history of uploads with their reports, for reading."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(
        self, filters: Filters, after: tuple[dt.datetime, str] | None, limit: int
    ) -> list[dict[str, Any]]:
        """Uploads, newest first, after one of them; each as in the list of the history."""
        with reading(self._engine) as connection:
            rows = newest(connection, filters, after, limit)
            reports = _totals(connection, [row.upload_id for row in rows])
        return [_item(row, reports.get(row.upload_id, {})) for row in rows]

    def every(self, filters: Filters, at_a_time: int = 100) -> Iterator[dict[str, Any]]:
        """All such uploads with their reports, newest first, read in small parts."""
        after = None
        while items := self.find(filters, after, at_a_time):
            for item in items:
                found = self.get(item["uploadId"], filters.districts)
                if found is not None:
                    yield found
            last = items[-1]
            after = (dt.datetime.fromisoformat(last["uploadedAt"]), last["uploadId"])

    def get(self, upload_id: str, districts: tuple[str, ...] | None) -> dict[str, Any] | None:
        """One upload with everything that is known of it; `reports` by stage, `chain` in order."""
        mine = [upload.c.upload_id == upload_id, upload.c.uploaded_at.is_not(None)]
        if districts is not None:
            mine.append(upload.c.district_id.in_(districts))
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(upload).where(*mine)).first()
            if row is None:
                return None
            found = _reports(connection, upload_id)
            chain = entries_of(connection, upload_id)
            keeping = shown(connection, upload_id)
            told = sa.select(heard.c.type, heard.c.event).where(heard.c.upload_id == upload_id)
            events = {row.type: row.event for row in connection.execute(told)}
        return _item(row, found) | _more(events) | keeping | {"reports": found, "chain": chain}


def _totals(connection: sa.Connection, upload_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Errors and warnings of each report, by upload and stage."""
    found: dict[str, dict[str, Any]] = {}
    totals = sa.select(report.c.upload_id, report.c.stage, report.c.errors, report.c.warnings)
    for row in connection.execute(totals.where(report.c.upload_id.in_(upload_ids))).mappings():
        found.setdefault(row["upload_id"], {})[row["stage"]] = dict(row)
    return found


def _reports(connection: sa.Connection, upload_id: str) -> dict[str, dict[str, Any]]:
    """The reports of an upload, by stage."""
    rows = connection.execute(sa.select(report).where(report.c.upload_id == upload_id)).mappings()
    return {
        row["stage"]: {
            **row,
            "counts": json.loads(row["counts"]),
            "findings": json.loads(row["findings"]),
        }
        for row in rows
    }


def _item(row: Any, reports: dict[str, Any]) -> dict[str, Any]:
    validation, final = (reports.get(stage) for stage in STAGES)
    return {
        "uploadId": row.upload_id,
        "districtId": row.district_id,
        "kind": row.kind,
        "fileName": row.file_name,
        "uploadedBy": {"sub": row.uploaded_by, "name": row.uploaded_by_name},
        "uploadedAt": row.uploaded_at.isoformat(),
        "status": row.status,
        "stage": "final" if final else "validation" if validation else None,
        "errors": validation["errors"] if validation else None,
        "warnings": validation["warnings"] if validation else None,
        "followUpErrors": final["errors"] if final else None,
    }


def _more(events: dict[str, Any]) -> dict[str, Any]:
    file = events.get(FileReceived.TYPE) or events.get(FileRefused.TYPE) or {}
    return {
        "sha256": file.get("sha256"),
        "sizeBytes": file.get("sizeBytes"),
        "rows": file.get("rows"),
        "problems": file.get("problems", []),
        "heldReasons": events.get(UploadPreviewed.TYPE, {}).get("heldReasons", []),
        "approval": _approval(events.get(ProcessingRequested.TYPE)),
    }


def _approval(requested: dict[str, Any] | None) -> dict[str, Any] | None:
    """Who let a held upload through, when and why."""
    if not requested or not requested["approvalReason"]:
        return None
    return {
        "reason": requested["approvalReason"],
        "by": requested["requestedBy"],
        "at": requested["requestedAt"],
    }
