"""The uploads in the validator's database."""

from typing import cast

import sqlalchemy as sa

from rollbook.common.contracts.events import FileReceived
from rollbook.common.contracts.schema import build, schema_of
from rollbook.common.outbox.outbox import insert_new
from rollbook.validator.adapters.tables import chunk_result, unwanted_upload, upload
from rollbook.validator.domain.check_chunk import Figures
from rollbook.validator.ports import ChunkResult, State, Upload


class SqlUploads:
    """The port `Uploads` on a connection whose transaction somebody else ends."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def register(self, file: FileReceived) -> bool:
        """Keep a new upload; False where it is known already, or no longer wanted."""
        unwanted = sa.select(unwanted_upload).where(unwanted_upload.c.upload_id == file.upload_id)
        if self._connection.execute(unwanted).first() is not None:
            return False
        row = {
            "upload_id": file.upload_id,
            "state": "checking",
            "file": schema_of(FileReceived).dump(file),
            "released": 0,
        }
        return self._connection.execute(insert_new(self._connection, upload).values(row)).rowcount == 1

    def get(self, upload_id: str) -> Upload | None:
        """An upload, if it is known."""
        return self._upload(self._select(upload_id))

    def lock(self, upload_id: str) -> Upload | None:
        """The same with its row locked; SQLite has the whole database locked since BEGIN IMMEDIATE."""
        return self._upload(self._select(upload_id).with_for_update())

    def drop(self, upload_id: str) -> None:
        """Remember that nobody wants this upload any more, known or not."""
        self._connection.execute(insert_new(self._connection, unwanted_upload).values(upload_id=upload_id))
        self.move(upload_id, "unwanted")

    def move(self, upload_id: str, state: State) -> None:
        """Put an upload into another state."""
        self._connection.execute(upload.update().where(upload.c.upload_id == upload_id).values(state=state))

    def release(self, upload_id: str, released: int) -> None:
        """Note how many chunks have been requested."""
        self._connection.execute(
            upload.update().where(upload.c.upload_id == upload_id).values(released=released)
        )

    def is_checked(self, upload_id: str, index: int) -> bool:
        """Whether a chunk has its result."""
        of_chunk = (chunk_result.c.upload_id == upload_id) & (chunk_result.c.chunk == index)
        return self._connection.execute(sa.select(chunk_result.c.chunk).where(of_chunk)).first() is not None

    def add_result(self, upload_id: str, result: ChunkResult) -> bool:
        """Keep the result of a chunk; False where it has one already."""
        row = {
            "upload_id": upload_id,
            "chunk": result.index,
            "rows": result.figures.rows,
            "records": result.figures.records,
            "rejected": result.figures.rejected,
            "errors": result.figures.errors,
            "warnings": result.figures.warnings,
            "batches": result.batches,
        }
        statement = insert_new(self._connection, chunk_result).values(row)
        return self._connection.execute(statement).rowcount == 1

    def results(self, upload_id: str) -> list[ChunkResult]:
        """The results so far, in order of the chunks."""
        statement = sa.select(chunk_result).where(chunk_result.c.upload_id == upload_id)
        rows = self._connection.execute(statement.order_by(chunk_result.c.chunk)).all()
        return [
            ChunkResult(
                row.chunk,
                Figures(row.rows, row.records, row.rejected, row.errors, row.warnings),
                row.batches,
            )
            for row in rows
        ]

    def _select(self, upload_id: str) -> sa.Select[tuple[object, ...]]:
        return sa.select(upload.c.state, upload.c.file, upload.c.released).where(
            upload.c.upload_id == upload_id
        )

    def _upload(self, statement: sa.Select[tuple[object, ...]]) -> Upload | None:
        row = self._connection.execute(statement).first()
        if row is None:
            return None
        file = build(FileReceived, schema_of(FileReceived).load(cast("dict[str, object]", row.file)))
        return Upload(file, row.state, row.released)
