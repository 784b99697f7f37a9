"""`rollbook demo`: the main job on a sample district, each step with its real result."""

import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from rollbook.embedded.client import Client, Document, Refused
from rollbook.embedded.issuer import Issuer
from rollbook.embedded.sample_district import DISTRICT, enter, sample

HEADER_FAULTS: Final = ["header.wrong_case", "header.misspelled", "header.extra"]
ROW_FAULTS: Final = [
    ("4", "userEmail.malformed"),
    ("6", "schoolId.leading_zeros_lost"),
    ("8", "userGrade.unknown_value"),
    ("9", "userEmail.duplicate"),
]
RECORDS: Final = {"school": 2, "staff": 3, "student": 6, "class": 2, "enrollment": 8}
"""In the corrected sample file.  The schools are there before: support entered them."""


class StepFailed(Exception):
    """A step did not do what it should; says what it did instead."""


class _Demo:
    def __init__(self, folder: Path, url: str, out: Console) -> None:
        self.folder, self.out = folder, out
        issuer = Issuer.kept_in(folder / "data")
        self.support = Client(url, issuer.token(DISTRICT, ["support"], "Sam Support"))
        self.admin = Client(url, issuer.token(DISTRICT, ["system", "enrollment"], "Ada Example"))
        self.processed = ""

    def steps(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("Support enters the district and activates batch upload", self.activate),
            ("A file with faults in its header is refused", self.refuse),
            ("A file with faults in its rows is reported", self.report_rows),
            ("The corrected file is previewed", self.preview),
            ("It is processed, and the report has the figures of the preview", self.process),
            ("The roster is downloaded and uploaded again: nothing changes", self.upload_again),
        )

    def activate(self) -> None:
        enter(self.support)
        state = self.admin.call("GET", "/batch-upload").json()
        self.out.print(f"active: {state['active']}")
        _expect("active", state["active"], wanted=True)

    def refuse(self) -> None:
        try:
            self._send("users-header-faults.csv")
        except Refused as refused:
            for problem in refused.problem["problems"]:
                self.out.print(f"{problem['code']}: {problem['message']}\n  → {problem['howToFix']}")
            header = refused.problem["correctedHeader"]
            self.out.print(f"corrected header: {header}", soft_wrap=True)
            codes = [problem["code"] for problem in refused.problem["problems"]]
            _expect("problems", codes, wanted=HEADER_FAULTS)
            first_line = sample("users-corrected.csv").decode().splitlines()[0]
            _expect("corrected header", header, wanted=first_line)
            return
        raise StepFailed("the file was not refused")

    def report_rows(self) -> None:
        upload = self._send("users-row-faults.csv")
        _expect("status", upload["status"], wanted="needs_correction")
        findings = _rows(self.admin.call("GET", f"/reports/{upload['id']}/errors.csv").content)
        table = Table("row", "column", "what is wrong", "what to do", box=None, pad_edge=False)
        for finding in findings:
            table.add_row(finding["row"], finding["column"], finding["message"], finding["howToFix"])
        self.out.print(table)
        errors = [(found["row"], found["code"]) for found in findings if found["severity"] == "error"]
        _expect("errors", errors, wanted=ROW_FAULTS)

    def preview(self) -> None:
        upload = self._send("users-corrected.csv")
        _expect("status", upload["status"], wanted="ready")
        self.processed = upload["id"]
        self._show_summary(self.processed, "created", unchanged=("school",))

    def process(self) -> None:
        self.admin.process(self.processed)
        upload = self.admin.settled(self.processed)
        _expect("status", upload["status"], wanted="completed")
        self._show_summary(self.processed, "created", unchanged=("school",))

    def upload_again(self) -> None:
        roster = self.folder / "users-export.csv"
        roster.write_bytes(self.admin.call("GET", "/export/users.csv", params={"type": "all"}).content)
        upload = self.admin.settled(self.admin.upload(roster, "users")["id"])
        _expect("status", upload["status"], wanted="ready")
        self._show_summary(upload["id"], "noChange", unchanged=tuple(RECORDS))

    def _send(self, name: str) -> Document:
        file = self.folder / name
        file.write_bytes(sample(name))
        return self.admin.settled(self.admin.upload(file, "users")["id"])

    def _show_summary(self, upload_id: str, figure: str, unchanged: tuple[str, ...]) -> None:
        """Print the district's lines of summary.csv; hold each record type to its one figure."""
        lines = _rows(self.admin.call("GET", f"/reports/{upload_id}/summary.csv").content)
        lines = [line for line in lines if not line["schoolId"]]
        table = Table(*(name for name in lines[0] if name != "schoolId"), box=None, pad_edge=False)
        for line in lines:
            table.add_row(*(value for name, value in line.items() if name != "schoolId"))
        self.out.print(table)
        counted = ("created", "updated", "noChange", "removed", "errors")
        found = {line["recordType"]: {name: int(line[name]) for name in counted} for line in lines}
        wanted = {
            record: dict.fromkeys(counted, 0) | {"noChange" if record in unchanged else figure: number}
            for record, number in RECORDS.items()
        }
        _expect("summary", found, wanted=wanted)


def demo() -> int:
    """Show every step; the exit code: 0 only if each did what it should."""
    out = Console(markup=False, highlight=False, emoji=False)
    with tempfile.TemporaryDirectory(prefix="rollbook-demo-") as name:
        folder = Path(name)
        try:
            with _running(folder) as url:
                out.print(f"Rollbook runs at {url}, all four services in one process.")
                shown = _Demo(folder, url, out)
                with shown.support, shown.admin:
                    for number, (title, step) in enumerate(shown.steps(), start=1):
                        out.print()
                        out.print(Panel(f"{number}. {title}", style="bold"))
                        step()
                        out.print("✓ as it should be", style="green")
        except (StepFailed, Refused, httpx.HTTPError, KeyError, ValueError) as error:
            out.print(f"✗ {type(error).__name__}: {error}", style="bold red")
            return 1
    out.print("\nEvery step did what it should.", style="bold green")
    return 0


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    """A `rollbook up` of its own on a free port: the URL."""
    command = [sys.executable, "-m", "rollbook.embedded", "up", "--port", "0", "--no-demo-people"]
    command += ["--data", str(folder / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            first_line = process.stdout.readline() if process.stdout else ""
            words = [word for word in first_line.split() if word.startswith("http://")]
            if not words:
                raise StepFailed("`rollbook up` did not start")
            yield words[0]
        finally:
            process.terminate()


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def _expect(what: str, found: object, *, wanted: object) -> None:
    if found != wanted:
        raise StepFailed(f"{what}: {found}, which should be {wanted}")
