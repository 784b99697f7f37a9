"""One validator with its database and a store in memory, for tests that deliver its events by hand."""

import base64
import datetime as dt

import polars as pl
import sqlalchemy as sa
from unit.validator.conftest import completed, plan_for, table, to_csv

from rollbook.common import findings as findings_frame
from rollbook.common.contracts import events as e
from rollbook.common.contracts.envelope import unwrap
from rollbook.common.database import open_engine, upgrade
from rollbook.common.dictionary import DICTIONARY
from rollbook.common.outbox.resend import resend
from rollbook.common.outbox.tables import outbox
from rollbook.common.tabular import Encoding
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.validator import handlers
from rollbook.validator.adapters.uploads import SqlUploads

COLUMNS = DICTIONARY["users"].names
FILE = """
    userId, userRole, userEmail,     classId, primaryTeacher
    s1,     student,  a@d1.example,  C1,
    s2,     student,  A@d1.example,  C1,
    s3,     pupil,    c@d1.example,  C1,
    s4,     student,  d@d1.example,  C1,
    s1,     student,  a@d1.example,  C1,
"""


class MemoryStore:
    """Objects in a dictionary."""

    def __init__(self):
        self.objects = {}

    def get(self, key):
        return self.objects[key]

    def get_range(self, key, start, length):
        return self.objects[key][start : start + length]

    def put(self, key, data):
        self.objects[key] = data


class Validator:
    """One validator with its database; what it tells itself is delivered by `run`."""

    def __init__(self, database_url):
        self.engine = open_engine(database_url)
        upgrade(self.engine, "rollbook.validator")
        self.store = MemoryStore()

    def handle(self, event):
        uploads = lambda uow: SqlUploads(uow.connection)  # noqa: E731
        with UnitOfWork(self.engine) as uow:
            match event:
                case e.FileReceived():
                    handlers.register_file(event, uow, uploads)
                case e.ChunkRequested():
                    handlers.check_one_chunk(event, uow, uploads, self.store)
                case e.CrossCheckRequested():
                    handlers.check_across_records(event, uow, uploads, self.store)
                case e.StatusChanged():
                    handlers.note_status(event, uow, uploads)
                case e.UploadStalled():
                    resend(event, uow)
            uow.commit()

    def told(self):
        """Every event told so far, in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(outbox.c.headers, outbox.c.body).order_by(outbox.c.seq))
            return [unwrap(headers, body) for headers, body in rows]

    def run(self, shuffle=None):
        """Deliver what it tells itself until nothing is left."""
        done = 0
        while work := [
            event
            for event in self.told()[done:]
            if isinstance(event, e.ChunkRequested | e.CrossCheckRequested)
        ]:
            done = len(self.told())
            if shuffle:
                work = work * 2
                shuffle.shuffle(work)
            for event in work:
                self.handle(event)

    def close(self):
        self.engine.dispose()


def received(store, chunk_rows=2, text=FILE):
    """The event of a file written in the test."""
    data = to_csv(list(COLUMNS), [completed(row) for row in table(text)])
    store.put("text", data)
    plan = plan_for(data, "users", list(COLUMNS), chunk_rows)
    return received_as(plan, len(data), dt.datetime(2026, 3, 1, tzinfo=dt.UTC))


def received_as(plan, size_bytes, at):
    """The event of a file that was taken in so; its text lies under the key "text"."""
    return e.FileReceived(
        upload_id="u1",
        district_id="d1",
        kind=plan.kind,
        file_name=f"{plan.kind}.csv",
        uploaded_by=e.Person("p1", "Pat"),
        uploaded_at=at,
        text_key="text",
        file_key="text",
        sha256="",
        size_bytes=size_bytes,
        encoding="windows-1252" if plan.encoding is Encoding.WINDOWS_1252 else "utf-8",
        guessed_samples=plan.guessed_samples,
        header=plan.header,
        header_line=tuple(name or "" for name in plan.header),
        rows=plan.rows,
        chunks=tuple(
            e.ChunkClaim(chunk.index, chunk.offset, chunk.length, chunk.first_row, chunk.rows)
            for chunk in plan.chunks
        ),
        district_version=1,
        school_scope=None,
    )


def findings(told):
    batches = {
        (event.phase, event.batch): event for event in told if isinstance(event, e.ValidatorRowsRejected)
    }
    frames = [findings_frame.decode(base64.b64decode(event.findings)) for event in batches.values()]
    whole = pl.concat([findings_frame.empty(), *frames])
    return findings_frame.in_order(whole).select("row", "code", "relatedRows").rows()


def last(told, kind):
    return [event for event in told if isinstance(event, kind)][-1]


EXPECTED = [
    (3, "userEmail.duplicate", "2"),
    (4, "userRole.unknown_value", ""),
    (6, "row.duplicate", "2"),
]
