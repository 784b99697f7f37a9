"""What Rollbook costs: validation, validators, rivals, the journey, memory, reports, pages.

Ratios count; seconds are the machine's.

`make bench` runs all of it; `make bench ARGS="--only validation rivals"` some.
"""

import argparse
import tempfile
from pathlib import Path

import chunk_stage
import journey
import pages
import reports
import rivals
import validation

ONCE = {
    "upload-memory": journey.show_upload_memory,
    "reports": reports.show_reports,
    "pages": pages.show_pages,
}
"""The parts that measure at a size of their own."""
PARTS = ("validation", "growth", "validators", "rivals", "journey", *ONCE)
SIZES = (100_000, 1_000_000)


def main() -> None:
    """Print each part as a small table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--rounds", type=int, default=3, help="the best of so many counts")
    parser.add_argument(
        "--only", nargs="*", choices=PARTS, default=[part for part in PARTS if part != "growth"]
    )
    parser.add_argument(
        "--growth", action="store_true", help="five times the largest file, beside half of it"
    )
    parser.add_argument("--details", action="store_true", help="each journey's steps and what they cost")
    arguments = parser.parse_args()
    wanted = {*arguments.only, *(["growth"] if arguments.growth else [])}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for rows in arguments.rows:
            if "validation" in wanted:
                validation.compare(rows, folder, arguments.rounds)
        largest = max(arguments.rows)
        if "growth" in wanted:
            validation.grow(largest // 2, folder)  # ten times as many stay below the limit of a file
        if "validators" in wanted:
            chunk_stage.compare(largest, folder, arguments.rounds)
        if "rivals" in wanted:
            rivals.compare(largest, folder, arguments.rounds)
        for rows in arguments.rows:
            if "journey" in wanted:
                journey.compare(rows, folder, details=arguments.details)
        for part, show in ONCE.items():
            if part in wanted:
                show(folder)


if __name__ == "__main__":
    main()
