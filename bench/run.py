"""What Rollbook costs: validation against a bare read, the journey against a bare script, memory."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from journey import compare, show_upload_memory

from roster_files import write_users

SIZES = (100_000, 1_000_000)
BARE = "import polars, sys; polars.read_csv(sys.argv[1], infer_schema=False)"


def main() -> None:
    """Print seconds, peak memory and the ratio for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--faulty", type=float, default=0.0, help="share of rows with a fault")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for rows in arguments.rows:
            file = Path(folder) / f"users-{rows}.csv"
            write_users(file, rows, faulty_share=arguments.faulty)
            bare = measure([sys.executable, "-c", BARE, str(file)])
            checked = measure([sys.executable, "-m", "rollbook.embedded", "validate", str(file)])
            print(f"{rows:>9,} rows, {file.stat().st_size / 1e6:.0f} MB")
            for name, (seconds, peak) in {"bare read_csv": bare, "rollbook validate": checked}.items():
                print(f"  {name:<18} {seconds:6.2f} s  {peak / 1e6:7.0f} MB at its peak")
            print(f"  ratio              {checked[0] / bare[0]:6.1f}")
        for rows in arguments.rows:
            compare(rows, Path(folder))
        show_upload_memory(Path(folder))


def measure(command: list[str]) -> tuple[float, int]:
    """Seconds on the wall and peak resident bytes of a process, its start included."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - started, usage.ru_maxrss * 1024


if __name__ == "__main__":
    main()
