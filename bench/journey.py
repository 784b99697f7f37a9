"""What the whole journey costs, from the upload to the last report, against a bare script on one server."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import bare_script
from costs import forget_peaks, peaks, processor_seconds, steps

from distributed import Distributed
from rollbook.embedded.client import Client
from roster_files import CLASSES_A_SCHOOL, write_users
from servers import PostgreSQL, PrivatePostgreSQL

DISTRICT = "bench"
LARGE_ROWS = 9_900_000
LOADS = {"first load": 0.0, "unchanged load": 0.0, "0.5 % changed": 0.005}
"""The share of changed people of each load, in their order."""
SMALL_ROWS, SMALL_LOADS = 500, 9
_LOOK_SECONDS = 0.02


def compare(rows: int, folder: Path, *, details: bool = False) -> None:
    """Print seconds and ratio of each load, what each process used, and how long a small file takes.

    `details`: the steps of each journey too, and the processor time of each process.
    """
    file = folder / f"journey-{rows}.csv"
    with PrivatePostgreSQL(durable=True) as server, rollbook_on(server) as (running, client):
        bare = server.new_database()
        for load, changed_share in LOADS.items():
            write_users(file, rows, changed_share=changed_share)
            if load == "first load":
                print(
                    f"{rows:>9,} rows, {file.stat().st_size / 1e6:.0f} MB: the journey against a bare script"
                )
            script = bare_script.load(bare, file)
            forget_peaks(running)
            before = processor_seconds(running)
            upload_id, checked, processed = journeyed(client, file)
            seconds = checked + processed
            print(f"  {load:<15} {seconds:6.2f} s  script {script:6.2f} s  ratio {seconds / script:5.2f}")
            print(f"    {checked:.2f} s until it is ready, {processed:.2f} s from Process on")
            top = sorted(peaks(running).items(), key=lambda one: -one[1])[:4]
            print("    at their peak:", ", ".join(f"{name} {peak / 1e6:.0f} MB" for name, peak in top))
            if details:
                show_details(running, upload_id, before)
        show_latency(client, folder)


def show_details(running: Distributed, upload_id: str, before: dict[str, float]) -> None:
    """Print the processor time used since `before`, and the steps of an upload."""
    used = {name: seconds - before[name] for name, seconds in processor_seconds(running).items()}
    print("    processor:", ", ".join(f"{name} {s:.2f} s" for name, s in used.items() if s > 0.05))
    print(f"    {sum(used.values()):.2f} s of processor time, the servers' not counted")
    taken = steps(running, upload_id)
    for step in taken:
        print(f"    {(step.at - taken[0].at).total_seconds():7.3f} {step.service:<9} {step.what}")


@contextmanager
def rollbook_on(server: PostgreSQL) -> Iterator[tuple[Distributed, Client]]:
    """The distributed Rollbook, warm, with a district of as many schools as the largest file names."""
    schools = 40_000 // CLASSES_A_SCHOOL + 1
    with Distributed(validators=2, database_server=server) as running:
        with district_of(running, "warm", 1) as client, TemporaryDirectory() as folder:
            file = Path(folder) / "warm.csv"  # until it is through, a process may not have started yet
            write_users(file, 25, domain="warm.example.org")
            journeyed(client, file)
        with district_of(running, DISTRICT, schools) as client:
            yield running, client


def district_of(running: Distributed, district: str, schools: int) -> Client:
    """An administrator of a new district."""
    body = {
        "name": district,
        "schools": [{"schoolId": f"{n:05}", "name": f"School {n}"} for n in range(schools)],
    }
    with Client(running.url, running.issuer.token(district, ["support"])) as support:
        support.call("PUT", f"/districts/{district}", json=body)
        support.call("POST", f"/districts/{district}/batch-upload")
    return Client(running.url, running.issuer.token(district))


def journeyed(client: Client, file: Path) -> tuple[str, float, float]:
    """The upload, seconds from sending the file until it is ready, and from Process to the last report."""
    started = time.perf_counter()
    upload_id = client.upload(file, "users")["id"]
    settled(client, upload_id, "ready")
    ready = time.perf_counter()
    client.process(upload_id)
    settled(client, upload_id, "completed")
    return upload_id, ready - started, time.perf_counter() - ready


def settled(client: Client, upload_id: str, wanted: str) -> None:
    """Wait until an upload has the wanted state; looks more often than the client of a script would."""
    while (upload := client.call("GET", f"/uploads/{upload_id}").json())["status"] in {
        "validating",
        "processing",
    }:
        time.sleep(_LOOK_SECONDS)
    if upload["status"] != wanted:
        raise SystemExit(f"the upload is {upload['status']}, not {wanted}: {upload}")


def show_latency(client: Client, folder: Path) -> None:
    """Print the median seconds of a small file with some changes, in a district that has many records."""
    file, times = folder / "small.csv", []
    for number in range(SMALL_LOADS):
        write_users(file, SMALL_ROWS, changed_share=0.1, seed=number)
        times.append(journeyed(client, file)[1:])
    checked, processed = (statistics.median(one) for one in zip(*times, strict=True))
    print(
        f"  {SMALL_ROWS} rows, median of {SMALL_LOADS}: {checked:.2f} s from POST to ready, "
        f"{processed:.2f} s from Process to completed"
    )


def show_upload_memory(folder: Path) -> None:
    """Print what a file of more than 1 GB (below both limits) costs the process that takes it in."""
    part, file = folder / "part.csv", folder / "large.csv"
    write_users(part, 100_000, domain="mail.example.org")  # so long that it is a gigabyte
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
