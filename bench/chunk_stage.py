"""One validator against two on the chunk stage: from a chunk's bytes to its rows file and batches."""

import datetime as dt
import os
import subprocess
import sys
import time
from pathlib import Path

from made_files import write_wide_users

ONE_CORE = os.environ | {"POLARS_MAX_THREADS": "1"}
"""A validator on a core of its own; with Polars' threads one already uses both."""


def compare(rows: int, folder: Path, rounds: int) -> None:
    """Print how many times as fast two are as one."""
    file = write_wide_users(folder / "chunks.csv", rows)
    print(f"{rows:,} rows: the chunk stage alone, each validator on one core")
    one, two = (min(seconds_of(file, validators) for _ in range(rounds)) for validators in (1, 2))
    print(f"  one {one:.2f} s, two {two:.2f} s: {one / two:.2f} times as fast")


def seconds_of(file: Path, validators: int) -> float:
    """Seconds from the moment when all validators are ready to the last chunk."""
    command = [sys.executable, __file__, str(file), str(validators)]
    running = [
        subprocess.Popen([*command, str(at)], env=ONE_CORE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for at in range(validators)
    ]
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
    started = time.perf_counter()
    for process in running:
        assert process.stdin
        process.stdin.close()
    if any(process.wait() for process in running):
        raise SystemExit("a validator failed")
    seconds = time.perf_counter() - started
    for process in running:
        assert process.stdout
        process.stdout.close()
    return seconds


def validate(file: Path, validators: int, own: int) -> None:
    """Be one of several validators: check every so many-th chunk, once standard input ends."""
    from rollbook.common import findings, rows_file  # noqa: PLC0415  (the parent needs none of it)
    from rollbook.embedded.local_file import blocks_of  # noqa: PLC0415
    from rollbook.upload.domain.ingest import ingest  # noqa: PLC0415
    from rollbook.validator.domain.check_chunk import Reading, check_chunk  # noqa: PLC0415

    with file.open("rb", buffering=0) as opened:
        taken = ingest(blocks_of(opened), kind="users")
        reading = Reading("users", taken.columns, taken.encoding, dt.datetime.now(dt.UTC).date())
        print("ready", flush=True)
        sys.stdin.read()
        for chunk in taken.chunks[own::validators]:
            checked = check_chunk(os.pread(opened.fileno(), chunk.length, chunk.offset), chunk, reading)
            rows_file.encode(checked.rows)
            list(findings.batches(checked.findings))


if __name__ == "__main__":
    validate(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
