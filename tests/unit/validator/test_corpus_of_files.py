"""Each file of the corpus is judged as is written beside it (see `tests/data/README.md`)."""

import ast
import re
from pathlib import Path

import pytest
from reference.comparison import TODAY, Cuts, product_verdict
from reference.verdict import verdict

DATA = Path(__file__).parents[2] / "data"
FILES = sorted([*(DATA / "accept").glob("*.csv"), *(DATA / "reject").glob("*.csv")])
FINDING = re.compile(r"(\d+) (\w+) ([\w.]+)(?: \(([\d ]+)\))?( warning)?")


def kind_of(file):
    return "demographics" if file.name.startswith("demographics") else "users"


def expected_of(file):
    """(verdict, problems or findings, corrected header), as written beside the file."""
    beside = file.with_suffix(".expected")
    lines = beside.read_text().splitlines() if beside.exists() else [None]
    corrected = [line.removeprefix("paste: ") for line in lines[1:] if line.startswith("paste: ")]
    told = [line for line in lines[1:] if not line.startswith("paste: ")]
    if lines[0] == "refused":
        return "refused", [problem(line) for line in told], "".join(corrected)
    return lines[0], [finding(line) for line in told], ""


def problem(line):
    code, row, got, expected = (
        None if part == "-" else ast.literal_eval(part) if part.startswith("'") else part
        for part in line.split(" | ")
    )
    return code, got, expected, None if row is None else int(row)


def finding(line):
    row, column, code, related, warning = FINDING.fullmatch(line).groups()
    severity = "warning" if warning else "error"
    return int(row), column, code, severity, tuple(map(int, (related or "").split()))


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parent.name}/{file.stem}" for file in FILES])
def test_a_file_is_judged_as_is_written_beside_it(file):
    found, corrected = product_verdict(file.read_bytes(), kind_of(file), Cuts())
    assert found == verdict(file.read_bytes(), kind_of(file), TODAY)
    word, told, header = expected_of(file)
    assert (found.problems or found.findings, corrected) == (told, header)
    assert word in (None, "refused", f"{found.word} {found.rows}")
    assert (file.parent.name == "accept") == (found.word == "accepted")


@pytest.mark.parametrize("folder", ["accept", "reject"])
def test_the_readme_says_the_idea_of_every_file_and_of_no_other(folder):
    readme = (DATA / "README.md").read_text()
    section = readme.split(f"## {folder}:")[1].split("\n## ")[0]
    described = re.findall(r"^\| `([^`]+)` \| \S", section, re.MULTILINE)
    assert sorted(described) == sorted(file.stem for file in FILES if file.parent.name == folder)
