"""Take pictures of the pages, on a `rollbook up` of its own with made-up people.

Without --all the few that docs/pages.md shows, beside this script; with it every page and state at three
widths, light and dark, into a folder: to look at after a change.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SHOWN = {"wide": (1200, 780, "light"), "narrow": (360, 720, "dark")}
LOOKED_AT = {
    f"{width}-{scheme}": (width, 900, scheme) for width in (360, 768, 1440) for scheme in ("light", "dark")
}
TOLD_OF = {"students", "student", "history", "report", "dictionary"}
EVERYTHING = "document.querySelectorAll('details').forEach((one) => (one.open = true))"
NAMES = (("Ana", "Ruiz"), ("Ben", "Okafor"), ("Chloé", "Martin"), ("Dara", "Kim"), ("Emil", "Brandt"))
LONG_NAMES = (("María José de los Ángeles", "Hernández-Villanueva y Fernández de Córdoba"),)
HEADER = (
    "schoolId,userRole,userId,userFirstName,userLastName,userEmail,userGrade,classId,className,classGrade,"
    "primaryTeacher,action"
)


def main() -> int:
    """Exit code 0 when every picture is taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page, at every width, into FOLDER")
    folder = parser.parse_args().all
    with tempfile.TemporaryDirectory() as name, running(Path(name) / "data") as url, chromium() as browser:
        pictures = Pictures(browser, url, folder)
        pictures.of_uploads(Path(name))
        pictures.of_places()
    return 0


class Pictures:
    """Takes each picture at every size, as the sample district's administrator."""

    def __init__(self, browser: Browser, url: str, folder: Path | None) -> None:
        self.url, self.folder, self.is_whole = url, folder or HERE, folder is not None
        sizes = LOOKED_AT if self.is_whole else SHOWN
        self.pages = {size: signed_in(browser, url, *look) for size, look in sizes.items()}
        self.page = signed_in(browser, url, 1200, 800, "light")
        self.folder.mkdir(parents=True, exist_ok=True)

    def of_uploads(self, files: Path) -> None:
        """Upload a file for each state that there is."""
        sample = resources.files("rollbook.embedded") / "samples" / "users-header-faults.csv"
        names = LONG_NAMES if self.is_whole else NAMES
        roster = students(150, names)
        self.take("upload", "/")
        for title, data, status in (
            ("refused", sample.read_bytes(), "Refused"),
            ("ready", roster, "Ready"),
            ("done", None, "Completed"),
            (
                "correcting",
                students(10_000 if self.is_whole else 500, names, faulty=True),
                "Needs correction",
            ),
            ("held", roster.replace(b"@example.org", b"@students.example.org"), "Held"),
        ):
            if data is None:
                self.page.get_by_role("button", name="Process file").click()
            else:
                file = files / f"{title}.csv"
                file.write_bytes(data)
                self.select(file)
            if status == "Refused":
                self.page.get_by_role("button", name="Send it anyway").click()
            self.page.locator("h1 + p .status", has_text=status).wait_for(timeout=120_000)
            self.take(title, self.page.url.removeprefix(self.url), EVERYTHING)

    def of_places(self) -> None:
        """The pages of the roster, the history and the dictionary."""
        self.page.goto(f"{self.url}/history?status=completed")
        report = self.page.locator("tbody a").first.get_attribute("href")
        for title, address in (
            ("students", "/students"),
            ("student", "/students/S0001"),
            ("classes", "/classes"),
            ("class", "/classes/MATH-1"),
            ("history", "/history"),
            ("report", report),
            ("dictionary", "/data-dictionary/users"),
            ("no-page", "/uploads/none"),
        ):
            if self.is_whole or title in TOLD_OF:
                self.take(title, address)

    def select(self, file: Path) -> None:
        self.page.goto(self.url)
        with self.page.expect_file_chooser() as chosen:
            self.page.get_by_role("button", name="Select file").click()
        chosen.value.set_files(file)

    def take(self, title: str, address: str, opened: str = "") -> None:
        for size, page in self.pages.items():
            page.goto(self.url + address)
            page.locator("main > div h1").wait_for()
            page.wait_for_load_state("networkidle")
            if self.is_whole and opened:
                page.evaluate(opened)
                page.wait_for_load_state("networkidle")
            page.screenshot(path=self.folder / f"{title}-{size}.png", full_page=self.is_whole)


def students(count: int, names: Sequence[tuple[str, str]], *, faulty: bool = False) -> bytes:
    """A file of students, in each of whose rows something is wrong if it is to be `faulty`."""
    rows = [HEADER]
    for number in range(count):
        first, last = names[number % len(names)]
        school, grade = ("00123", "07") if number % 2 else ("00456", "08")
        mail = f"{first[:3]}.{last[:4]}.{number}@example.org".lower().replace("é", "e").replace("í", "i")
        if faulty:
            mail, grade = (mail.replace(".org", ""), grade) if number % 3 else (mail, "Seventh")
        kind = f"MATH-{number % 2 + 1},Mathematics {number % 2 + 1},{'07' if number % 2 else '08'}"
        rows.append(f"{school},student,S{number:04},{first},{last},{mail},{grade},{kind},,add")
    return "\n".join(rows).encode()


def signed_in(browser: Browser, url: str, width: int, height: int, scheme: str) -> Page:
    """A page of the sample district's administrator."""
    size = {"width": width, "height": height}
    page = browser.new_context(viewport=size, color_scheme=scheme, locale="en-US").new_page()
    page.goto(url)
    page.get_by_role("button", name="Ada Example").click()
    page.locator("main > div h1").wait_for()
    return page


@contextmanager
def running(data: Path) -> Iterator[str]:
    """A `rollbook up`: its URL."""
    command = [sys.executable, "-m", "rollbook.embedded", "up", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield re.search(r"http://\S+:\d+", process.stdout.readline()).group()
        finally:
            process.terminate()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
