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
from rollbook.common.dictionary.formats import Email, Grades, Identifier, OneOf
from rollbook.common.dictionary.users import ADD, CLASS_COLUMNS, STAFF

MIXED_SHARE: Final = 50
"""A fiftieth of the rows is enough to see that the rules are the same."""
HERE: Final = Path(__file__).parent
RIVALS: Final = HERE / ".venv/bin"
ONE_LINE: Final = r"[^=+@\x00-\x1f\x7f-\x9f\u2028\u2029-][^\x00-\x1f\x7f-\x9f\u2028\u2029]*"
"""One line of text that is no formula, as Python and Polars both read it."""
_SPACES: Final = r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufeff]*"
BETWEEN_GRADES: Final = f"{_SPACES},{_SPACES}"


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
    mixed = write_wide_users(folder / "mixed.csv", rows // MIXED_SHARE, "mixed")
    rejected = {printed(command)[-1] for command in per_record(mixed, as_json).values()}
    if len(rejected) > 1:
        raise SystemExit(f"not the same rules: Rollbook and pandera reject {rejected} records")
    best: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, command in per_record(file, as_json).items():
            best[name] = min(best.get(name, [float("inf")]), printed(command))
    print(f"{rows:,} rows, the cells being read: the rules of single records alone")
    for name, (seconds, processor_seconds, _) in best.items():
        times = f"{seconds / best['Rollbook'][0]:.1f} times Rollbook"
        print(f"  {name:<9} {seconds:6.2f} s, of processors {processor_seconds:6.2f} s  {times}")


def per_record(file: Path, as_json: Path) -> dict[str, list[str]]:
    """The commands that check the rules of single records."""
    return {
        "Rollbook": [sys.executable, str(HERE / "per_record.py"), str(file)],
        "pandera": [str(RIVALS / "python"), str(HERE / "pandera_rules.py"), str(file), str(as_json)],
    }


def printed(command: list[str]) -> list[float]:
    """The seconds that a process says it took, those of processors, and the records it rejects."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(figure) for figure in done.stdout.split()[-3:]]


def rules() -> dict[str, Any]:
    """The dictionary's rules of single records, as JSON can hold them."""
    return {
        "columns": [
            {
                "name": column.name,
                "is_list": column.is_closed_list,
                "spellings": sorted({"", *map(str.lower, spellings(column))}) if not patterns(column) else [],
                "patterns": patterns(column),
                "max_length": column.max_length,
            }
            for column in DICTIONARY["users"].columns
        ],
        "required": [
            {"action": action, "column": needed.column, "when": needed.when}
            for action, requirements in DICTIONARY["users"].requirements.items()
            for needed in requirements
        ],
        "class_columns": CLASS_COLUMNS,
        "staff": STAFF,
    }


def frictionless_schema() -> dict[str, Any]:
    """The same for frictionless, which writes its patterns for Python's `re` and matches them whole."""
    required = {needed.column for needed in DICTIONARY["users"].requirements[ADD] if needed.when == "always"}
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


def patterns(column: Column) -> list[str]:
    """What a blank or a sound cell matches, all of it; none for a list of single values."""
    match column.format:
        case Grades():
            grade = "|".join(spelling.lower() for spelling in spellings(column))
            return [f"^(?:(?:{grade})(?:{BETWEEN_GRADES}(?:{grade}))*)?$"]
        case OneOf():
            return []
        case Identifier():
            return [f"^(?:[{Identifier.characters.removesuffix('-')}][{Identifier.characters}]*)?$"]
        case Email():
            return [f"^$|{Email.pattern}", "^$|^[^=+@-][^@]{0,63}@"]
        case _:
            return [f"^(?:{ONE_LINE})?$"]
