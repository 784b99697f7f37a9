"""Rollbook beside frictionless with an equivalent schema; its per-record part beside pandera with Polars.

Both are installed by `make bench` into `bench/.venv`, never into the project's own environment.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from made_files import write_wide_users
from measuring import cost_of, show
from validation import validating

from rollbook.common.dictionary import DICTIONARY, Column
from rollbook.common.dictionary.formats import Email, Identifier, OneOf
from rollbook.common.dictionary.users import ADD

HERE: Final = Path(__file__).parent
RIVALS: Final = HERE / ".venv/bin"
ONE_LINE: Final = r"[^=+@\x00-\x1f\x7f-\x9f\u2028\u2029-][^\x00-\x1f\x7f-\x9f\u2028\u2029]*"
"""One line of text that is no formula, as Python and Polars both read it."""


def compare(rows: int, folder: Path, rounds: int) -> None:
    """Print seconds and ratios of both."""
    if not RIVALS.is_dir():
        print("frictionless and pandera are not installed; `make bench` does that")
        return
    file, as_json = write_wide_users(folder / "rivals.csv", rows), folder / "rules.json"
    (folder / "schema.json").write_text(json.dumps(frictionless_schema()))
    print(f"{rows:,} rows: rollbook validate beside frictionless with the equivalent schema")
    ours = min(cost_of(validating(file, folder)) for _ in range(rounds))
    # It refuses paths that are not below the folder it runs in, and takes an error for a finding.
    command = [str(RIVALS / "frictionless"), "validate", file.name, "--schema", "schema.json"]
    theirs = cost_of(command, folder=folder, exit_codes={0})
    show("rollbook validate", ours)
    show("frictionless validate", theirs, f"{theirs.seconds / ours.seconds:.1f} times Rollbook")

    as_json.write_text(json.dumps(rules()))
    per_record = [sys.executable, str(HERE / "per_record.py"), str(file)]
    pandera = [str(RIVALS / "python"), str(HERE / "pandera_rules.py"), str(file), str(as_json)]
    best = [float("inf")] * 2
    for _ in range(rounds):
        best = [min(best[at], printed(command)) for at, command in enumerate((per_record, pandera))]
    print(f"{rows:,} rows, the cells being read: the rules of single records alone")
    print(
        f"  Rollbook  {best[0]:6.2f} s\n  pandera   {best[1]:6.2f} s  {best[1] / best[0]:.1f} times Rollbook"
    )


def printed(command: list[str]) -> float:
    """The seconds that a process says it took."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def rules() -> dict[str, Any]:
    """The dictionary's rules of single records, as JSON can hold them."""
    return {
        "columns": [
            {
                "name": column.name,
                "spellings": spellings(column),
                "pattern": pattern(column),
                "max_length": column.max_length,
            }
            for column in DICTIONARY["users"].columns
        ],
        "required": [rule.column for rule in DICTIONARY["users"].requirements[ADD] if rule.when == "always"],
    }


def frictionless_schema() -> dict[str, Any]:
    """The same for frictionless, which writes its patterns for Python's `re` and matches them whole."""
    required = rules()["required"]
    fields = []
    for column in DICTIONARY["users"].columns:
        constraints: dict[str, Any] = {"required": True} if column.name in required else {}
        if column.max_length:
            constraints["maxLength"] = column.max_length
        if spellings(column):
            constraints["enum"] = spellings(column)
        elif isinstance(column.format, Identifier | Email):
            constraints["pattern"] = column.format.pattern
        else:
            constraints["pattern"] = (
                r"[^=+@\x00-\x1f\x7f-\x9f\u2028\u2029-][^\x00-\x1f\x7f-\x9f\u2028\u2029]*"
            )
        fields.append({"name": column.name, "type": "string", "constraints": constraints})
    return {"fields": fields}


def spellings(column: Column) -> list[str]:
    """Every accepted spelling of a closed list, in small letters and as the list has it."""
    if not isinstance(column.format, OneOf):
        return []
    known = column.format.canonical()
    return sorted({*known, *known.values()})


def pattern(column: Column) -> str:
    """The pattern of a blank or a sound cell."""
    if isinstance(column.format, Identifier | Email):
        return f"^$|{column.format.pattern}"
    return f"^(?:{ONE_LINE})?$"
