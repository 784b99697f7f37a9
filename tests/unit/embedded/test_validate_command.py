"""`rollbook validate` as a script sees it: exit codes, what is written where, one line for an obstacle."""

import csv
import io
import json
import os
import pty
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


def test_an_output_that_is_no_plain_file_is_written_to_as_it_stands(tmp_path):
    file = SAMPLES / "users-row-faults.csv"
    shown = rollbook("validate", file, "--format", "csv").stdout
    piped = rollbook("validate", file, "--format", "csv", "--output", "/dev/stdout")
    assert (piped.returncode, piped.stdout) == (1, shown)
    redirected = tmp_path / "errors.csv"
    with redirected.open("wb") as ours:
        command = [sys.executable, "-m", "rollbook.embedded", "validate", file, "--format", "csv"]
        subprocess.run([*command, "--output", "/dev/stdout"], stdout=ours, check=False)
        assert (redirected.read_bytes(), redirected.stat().st_ino) == (shown, os.fstat(ours.fileno()).st_ino)


def test_a_full_disk_is_one_line():
    done = rollbook("validate", SAMPLES / "users-row-faults.csv", "--output", "/dev/full")
    assert (done.returncode, done.stderr) == (
        2,
        b"rollbook: /dev/full cannot be written: No space left on device.\n",
    )


def test_the_terminal_shows_each_code_in_words_with_its_first_rows():
    done = rollbook("validate", SAMPLES / "users-row-faults.csv")
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "9 records: 6 accepted, 3 rejected; 3 errors, 0 warnings."
    begin = lines.index("error userGrade.unknown_value")
    assert lines[begin + 1].startswith("  row 8: userGrade “")
    assert lines[-1] == "With --format csv each finding is listed with its row."
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_pipe_is_read_like_a_file(encoding):
    data = (SAMPLES / "users-row-faults.csv").read_text().encode(encoding)
    command = [sys.executable, "-m", "rollbook.embedded", "validate", "-", "--format", "csv"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout == rollbook("validate", SAMPLES / "users-row-faults.csv", "--format", "csv").stdout


def test_the_file_itself_is_never_written_over(tmp_path):
    file = tmp_path / "users.csv"
    file.write_bytes((SAMPLES / "users-row-faults.csv").read_bytes())
    done = rollbook("validate", file, "--output", file)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert file.read_bytes() == (SAMPLES / "users-row-faults.csv").read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [("absent.csv",), (".",), (SAMPLES / "users-corrected.csv", "--kind", "pupils")],
    ids=["missing", "a directory", "no such kind"],
)
def test_what_is_in_the_way_is_one_line(arguments, tmp_path):
    done = rollbook("validate", *arguments)
    assert (done.returncode, done.stdout, len(done.stderr.decode().splitlines())) == (2, b"", 1)


def test_at_a_terminal_a_bar_shows_progress_and_standard_output_stays_clean():
    ours, terminal = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rollbook.embedded", "validate", SAMPLES / "users-corrected.csv"],
            stdout=subprocess.PIPE, stderr=terminal, check=False,
        )  # fmt: skip
        shown = os.read(ours, 65_536).decode()
    finally:
        os.close(ours)
        os.close(terminal)
    assert "checking" in shown
    assert done.stdout.decode() == "9 records: 9 accepted, 0 rejected; 0 errors, 0 warnings.\n"
