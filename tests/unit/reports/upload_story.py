"""The events of one upload as the other services would tell them, and a reports service to hear them."""

import base64
import datetime as dt
import json
import uuid

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common.contracts import events as e
from rollbook.common.database import upgrade
from rollbook.common.object_store import ObjectStore
from rollbook.common.tabular import ChunkTable, scan_records
from rollbook.reports.bootstrap import compose
from rollbook.reports.settings import Settings

WHO = e.Person("p1", "Pat Admin")
AT = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
HEADER = ("schoolId", "userRole", "userId", "userFirstName", "userLastName", "userEmail", "classId")
LINES = (
    "001,student,s1,Ana,Lee,ana@example.org,c1",
    '002,pupil,s2," =Ben",,ben@example.org,c1',
    "001,student,s3,=1+1,Li,@x,c1,surplus,=2",
    "001,student",
    '001,teacher,t1,"A ""B"", C",Li,t1@example.org,',
    "999,student,s4,Dora,Diaz,dora@example.org,c2",
)
IN_FILE = (
    (3, "userRole.unknown_value", "pupil"),
    (3, "userLastName.required", ""),
    (4, "row.too_many_cells", ""),
    (5, "row.too_few_cells", ""),
    (6, "userId.resembles_ssn", "t1"),
)
AGAINST_ROSTER = ((7, "schoolId.not_found", "999"),)
APPLYING = ((2, "record.not_saved", ""),)
COUNTS = [
    {"recordType": kind, "schoolId": school}
    | {"created": 1, "updated": 0, "noChange": 2, "removed": 0, "errors": 3}
    for school in ("", "001")
    for kind in ("school", "staff", "student", "class", "enrollment")
]  # fmt: skip


def frame(found, header=HEADER):
    rows = pl.DataFrame(list(found), schema=["row", "code", "value"], orient="row")
    return fnd.complete(rows, "users", {name: at for at, name in enumerate(header, 1)})


def batches(kind, phase, found, size, *, upload_id, district_id):
    return [
        kind(upload_id, district_id, phase, number, part.height, base64.b64encode(fnd.encode(part)).decode())
        for number, part in enumerate(frame(found).iter_slices(size))
        if part.height
    ]


def story(
    store, *, size=2, chunk_rows=2, upload_id="u1", district_id="d1", applying=APPLYING, at=AT, lines=LINES,
    in_file=IN_FILE, counts=COUNTS,
):  # fmt: skip
    """Every event of an upload from its beginning to its end."""
    text = (",".join(HEADER) + "\r\n" + "\r\n".join(lines) + "\r\n").encode()
    begin = text.index(b"\n") + 1
    table = ChunkTable(begin, max_rows=chunk_rows)
    table.add(scan_records(text[begin:]).ends + begin)
    store.put(f"uploads/{upload_id}/file", text)
    for stage in ("preview", "applied"):
        store.put(f"uploads/{upload_id}/counts-{stage}.json", json.dumps(counts).encode())
    ids = {"upload_id": upload_id, "district_id": district_id}
    found = batches(e.ValidatorRowsRejected, "across", in_file, size, **ids)
    severities = frame(in_file)["severity"].to_list()
    compared = batches(e.RosterRowsRejected, "comparison", AGAINST_ROSTER, size, **ids)
    failed = batches(e.RosterRowsRejected, "applying", applying, size, **ids)
    claims = tuple(e.ChunkClaim(c.index, c.offset, c.length, c.first_row, c.rows) for c in table.finish())
    key = f"uploads/{upload_id}/file"
    received = e.FileReceived(
        **ids, kind="users", file_name="users.csv", uploaded_by=WHO, uploaded_at=at, text_key=key,
        file_key=key, sha256="f" * 64, size_bytes=len(text), encoding="utf-8", guessed_samples=(),
        header=HEADER, header_line=HEADER, rows=len(lines), chunks=claims, district_version=1,
        school_scope=None,
    )  # fmt: skip
    validated = e.FileValidated(
        **ids, kind="users", uploaded_by=WHO, rows=6, accepted_rows=3, rejected_rows=3,
        errors=severities.count("error"), warnings=severities.count("warning"),
        batches=len(found), row_files=(), rejected_rows_key=None, header=HEADER, district_version=1,
        school_scope=None,
    )  # fmt: skip
    counts_key = f"uploads/{upload_id}/counts-"
    return [
        received,
        *found,
        validated,
        *compared,
        e.UploadPreviewed(**ids, rows=6, accepted_rows=2, rejected_rows=4, errors=1, warnings=0,
                          batches=len(compared), counts_key=f"{counts_key}preview.json", held_reasons=()),
        e.StatusChanged(**ids, status="needs_correction", changed_at=at + dt.timedelta(minutes=1),
                        changed_by=None, reason=""),
        e.ProcessingRequested(**ids, accepted_rows_only=True, requested_by=WHO, requested_at=at,
                              approval_reason=None),
        e.StatusChanged(**ids, status="completed", changed_at=at + dt.timedelta(minutes=2), changed_by=None,
                        reason=""),
        *failed,
        e.UploadApplied(**ids, applied_at=at + dt.timedelta(minutes=2), errors=len(applying),
                        batches=len(failed), counts_key=f"{counts_key}applied.json"),
    ]  # fmt: skip


class Reports:
    """One reports service, its database and its files."""

    def __init__(self, url, folder, **settings):
        self.store = ObjectStore(folder.as_uri())
        settings = {"jwks_url": "file:///nowhere", "issuer": "https://id.example.org", **settings}
        self.settings = Settings(
            database_url=url, amqp_url="memory://", store_url=folder.as_uri(), **settings
        )
        self.service = compose(self.settings)
        self.engine = self.service.engine
        upgrade(self.engine, "rollbook.reports")

    def hear(self, *events):
        """Hear each event for the first time."""
        for event in events:
            self.service.handle(event, str(uuid.uuid4()))

    def close(self):
        self.engine.dispose()
