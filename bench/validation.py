"""What `rollbook validate` costs, errors.csv written, beside Polars' bare reading of the file as text."""

import sys
from pathlib import Path

from made_files import write_wide_users
from measuring import Cost, best_of, cost_of, show

BARE = "import polars, sys; polars.read_csv(sys.argv[1], infer_schema=False)"
CELLS_SHARE = 5
"""The file with an error in every cell has a fifth of the rows: its errors.csv is 25 times its size."""


def compare(rows: int, folder: Path, rounds: int) -> None:
    """Print the ratio to the bare read, and what errors cost."""
    clean = write_wide_users(folder / "clean.csv", rows)
    shuffled = write_wide_users(folder / "shuffled.csv", rows, "shuffled")
    every_row = write_wide_users(folder / "every-row.csv", rows, "row")
    print(f"{rows:,} rows of 17 columns, {clean.stat().st_size / 1e6:.0f} MB: rollbook validate")
    costs = best_of(
        rounds,
        {
            "bare read_csv": [sys.executable, "-c", BARE, str(clean)],
            "clean": validating(clean, folder),
            "clean, rows in no order": validating(shuffled, folder),
            "an error in every row": validating(every_row, folder),
        },
    )
    for name, cost in costs.items():
        show(name, cost, ratios(cost, costs))
    fewer = rows // CELLS_SHARE
    every_cell = write_wide_users(folder / "every-cell.csv", fewer, "cell")
    show(f"an error in every cell, {fewer:,} rows", cost_of(validating(every_cell, folder)))


def grow(rows: int, folder: Path) -> None:
    """Print what ten times the rows cost."""
    costs = [
        cost_of(validating(write_wide_users(folder / f"grown-{size}.csv", size), folder))
        for size in (rows, 10 * rows)
    ]
    for size, cost in zip((rows, 10 * rows), costs, strict=True):
        show(f"{size:,} rows", cost, f"{cost.seconds / costs[0].seconds:.1f} times the smaller")


def validating(file: Path, folder: Path) -> list[str]:
    """The command that writes errors.csv of a file."""
    output = ["--format", "csv", "--output", str(folder / "errors.csv")]
    return [sys.executable, "-m", "rollbook.embedded", "validate", str(file), *output]


def ratios(cost: Cost, costs: dict[str, Cost]) -> str:
    """How many times the bare read, and how many times the clean file."""
    to_bare = cost.seconds / costs["bare read_csv"].seconds
    return f"{to_bare:4.2f} times the bare read, {cost.seconds / costs['clean'].seconds:4.2f} the clean file"
