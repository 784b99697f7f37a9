"""What the whole journey costs: from the upload to the last report, against a bare script on the same server.

The script does what an import cannot do without: COPY into a staging table, and three INSERT … ON CONFLICT.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from distributed import Distributed
from rollbook.embedded.client import Client
from roster_files import CLASSES_A_SCHOOL, write_users
from servers import PostgreSQL, PrivatePostgreSQL

DISTRICT = "bench"
LARGE_ROWS = 9_900_000
TABLES = """
CREATE TABLE person (user_id text PRIMARY KEY, role text, first text, last text, email text, grade text);
CREATE TABLE class (class_id text PRIMARY KEY, school_id text, name text, grade text);
CREATE TABLE enrollment (user_id text, class_id text, school_id text, PRIMARY KEY (user_id, class_id));
"""
UPSERTS = (
    """INSERT INTO person SELECT DISTINCT ON ("userId") "userId", "userRole", "userFirstName", "userLastName",
       "userEmail", "userGrade" FROM staging ON CONFLICT (user_id) DO UPDATE SET role = excluded.role,
       first = excluded.first, last = excluded.last, email = excluded.email, grade = excluded.grade
       WHERE (person.role, person.first, person.last, person.email, person.grade) IS DISTINCT FROM
       (excluded.role, excluded.first, excluded.last, excluded.email, excluded.grade)""",
    """INSERT INTO class SELECT DISTINCT ON ("classId") "classId", "schoolId", "className", "classGrade"
       FROM staging ON CONFLICT (class_id) DO UPDATE SET school_id = excluded.school_id,
       name = excluded.name, grade = excluded.grade
       WHERE (class.school_id, class.name, class.grade) IS DISTINCT FROM
       (excluded.school_id, excluded.name, excluded.grade)""",
    """INSERT INTO enrollment SELECT "userId", "classId", "schoolId" FROM staging
       ON CONFLICT (user_id, class_id) DO UPDATE SET school_id = excluded.school_id
       WHERE enrollment.school_id IS DISTINCT FROM excluded.school_id""",
)


def compare(rows: int, folder: Path) -> None:
    """Print seconds and ratio of a first and of an unchanged second load, and each process's peak memory."""
    file = folder / f"journey-{rows}.csv"
    write_users(file, rows)
    print(f"{rows:>9,} rows, {file.stat().st_size / 1e6:.0f} MB: the journey against a bare script")
    with PrivatePostgreSQL(durable=True) as server, rollbook_on(server) as (running, client):
        bare = server.new_database()
        for load in ("first load", "unchanged load"):
            script, journey = scripted(bare, file), journeyed(client, file)
            print(f"  {load:<15} {journey:6.2f} s  script {script:6.2f} s  ratio {journey / script:5.2f}")
        for name, peak in peaks(running).items():
            print(f"  {name:<22} {peak / 1e6:7.0f} MB at its peak")


@contextmanager
def rollbook_on(server: PostgreSQL) -> Iterator[tuple[Distributed, Client]]:
    """The distributed Rollbook with a district of as many schools as the largest file names."""
    schools = [{"schoolId": f"{n:05}", "name": f"School {n}"} for n in range(40_000 // CLASSES_A_SCHOOL + 1)]
    with Distributed(validators=2, database_server=server) as running:
        with Client(running.url, running.issuer.token(DISTRICT, ["support"])) as support:
            support.call("PUT", f"/districts/{DISTRICT}", json={"name": "Bench", "schools": schools})
            support.call("POST", f"/districts/{DISTRICT}/batch-upload")
        with Client(running.url, running.issuer.token(DISTRICT)) as client:
            yield running, client


def journeyed(client: Client, file: Path) -> float:
    """Seconds from sending the file to its last report."""
    started = time.perf_counter()
    upload_id = client.upload(file, "users")["id"]
    checked = client.settled(upload_id)
    if checked["status"] != "ready":
        raise SystemExit(f"the upload is {checked['status']}, not ready: {checked}")
    client.process(upload_id)
    done = client.settled(upload_id)
    if done["status"] != "completed":
        raise SystemExit(f"the upload is {done['status']}, not completed: {done}")
    return time.perf_counter() - started


def scripted(database_url: str, file: Path) -> float:
    """Seconds of the bare script."""
    started = time.perf_counter()
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        if not connection.execute("SELECT to_regclass('person')").fetchone()[0]:  # type: ignore[index]
            connection.execute(TABLES)
        with file.open("rb") as opened:
            header = opened.readline().decode().strip().split(",")
            columns = ", ".join(f'"{name}" text' for name in header)
            connection.execute(f"CREATE TEMP TABLE staging ({columns}) ON COMMIT DROP")
            with connection.cursor().copy("COPY staging FROM STDIN (FORMAT csv)") as copy:
                while block := opened.read(1 << 20):
                    copy.write(block)
        for statement in UPSERTS:
            connection.execute(statement)
    return time.perf_counter() - started


def peaks(running: Distributed) -> dict[str, int]:
    """The peak resident bytes of each process, its children's where it has any."""
    found = {}
    for name, server in running.processes.items():
        if server.process is not None:
            process = psutil.Process(server.process.pid)
            tree = [process, *process.children(recursive=True)]
            found[name] = max(peak_of(one.pid) for one in tree)
    return found


def peak_of(pid: int) -> int:
    """VmHWM of a process, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def show_upload_memory(folder: Path) -> None:
    """Print what a file of more than 1 GB (below both limits) costs the process that takes it in."""
    part, file = folder / "part.csv", folder / "large.csv"
    write_users(part, 100_000)
    header, _, body = part.read_bytes().partition(b"\n")
    with file.open("wb") as opened:
        opened.write(header + b"\n")
        for _ in range(LARGE_ROWS // 100_000):
            opened.write(body)
    with PrivatePostgreSQL() as server, rollbook_on(server) as (running, client):
        before = peaks(running)["upload-web"]
        started = time.perf_counter()
        upload_id = client.upload(file, "users")["id"]
        seconds = time.perf_counter() - started
        client.call("POST", f"/uploads/{upload_id}/cancel")
        after = peaks(running)["upload-web"]
    size = file.stat().st_size / 1e6
    print(
        f"{size:9,.0f} MB taken in within {seconds:.1f} s; upload-web: {before / 1e6:.0f} MB before, "
        f"{after / 1e6:.0f} MB at its peak"
    )
