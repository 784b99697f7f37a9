"""What the reports service costs: verifying a long chain, and pages out of a long history."""

import datetime as dt
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from assembling import show_assembling

from distributed.processes import ALLOCATORS
from rollbook.common.contracts.events import Person
from rollbook.common.database import open_engine, upgrade
from rollbook.common.object_store import ObjectStore
from rollbook.reports.adapters.history import SqlHistory
from rollbook.reports.adapters.tables import chain_entry, chain_head, report, upload
from rollbook.reports.adapters.verification import verify_chain
from rollbook.reports.domain.chain import START, Entry, canonical, sha256, with_place
from rollbook.reports.ports import Change, Filters
from servers import PrivatePostgreSQL

ENTRIES = 100_000
UPLOADS = 1_000_000
DISTRICTS = 100
PAT = Person("p1", "Pat Admin")
AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def show_reports(folder: Path) -> None:
    """Print what assembling costs, and what pages and verification take on both databases."""
    (folder / "assembling").mkdir()
    show_assembling(UPLOADS, folder / "assembling", ALLOCATORS["reports"])
    for show in (
        lambda name, engine: show_pages(name, engine, UPLOADS),
        lambda name, engine: show_verification(name, engine, folder / f"store-{name}", ENTRIES),
    ):
        (folder / "reports.db").unlink(missing_ok=True)
        with databases(folder) as engines:
            for name, engine in engines.items():
                show(name, engine)


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, sa.Engine]]:
    """An empty reports database of each kind."""
    with PrivatePostgreSQL(durable=True) as server:
        engines = {
            "SQLite": open_engine(f"sqlite:///{folder}/reports.db"),
            "PostgreSQL": open_engine(server.new_database()),
        }
        for engine in engines.values():
            upgrade(engine, "rollbook.reports")
        yield engines
        for engine in engines.values():
            engine.dispose()


def show_verification(name: str, engine: sa.Engine, folder: Path, entries: int) -> None:
    """Print how long it takes to verify a chain of so many entries, without and with one file each."""
    folder.mkdir()
    store = ObjectStore(folder.as_uri())
    fill(engine, store, entries)
    for with_files in (False, True):
        started = time.process_time()
        assert list(verify_chain(engine, store, with_files=with_files)) == []
        what = "entries and their files" if with_files else "entries"
        print(f"{name:<11} verifies {entries:,} {what:<24} {time.process_time() - started:6.2f} s")


HISTORY = """
INSERT INTO upload (upload_id, district_id, kind, file_name, uploaded_by, uploaded_by_name, uploaded_at,
                    status, status_at, search)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})
SELECT 'u' || i, 'd' || (i % 1000), CASE WHEN i % 10 = 0 THEN 'demographics' ELSE 'users' END,
       'users-' || i || '.csv', 'p' || (i % 3000), 'Pat Admin ' || (i % 3000), {at},
       CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'completed' END, {at},
       {blank} || 'users-' || i || '.csv' || {blank} || 'pat admin ' || (i % 3000) || {blank} || 'p'
       || (i % 3000) || {blank} || 'u' || i || {blank} || (i % 700) || {blank}
FROM n
"""
DIALECTS = {
    "sqlite": {"at": "datetime(1600000000 + i * 60, 'unixepoch') || '.000000'", "blank": "char(10, 10)"},
    "postgresql": {"at": "to_timestamp(1600000000 + i * 60)", "blank": "chr(10) || chr(10)"},
}
NAMES = (
    "'person', uploaded_by",
    "'person', lower(uploaded_by_name)",
    "'school', 's' || substr(upload_id, 2, 4)",
    "'school', '001'",
)
MIDDLE = (dt.datetime.fromtimestamp(1_600_000_000 + 30_000_000, dt.UTC), "u")


def show_pages(name: str, engine: sa.Engine, uploads: int) -> None:
    """Print the milliseconds that a page of fifty out of so many uploads of 1,000 districts takes."""
    with engine.begin() as connection:
        values = DIALECTS[engine.dialect.name]
        connection.execute(sa.text(HISTORY.format(last=uploads - 1, **values)))
        for names in NAMES:
            place = "uploaded_at, upload_id FROM upload"
            connection.exec_driver_sql(f"INSERT INTO upload_name SELECT {names}, {place}")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    history = SqlHistory(engine)
    own, few, every = ("d500",), tuple(f"d{number}" for number in range(0, 1000, 20)), None
    since, until = MIDDLE[0] - dt.timedelta(days=200), MIDDLE[0] + dt.timedelta(days=100)
    for what, filters in {
        "a district": Filters(own),
        "a district, by status": Filters(own, status="failed"),
        "a district, by text": Filters(own, text="rs-90050"),
        "a district, by person and school": Filters(own, uploaded_by="p500", school_id="001"),
        "fifty districts": Filters(few),
        "fifty districts, by status": Filters(few, status="failed"),
        "every district": Filters(every),
        "every district, by status": Filters(every, status="failed"),
        "every district, by status and kind": Filters(every, status="failed", kind="users"),
        "every district, by a kind that is nowhere": Filters(every, kind="edit"),
        "every district, by person": Filters(every, uploaded_by="Pat Admin 77"),
        "every district, by person, school, time": Filters(
            every, since, until, school_id="001", uploaded_by="p77"
        ),
        "every district, by school": Filters(every, school_id="s1234"),
        "every district, by a common school": Filters(every, school_id="001"),
        "every district, by a common school, status": Filters(every, school_id="001", status="failed"),
        "every district, by a text that is common": Filters(every, text="pat"),
        "every district, by a text that is rare": Filters(every, text="rs-90050"),
        "every district, by a text and status": Filters(every, text="rs-90050", status="failed"),
        "every district, by a person's text": Filters(every, text="pat admin 2977"),
        "every district, by a text of old uploads": Filters(every, text="users-123"),
        "every district, by a text that is nowhere": Filters(every, text="zebra"),
        "every district, by two letters": Filters(every, text="pa"),
        "every district, by two letters, nowhere": Filters(every, text="zq"),
    }.items():
        seconds = []
        for after in (None, MIDDLE, None, MIDDLE, None):
            started = time.perf_counter()
            history.find(filters, after, 50)
            seconds.append(time.perf_counter() - started)
        best, worst = min(seconds) * 1000, max(seconds[1:]) * 1000
        print(f"{name:<11} page of {uploads:,}: {what:<44} {best:7.1f} to {worst:7.1f} ms")


def fill(engine: sa.Engine, store: ObjectStore, entries: int) -> None:
    """Write chains of entries in all, with figures of ten schools and a small file each."""
    counts = [
        {"recordType": kind, "schoolId": f"{school:05}"}
        | dict.fromkeys(("created", "updated", "noChange", "removed", "errors"), 1)
        for school in range(10)
        for kind in ("school", "staff", "student", "class", "enrollment")
    ]
    figures, findings, data = canonical(counts), canonical([]), b"recordType,schoolId\r\n"
    digest = sha256(data.decode())
    for district in range(DISTRICTS):
        rows: dict[sa.Table, list[dict[str, object]]] = {upload: [], report: [], chain_entry: []}
        previous = START
        for position in range(1, entries // DISTRICTS + 1):
            upload_id = f"{district:05}-{position:08}"
            change = Change("users", "users.csv", "users", PAT, AT + dt.timedelta(hours=position), digest)
            key = f"reports/{upload_id}/summary.csv"
            store.put(key, data)
            files = [{"name": "summary.csv", "key": key, "sha256": digest, "sizeBytes": len(data)}]
            facts = change.facts() | {
                "files": {"summary.csv": {"sha256": digest, "sizeBytes": len(data)}},
                "counts": sha256(figures),
                "findings": sha256(findings),
                "errors": 0,
                "warnings": 0,
            }
            text = with_place(facts, position)
            entry = Entry(f"d{district}", position, previous, upload_id, "final", sha256(text))
            rows[upload].append(
                {
                    "upload_id": upload_id,
                    "district_id": f"d{district}",
                    "kind": change.what,
                    "file_name": change.title,
                    "uploaded_by": PAT.sub,
                    "uploaded_by_name": PAT.name,
                    "uploaded_at": change.at,
                }
            )
            rows[report].append(
                {
                    "upload_id": upload_id,
                    "stage": "final",
                    "files": files,
                    "counts": figures,
                    "findings": findings,
                    "errors": 0,
                    "warnings": 0,
                }
            )
            rows[chain_entry].append(
                {
                    "district_id": f"d{district}",
                    "position": position,
                    "upload_id": upload_id,
                    "what": "final",
                    "facts": text,
                    "facts_sha256": entry.facts_sha256,
                    "previous_hash": previous,
                    "hash": entry.hash(),
                }
            )
            previous = entry.hash()
        with engine.begin() as connection:
            for table, values in rows.items():
                connection.execute(table.insert(), values)
            head = {"district_id": f"d{district}", "position": entries // DISTRICTS, "hash": previous}
            connection.execute(chain_head.insert().values(head))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        show_reports(Path(scratch))
