"""How long uploads are kept, what holds them longer, and removing what is due."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from rollbook.common.outbox.outbox import insert_new
from rollbook.reports.adapters import chain
from rollbook.reports.adapters.tables import (
    chain_entry,
    heard,
    legal_hold,
    report,
    retention,
    upload,
    upload_name,
)
from rollbook.reports.domain.chain import canonical
from rollbook.reports.domain.retention import PARTS, Part, Periods, part_of, without_values
from rollbook.reports.ports import REMOVED, Kept

WHOLE_DISTRICT: Final = ""
_BUSY: Final = ("validating", "processing")


class SqlKeeping:
    """The port `Keeping` on a connection whose transaction somebody else ends."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def periods(self, district_id: str) -> Periods:
        """A district's periods; the defaults where nobody has set any."""
        row = self._connection.execute(
            sa.select(retention).where(retention.c.district_id == district_id)
        ).first()
        return Periods() if row is None else Periods(row.file_days, row.details_days, row.report_days)

    def set_periods(self, district_id: str, periods: Periods) -> None:
        """Keep a district's periods."""
        values = {f"{part}_days": periods.days(part) for part in PARTS}
        self._connection.execute(retention.delete().where(retention.c.district_id == district_id))
        self._connection.execute(retention.insert().values(district_id=district_id, **values))

    def place_hold(self, district_id: str, upload_id: str, facts: Mapping[str, Any]) -> None:
        """Stop removal, of an upload or (`upload_id` "") of a whole district, and chain that; once."""
        new = insert_new(self._connection, legal_hold).values(district_id=district_id, upload_id=upload_id)
        if self._connection.execute(new).rowcount:
            chain.append(self._connection, district_id, upload_id, "held", facts)

    def lift_hold(self, district_id: str, upload_id: str, facts: Mapping[str, Any]) -> None:
        """Let removal go on; where nothing was held nothing happens."""
        mine = (legal_hold.c.district_id == district_id) & (legal_hold.c.upload_id == upload_id)
        if self._connection.execute(legal_hold.delete().where(mine)).rowcount:
            chain.append(self._connection, district_id, upload_id, "released", facts)

    def is_held(self, district_id: str, upload_id: str) -> bool:
        """Whether a hold stands on the upload or on its district."""
        mine = (legal_hold.c.district_id == district_id) & legal_hold.c.upload_id.in_(
            (upload_id, WHOLE_DISTRICT)
        )
        return self._connection.execute(sa.select(legal_hold).where(mine)).first() is not None

    def kept(self, upload_id: str, *, lock: bool = False) -> Kept | None:
        """What is still kept of an upload."""
        mine = sa.select(upload).where(upload.c.upload_id == upload_id)
        row = self._connection.execute(mine.with_for_update() if lock else mine).first()
        if row is None or row.uploaded_at is None:
            return None
        held = self.is_held(row.district_id, upload_id)
        return _kept(row, self.periods(row.district_id), held=held)

    def due(self, now: dt.datetime, limit: int) -> list[tuple[str, Part]]:
        """Uploads of which a part is to be removed, at most so many; none that is held or at work."""
        found: list[tuple[str, Part]] = []
        own = {row.district_id: row for row in self._connection.execute(sa.select(retention))}
        for part in PARTS:
            for districts, days in self._periods_of(part, own):
                if len(found) < limit:
                    before = now - dt.timedelta(days=days)
                    found += ((one, part) for one in self._due(part, districts, before, limit - len(found)))
        return found

    def _periods_of(self, part: Part, own: Mapping[str, Any]) -> Iterable[tuple[sa.ColumnElement[bool], int]]:
        """Which districts have how many days."""
        yield upload.c.district_id.not_in(list(own)), Periods().days(part)
        for district_id, row in own.items():
            yield upload.c.district_id == district_id, getattr(row, f"{part}_days")

    def _due(
        self, part: Part, districts: sa.ColumnElement[bool], before: dt.datetime, limit: int
    ) -> Sequence[str]:
        held = sa.exists().where(
            legal_hold.c.district_id == upload.c.district_id,
            legal_hold.c.upload_id.in_((upload.c.upload_id, WHOLE_DISTRICT)),
        )
        wanted = sa.select(upload.c.upload_id).where(
            upload.c[f"{part}_removed_at"].is_(None),
            upload.c.uploaded_at < before,
            upload.c.status.not_in(_BUSY),
            districts,
            ~held,
        )
        return self._connection.execute(wanted.order_by(upload.c.uploaded_at).limit(limit)).scalars().all()

    def remove(self, kept: Kept, part: Part, facts: Mapping[str, Any]) -> None:
        """Forget a part of an upload and put a tombstone into the chain.  Its objects are gone already."""
        of_upload = {table: table.c.upload_id == kept.upload_id for table in (report, heard, upload_name)}
        if part == "details":
            for row in self._connection.execute(sa.select(report).where(of_upload[report])):
                bare = canonical(without_values(json.loads(row.findings)))
                mine = of_upload[report] & (report.c.stage == row.stage)
                self._connection.execute(report.update().where(mine).values(findings=bare))
        if part == "report":
            blank = {"counts": "[]", "findings": canonical({"byCause": [], "sincePrevious": None})}
            self._connection.execute(report.update().where(of_upload[report]).values(blank))
            for table in (heard, upload_name):
                self._connection.execute(table.delete().where(of_upload[table]))
            entries = (chain_entry.c.upload_id == kept.upload_id) & (chain_entry.c.what != REMOVED)
            self._connection.execute(chain_entry.update().where(entries).values(facts=None))
        values: dict[str, Any] = {f"{part}_removed_at": dt.datetime.fromisoformat(facts["when"])}
        if part == "report":
            values |= dict.fromkeys(("file_name", "uploaded_by", "uploaded_by_name", "search"), "")
        self._connection.execute(upload.update().where(upload.c.upload_id == kept.upload_id).values(values))
        chain.append(self._connection, kept.district_id, kept.upload_id, REMOVED, {"part": part, **facts})

    def objects(self, kept: Kept, part: Part) -> list[str]:
        """The keys of the files of a report that belong to a part."""
        rows = self._connection.execute(sa.select(report.c.files).where(report.c.upload_id == kept.upload_id))
        return [file["key"] for files in rows.scalars() for file in files if part_of(file["name"]) == part]


def _kept(row: Any, periods: Periods, *, held: bool) -> Kept:
    """What is kept of a row of `upload`, until when."""
    has_file = row.kind in {"users", "demographics"} and row.status != "refused"
    return Kept(
        upload_id=row.upload_id,
        district_id=row.district_id,
        is_busy=row.status in _BUSY,
        is_held=held,
        until={part: periods.until(part, row.uploaded_at) for part in PARTS if part != "file" or has_file},
        removed={part: at for part in PARTS if (at := getattr(row, f"{part}_removed_at")) is not None},
    )


def shown(connection: sa.Connection, upload_id: str) -> dict[str, Any]:
    """Until when each part of an upload is kept, when it was removed, and whether a hold stops removal."""
    kept = SqlKeeping(connection).kept(upload_id)
    if kept is None:
        return {}
    return {
        "keptUntil": {part: at.date().isoformat() for part, at in kept.until.items() if kept.has(part)},
        "removed": {part: at.isoformat() for part, at in kept.removed.items()},
        "legalHold": kept.is_held,
    }
