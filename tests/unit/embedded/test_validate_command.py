"""`rollbook validate` as a script sees it: exit codes, what is written where, one line for an obstacle."""

import csv
import io
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

SAMPLES = Path(str(resources.files("rollbook.embedded") / "samples"))


def rollbook(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "rollbook.embedded", *map(str, arguments)], capture_output=True, check=False
    )


def test_a_clean_file_is_accepted():
    done = rollbook("validate", SAMPLES / "users-corrected.csv", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (
        0,
        {"verdict": "accepted", "rows": 9, "problems": [], "findings": []},
    )


def test_row_faults_reject_the_file_and_are_listed_as_in_errors_csv():
    done = rollbook("validate", SAMPLES / "users-row-faults.csv", "--format", "csv")
    found = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))
    # That row 6 has lost its zeros is seen against the stored roster only.
    assert [(f["row"], f["code"]) for f in found if f["severity"] == "error"] == [
        ("4", "userEmail.malformed"),
        ("8", "userGrade.unknown_value"),
        ("9", "userEmail.duplicate"),
    ]
    assert done.returncode == 1


def test_header_faults_refuse_the_file_with_a_header_to_paste():
    done = rollbook("validate", SAMPLES / "users-header-faults.csv", "--format", "json")
    verdict = json.loads(done.stdout)
    corrected = (SAMPLES / "users-corrected.csv").read_text().splitlines()[0]
    assert (done.returncode, verdict["verdict"], verdict["correctedHeader"]) == (2, "refused", corrected)
    assert [problem["code"] for problem in verdict["problems"]] == [
        "header.wrong_case",
        "header.misspelled",
        "header.extra",
    ]


def test_a_utf_16_file_is_checked_by_its_transcript(tmp_path):
    file = tmp_path / "users.csv"
    file.write_bytes((SAMPLES / "users-corrected.csv").read_text().encode("utf-16"))
    assert json.loads(rollbook("validate", file, "--format", "json").stdout)["rows"] == 9


def test_the_output_file_holds_what_the_terminal_would_show(tmp_path):
    output = tmp_path / "errors.csv"
    file = SAMPLES / "users-row-faults.csv"
    rollbook("validate", file, "--format", "csv", "--output", output)
    assert output.read_bytes() == rollbook("validate", file, "--format", "csv").stdout


@pytest.mark.parametrize(
    "arguments",
    [("absent.csv",), (".",), (SAMPLES / "users-corrected.csv", "--kind", "pupils")],
    ids=["missing", "a directory", "no such kind"],
)
def test_what_is_in_the_way_is_one_line(arguments, tmp_path):
    done = rollbook("validate", *arguments)
    assert (done.returncode, done.stdout, len(done.stderr.decode().splitlines())) == (2, b"", 1)
