"""The record of uploads in the reports database."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from rollbook.common.contracts.events import Event
from rollbook.common.contracts.schema import build, schema_of
from rollbook.common.outbox.outbox import insert_new
from rollbook.reports.adapters import chain
from rollbook.reports.adapters.tables import PERSON, SCHOOL, batch, heard, report, upload, upload_name
from rollbook.reports.domain.chain import canonical, sha256
from rollbook.reports.ports import APPLYING, REFUSED, VALIDATION, Batch, Change, Earlier, Report

E = TypeVar("E", bound=Event)


class SqlUploads:
    """The port `Uploads` on a connection whose transaction somebody else ends."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def lock(self, upload_id: str, district_id: str) -> None:
        """Have the upload's row to ourselves; SQLite has the whole database locked since BEGIN IMMEDIATE."""
        self._insert(upload, upload_id=upload_id, district_id=district_id)
        mine = sa.select(upload.c.upload_id).where(upload.c.upload_id == upload_id).with_for_update()
        self._connection.execute(mine)

    def describe(self, upload_id: str, facts: Mapping[str, Any]) -> None:
        """Keep what the history shows."""
        self._connection.execute(upload.update().where(upload.c.upload_id == upload_id).values(facts))
        self._make_findable(
            upload_id, PERSON, {facts["uploaded_by"].lower(), facts["uploaded_by_name"].lower()}
        )

    def set_status(self, upload_id: str, status: str, at: dt.datetime) -> None:
        """Keep a status, unless a later one is known."""
        earlier = upload.c.status_at.is_(None) | (upload.c.status_at <= at)
        changed = upload.update().where(upload.c.upload_id == upload_id, earlier)
        self._connection.execute(changed.values(status=status, status_at=at))

    def keep(self, event: Event) -> None:
        """Keep an event; the first one stays."""
        schema = schema_of(type(event))
        self._insert(
            heard,
            upload_id=event.upload_id,
            type=event.TYPE,
            event=schema.dump(event),
            heard_at=dt.datetime.now(dt.UTC),
        )

    def kept(self, upload_id: str, kind: type[E]) -> E | None:
        """A kept event."""
        of_kind = (heard.c.upload_id == upload_id) & (heard.c.type == kind.TYPE)
        found = self._connection.execute(sa.select(heard.c.event).where(of_kind)).scalar()
        return None if found is None else cast("E", build(kind, schema_of(kind).load(found)))

    def add_batch(self, upload_id: str, batch_: Batch, /) -> None:
        """Keep a batch."""
        self._insert(
            batch,
            upload_id=upload_id,
            source=batch_.source,
            phase=batch_.phase,
            batch=batch_.number,
            min_row=batch_.min_row,
            max_row=batch_.max_row,
            errors=batch_.errors,
            warnings=batch_.warnings,
            object_key=batch_.object_key,
        )

    def batches(self, upload_id: str) -> list[Batch]:
        """The batches so far, by source, phase and number."""
        rows = self._connection.execute(sa.select(batch).where(batch.c.upload_id == upload_id)).all()
        found = [
            Batch(
                row.source, row.phase, row.batch, row.min_row, row.max_row, row.errors, row.warnings,
                row.object_key,
            )
            for row in rows
        ]  # fmt: skip
        # Sorted here: the collations of the two databases differ.
        return sorted(found, key=lambda one: (one.source, one.phase, one.number))

    def earlier(self, upload_id: str) -> Earlier | None:
        """The attempt before this upload: the district's last file of the same kind that was checked."""
        mine = self._connection.execute(sa.select(upload).where(upload.c.upload_id == upload_id)).one()
        checked = sa.exists().where(report.c.upload_id == upload.c.upload_id, report.c.stage == VALIDATION)
        before = sa.select(upload).where(
            upload.c.district_id == mine.district_id,
            upload.c.kind == mine.kind,
            upload.c.uploaded_at < mine.uploaded_at,
            checked,
        )
        newest = before.order_by(upload.c.uploaded_at.desc(), upload.c.upload_id.desc()).limit(1)
        row = self._connection.execute(newest).first()
        if row is None:
            return None
        of_file = [batch for batch in self.batches(row.upload_id) if batch.phase != APPLYING]
        return Earlier(row.upload_id, row.file_name, row.uploaded_at, of_file)

    def has_entry(self, upload_id: str, what: str) -> bool:
        """Whether the chain holds such an entry about an upload."""
        return chain.has_entry(self._connection, upload_id, what)

    def add_refusal(self, upload_id: str, district_id: str, change: Change, problems: Sequence[Any]) -> None:
        """Chain that a file was refused, and why."""
        facts = change.facts() | {"problems": sha256(canonical(problems))}
        chain.append(self._connection, district_id, upload_id, REFUSED, facts)

    def add_report(self, upload_id: str, district_id: str, made: Report, /) -> None:
        """Keep a report, with an entry at the end of its district's chain."""
        counts, findings = canonical(list(made.counts)), canonical(made.found())
        files = [
            {
                "name": file.name,
                "key": file.key,
                "sha256": file.sha256,
                "sizeBytes": file.size_bytes,
                "contentType": file.content_type,
            }
            for file in made.files
        ]
        self._insert(
            report,
            upload_id=upload_id,
            stage=made.stage,
            files=files,
            counts=counts,
            findings=findings,
            errors=made.errors,
            warnings=made.warnings,
        )
        facts = made.change.facts() | {
            "files": {
                file.name: {"sha256": file.sha256, "sizeBytes": file.size_bytes} for file in made.files
            },
            "counts": sha256(counts),
            "findings": sha256(findings),
            "errors": made.errors,
            "warnings": made.warnings,
            "who": {"sub": made.who, "name": made.who_name},
            "when": made.when.astimezone(dt.UTC).isoformat(),
        }
        if made.approval_reason:
            facts["approvalReason"] = made.approval_reason
        chain.append(self._connection, district_id, upload_id, made.stage, facts)
        self.name_schools(upload_id, made.schools)

    def name_schools(self, upload_id: str, school_ids: Collection[str]) -> None:
        """Have an upload, described before, found by the schools that it names."""
        self._make_findable(upload_id, SCHOOL, school_ids)

    def _make_findable(self, upload_id: str, what: str, names: Collection[str]) -> None:
        mine = upload.c.upload_id == upload_id
        row = self._connection.execute(sa.select(upload).where(mine)).one()
        place = {"what": what, "uploaded_at": row.uploaded_at, "upload_id": upload_id}
        if rows := [{**place, "name": name} for name in sorted(names) if name]:
            self._connection.execute(insert_new(self._connection, upload_name), rows)
        schools = sa.select(upload_name.c.name).where(
            upload_name.c.upload_id == upload_id, upload_name.c.what == SCHOOL
        )
        named = sorted(self._connection.execute(schools).scalars())
        parts = (row.file_name, row.uploaded_by_name, row.uploaded_by, upload_id, *named)
        search = "\n\n".join(("", *(part or "" for part in parts), "")).lower()
        self._connection.execute(upload.update().where(mine).values(search=search))

    def _insert(self, table: sa.Table, **values: object) -> None:
        self._connection.execute(insert_new(self._connection, table).values(values))
