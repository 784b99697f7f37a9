"""Districts and uploads in the database."""

import dataclasses
import datetime as dt
from typing import Any

import sqlalchemy as sa

from rollbook.common.outbox.outbox import insert_new
from rollbook.upload.adapters.tables import checked_chunk, district, incoming, upload
from rollbook.upload.domain.district import District
from rollbook.upload.domain.states import Facts
from rollbook.upload.ports import Upload


class SqlUploads:
    """The port `Uploads` on a connection whose transaction somebody else ends."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def district(self, district_id: str, *, lock: bool = False) -> District | None:
        """A district, if it is known."""
        query = sa.select(district).where(district.c.district_id == district_id)
        row = self._connection.execute(query.with_for_update() if lock else query).mappings().first()
        return None if row is None else _district(row)

    def districts(self, limit: int, after: str) -> list[District]:
        """Districts in the order of their IDs, after this one."""
        query = sa.select(district).where(district.c.district_id > after)
        query = query.order_by(district.c.district_id).limit(limit)
        return [_district(row) for row in self._connection.execute(query).mappings()]

    def save_district(self, new: District) -> None:
        """Create or replace a district."""
        values = dataclasses.asdict(new)
        if self._connection.execute(insert_new(self._connection, district).values(values)).rowcount != 1:
            self._connection.execute(
                sa.update(district).where(district.c.district_id == new.district_id).values(values)
            )

    def get(self, upload_id: str, *, lock: bool = False) -> Upload | None:
        """An upload, if it is known."""
        query = sa.select(upload).where(upload.c.upload_id == upload_id)
        return self._first(query.with_for_update() if lock else query)

    def by_key(self, district_id: str, idempotency_key: str) -> Upload | None:
        """The upload that a request with this key made."""
        return self._first(
            sa.select(upload).where(
                upload.c.district_id == district_id, upload.c.idempotency_key == idempotency_key
            )
        )

    def in_states(
        self, states: frozenset[str], district_id: str | None = None, *, lock: bool = True
    ) -> list[Upload]:
        """The uploads (of a district, without its undos) in these states, locked."""
        query = sa.select(upload).where(upload.c.status.in_(sorted(states)))
        if district_id is not None:
            query = query.where(upload.c.district_id == district_id, upload.c.undoes.is_(None))
        query = query.with_for_update() if lock else query
        return [_upload(row) for row in self._connection.execute(query).mappings()]

    def listed(self, district_id: str, limit: int, after: tuple[dt.datetime, str] | None) -> list[Upload]:
        """A district's uploads, newest first, after the key (time, id)."""
        query = sa.select(upload).where(upload.c.district_id == district_id)
        if after is not None:
            at, upload_id = after
            older = sa.and_(upload.c.uploaded_at == at, upload.c.upload_id < upload_id)
            query = query.where(sa.or_(upload.c.uploaded_at < at, older))
        query = query.order_by(upload.c.uploaded_at.desc(), upload.c.upload_id.desc()).limit(limit)
        return [_upload(row) for row in self._connection.execute(query).mappings()]

    def save(self, one: Upload, *, new: bool = False) -> None:
        """Write an upload."""
        values = dataclasses.asdict(one)
        if new:
            self._connection.execute(sa.insert(upload).values(values))
        else:
            self._connection.execute(
                sa.update(upload).where(upload.c.upload_id == one.upload_id).values(values)
            )

    def add_chunk(self, upload_id: str, chunk: int, rows: int) -> bool:
        """Note a checked chunk; False where it was noted before."""
        values = {"upload_id": upload_id, "chunk": chunk, "rows": rows}
        added = self._connection.execute(insert_new(self._connection, checked_chunk).values(values))
        return bool(added.rowcount == 1)

    def rows_done(self, upload_id: str) -> int:
        """Rows of the chunks checked so far."""
        query = sa.select(sa.func.coalesce(sa.func.sum(checked_chunk.c.rows), 0))
        return int(self._connection.execute(query.where(checked_chunk.c.upload_id == upload_id)).scalar_one())

    def begin_incoming(self, upload_id: str, at: dt.datetime) -> None:
        """Note that objects are being written for an upload that is not there yet."""
        self._connection.execute(sa.insert(incoming).values(upload_id=upload_id, begun_at=at))

    def end_incoming(self, upload_id: str) -> None:
        """They are an upload's now, or gone."""
        self._connection.execute(sa.delete(incoming).where(incoming.c.upload_id == upload_id))

    def abandoned(self, before: dt.datetime) -> list[str]:
        """Uploads whose file has been on its way since before this time."""
        query = sa.select(incoming.c.upload_id).where(incoming.c.begun_at < before)
        return list(self._connection.execute(query).scalars())

    def _first(self, query: Any) -> Upload | None:
        row = self._connection.execute(query).mappings().first()
        return None if row is None else _upload(row)


def _district(row: Any) -> District:
    return District(**{**row, "schools": tuple((school, name) for school, name in row["schools"])})


def _upload(row: Any) -> Upload:
    facts = {**row["facts"], "held_reasons": tuple(row["facts"]["held_reasons"])}
    return Upload(**{**row, "facts": Facts(**facts)})
