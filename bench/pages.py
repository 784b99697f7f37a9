"""What the pages cost in a browser: the first paint on a slow line, and a table of very many students."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from journey import DISTRICT, journeyed, rollbook_on
from playwright.sync_api import Page

from chromium import a_browser
from servers import PrivatePostgreSQL

STUDENTS = 100_000
PAINTS = 5
SLOW_3G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
"""Milliseconds, and bytes per second."""
LARGEST_FRAME = """() => new Promise((resolve) => {
  let last = performance.now(), longest = 0;
  const step = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    scrollBy(0, 200);
    if (scrollY + innerHeight < document.documentElement.scrollHeight - 1) requestAnimationFrame(step);
    else resolve(longest);
  };
  requestAnimationFrame(step);
})"""
"""Scrolls to the end; the milliseconds of the longest wait for a picture."""


def show_pages(folder: Path) -> None:
    """Print the first paint of the Upload page, and how long the list of students lets one wait."""
    file = folder / "students.csv"
    write_students(file, STUDENTS)
    with PrivatePostgreSQL() as server, rollbook_on(server) as (running, client):
        with signed_in(running.url, running.issuer.token(DISTRICT)) as page:
            show_first_paint(page, running.url)
        journeyed(client, file)
        with signed_in(running.url, running.issuer.token(DISTRICT)) as page:
            show_students(page, running.url)


def write_students(file: Path, count: int) -> None:
    """A users.csv of so many students without a class."""
    names = (
        "schoolId,userRole,userId,userFirstName,userLastName,userEmail,userGrade,"
        "classId,className,classGrade,primaryTeacher,action"
    )
    with file.open("w") as opened:
        opened.write(f"{names}\n")
        opened.writelines(
            f"{at % 20:05},student,s{at},Ana,Ruiz{at % 1009},s{at}@example.org,{1 + at % 12:02},,,,,\n"
            for at in range(count)
        )


@contextmanager
def signed_in(url: str, token: str) -> Iterator[Page]:
    """A page of a new browser, for somebody with this token."""
    with a_browser() as browser:
        context = browser.new_context(locale="en-US", base_url=url)
        context.add_init_script(f"sessionStorage.setItem('rollbook-token', '{token}')")
        yield context.new_page()


def show_first_paint(page: Page, url: str) -> None:
    """Print the best of some paints with nothing kept from before."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    paints, whole = [], []
    for _ in range(PAINTS):
        received.clear()
        started = time.perf_counter()
        page.goto(f"{url}/")
        page.locator("#drop").wait_for()
        whole.append(time.perf_counter() - started)
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    print(
        f"  Upload page on slow 3G: first paint {min(paints):.0f} ms, ready {min(whole):.2f} s, "
        f"{sum(received) / 1000:.0f} kB in {len(received)} answers"
    )


def show_students(page: Page, url: str) -> None:
    """Print how long the list of students takes to come, to filter, to turn over and to scroll."""
    rows = page.locator("#list[aria-busy=false] tbody tr")

    def waited(act: Callable[..., Any], *arguments: str) -> float:
        started = time.perf_counter()
        with page.expect_response(lambda answer: "/api/v1/students?" in answer.url):
            act(*arguments)
        rows.first.wait_for()
        return time.perf_counter() - started

    page.goto(f"{url}/students")
    rows.first.wait_for()
    search, following = page.get_by_role("searchbox").first, page.get_by_role("button", name="Next")
    typed = [waited(search.fill, text) for text in ("ruiz1", "ruiz100", "s9999", "s99999", "")]
    graded = [waited(page.get_by_label("Grade").select_option, grade) for grade in ("07", "12", "")]
    turned = [waited(following.click) for _ in range(5)]
    frame = page.evaluate(LARGEST_FRAME)
    print(
        f"  {STUDENTS:,} students: search {statistics.median(typed):.2f} s (0.25 s of it for typing on), "
        f"filter {statistics.median(graded):.2f} s, next page {statistics.median(turned):.2f} s; "
        f"longest frame of scrolling {frame:.0f} ms, {rows.count()} rows held"
    )
