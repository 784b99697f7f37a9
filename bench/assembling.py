"""What a report of a million findings costs: seconds and memory of its making, and its download."""

import base64
import datetime as dt
import json
import os
import pickle
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common.contracts import events as e
from rollbook.common.database import open_engine, upgrade
from rollbook.common.object_store import ObjectStore
from rollbook.common.tabular import ChunkTable, scan_records
from rollbook.reports.bootstrap import compose
from rollbook.reports.settings import Settings

WHO = e.Person("p1", "Pat Admin")
AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
HEADER = ("schoolId", "userRole", "userId", "userFirstName", "userLastName", "userEmail", "classId")


def show_assembling(findings: int, folder: Path, allocators: Mapping[str, str]) -> None:
    """Print seconds and peak memory of the process that makes the report, alone and after another."""
    prepare(findings, folder)
    upgrade(open_engine(_database(folder)), "rollbook.reports")
    for events in ("events-u0", "events-u1"):
        command = [sys.executable, __file__, str(folder), events]
        environment = {**os.environ, **allocators}
        told = json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)
        what = "first attempt" if events == "events-u0" else "compared with an earlier one"
        print(
            f"assembles {findings:,} findings ({what}): {told['seconds']:.1f} s, "
            f"{told['cpu']:.1f} s of a core; {told['before'] / 1e6:.0f} MB before, "
            f"{told['peak'] / 1e6:.0f} MB at its peak"
        )
    store = ObjectStore(folder.as_uri())
    key = "reports/u1/validation/errors.csv"
    started = time.perf_counter()
    first = next(store.stream(key))
    print(
        f"errors.csv of {store.size(key) / 1e6:.0f} MB: the first {len(first):,} bytes after "
        f"{(time.perf_counter() - started) * 1000:.0f} ms"
    )


def prepare(findings: int, folder: Path) -> None:
    """Put a file in which every record has one error into the store, with the events of two attempts."""
    store = ObjectStore(folder.as_uri())
    rows = range(2, findings + 2)
    lines = "".join(f"999,student,s{row},Ana,Lee,s{row}@example.org,c{row % 40_000}\r\n" for row in rows)
    text = (",".join(HEADER) + "\r\n" + lines).encode()
    begin = text.index(b"\n") + 1
    table = ChunkTable(begin)
    table.add(scan_records(text[begin:]).ends + begin)
    chunks = tuple(e.ChunkClaim(c.index, c.offset, c.length, c.first_row, c.rows) for c in table.finish())
    found = pl.DataFrame({"row": rows}).with_columns(
        pl.lit("schoolId.not_found").alias("code"),
        pl.lit("999").alias("value"),
        pl.format("s{}", "row").alias("userId"),
        pl.format("c{}", pl.col("row") % 40_000).alias("classId"),
    )
    batches = list(fnd.batches(fnd.complete(found, "users", {"schoolId": 1})))
    counts = [{"recordType": "student", "schoolId": ""} | dict.fromkeys(_FIGURES, 0)]
    for number, upload_id in enumerate(("u0", "u1")):
        ids = (upload_id, "d1")
        key, counts_key = f"uploads/{upload_id}/file", f"uploads/{upload_id}/counts-preview.json"
        store.put(key, text)
        store.put(counts_key, json.dumps(counts).encode())
        at = AT + dt.timedelta(days=number)
        events = [
            e.FileReceived(
                *ids, "users", "users.csv", WHO, at, key, key, "f" * 64, len(text), "utf-8", (), HEADER,
                HEADER, findings, chunks, 1, None,
            ),
            *(
                e.ValidatorRowsRejected(*ids, "across", at, one.findings, base64.b64encode(one.data).decode())
                for at, one in enumerate(batches)
            ),
            e.FileValidated(
                *ids, "users", WHO, findings, 0, findings, findings, 0, len(batches), (), None, HEADER,
                1, None,
            ),
            e.UploadPreviewed(*ids, findings, 0, findings, 0, 0, 0, counts_key, ()),
        ]  # fmt: skip
        with (folder / f"events-{upload_id}").open("wb") as told:
            for event in events:
                pickle.dump(event, told)


_FIGURES = ("created", "updated", "noChange", "removed", "errors")


def assemble(folder: Path, name: str) -> None:
    """Hear the events, as a consumer does, and print what it took."""
    settings = Settings(
        database_url=_database(folder),
        amqp_url="memory://",
        store_url=folder.as_uri(),
        jwks_url="file:///nowhere",
        issuer="https://id.example.org",
    )
    service = compose(settings)
    before, started, cpu = memory("VmRSS"), time.perf_counter(), time.process_time()
    with (folder / name).open("rb") as events:
        while events.peek(1):
            event = pickle.load(events)  # noqa: S301  (written by `prepare`)
            service.handle(event, str(uuid.uuid4()))
    told = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu}
    sys.stdout.write(json.dumps(told | {"before": before, "peak": memory("VmHWM")}))


def _database(folder: Path) -> str:
    return f"sqlite:///{folder}/reports.db"


def memory(name: str) -> int:
    """Resident bytes of this process, now or at its peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    import structlog

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    assemble(Path(sys.argv[1]), sys.argv[2])
