"""A slow line that breaks off: the file is kept, sent on without anybody's doing, and never taken twice."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser.line import Line, throttle
from browser.portal import GOOD, WAIT_MS, Portal
from e2e.journey import settled
from playwright.sync_api import Page, Request, expect

ROWS = 5_000
"""Some 300 kB."""
SLOW = 40_000
KILOBYTES = re.compile(r"^[1-9]\d* kB of \d+ kB$")


@pytest.fixture
def line(rollbook) -> Iterator[Line]:
    with Line(rollbook.url) as line:
        yield line


@pytest.fixture
def portal(portal: Portal, line: Line) -> Portal:
    """The pages at the other end of the line."""
    portal.url = line.url
    return portal


@pytest.fixture
def file(file_of: Callable[..., Path]) -> Path:
    """A file that takes some seconds on a slow line."""
    return file_of(*GOOD, *(f"00000,student,x{at},A,B,x{at}@example.edu,07,,,,,add" for at in range(ROWS)))


class Story:
    """What a page asks of the server: to take a file, and whether it is there."""

    def __init__(self, page: Page) -> None:
        self.told: list[str] = []
        self.keys: set[str] = set()
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if "/api/v1/uploads?kind=" in request.url:
            self.told.append("sent")
            self.keys.add(request.headers["idempotency-key"])
        elif "idempotencyKey=" in request.url:
            self.told.append("asked")
            self.keys.add(request.url.split("idempotencyKey=")[1])


def send_slowly(portal: Portal, file: Path) -> Story:
    """A file that is on its way."""
    page = portal.open("/")
    story = Story(page)
    throttle(portal.context, page, SLOW)
    portal.select(file)
    expect(page.get_by_text(KILOBYTES)).to_be_visible()
    return story


def uploads(portal: Portal) -> int:
    return portal.asked("/uploads").count(b'"id"')


def test_a_file_whose_connection_is_lost_on_its_way_is_sent_again_once_it_is_back(portal, line, file):
    story = send_slowly(portal, file)
    line.lose()
    told = portal.page.get_by_role("alert")
    expect(told).to_contain_text("The connection is lost. The file is sent again as soon as it is back")
    assert uploads(portal) == 0
    portal.expect_accessible()
    throttle(portal.context, portal.page, -1)
    line.mend()
    portal.expect_status("Ready to process")
    assert (uploads(portal), len(story.keys)) == (1, 1)
    assert (story.told[0], story.told[-2:]) == ("sent", ["asked", "sent"])
    portal.errors.clear()  # the browser logs each request that fails


def test_a_file_that_arrived_before_the_answer_was_lost_is_found_and_not_sent_twice(portal, line, file_of):
    page = portal.page
    page.clock.install()
    portal.open("/")
    page.clock.pause_at(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1))  # nothing is tried by itself
    story = Story(page)
    line.lose_the_next_answer()
    portal.select(file_of(*GOOD))
    expect(page.get_by_role("alert")).to_contain_text("The connection is lost.")
    assert uploads(portal) == 1
    line.mend()
    page.get_by_role("button", name="Try now").click()
    portal.expect_status("Ready to process")
    assert (story.told.count("sent"), story.told[-1], uploads(portal)) == (1, "asked", 1)
    portal.errors.clear()


def test_a_line_that_falls_silent_is_taken_for_lost_after_a_minute(embedded_portal, file):
    page = embedded_portal.page
    page.clock.install()
    with Line(embedded_portal.url) as line:
        embedded_portal.url = line.url
        send_slowly(embedded_portal, file)
        line.fall_silent()
        throttle(embedded_portal.context, page, 1)
        page.clock.fast_forward(60_000)
        expect(page.get_by_role("alert")).to_contain_text("The connection is lost.")
        assert uploads(embedded_portal) == 0
        throttle(embedded_portal.context, page, -1)
        line.mend()
        embedded_portal.expect_status("Ready to process")
    assert uploads(embedded_portal) == 1
    embedded_portal.errors.clear()


def test_a_reload_in_the_middle_warns_and_then_says_that_the_file_did_not_arrive(embedded_portal, file):
    page = embedded_portal.page
    story = send_slowly(embedded_portal, file)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    note = page.get_by_role("status").filter(has_text="users.csv was still being sent")
    expect(note).to_contain_text("It did not arrive, and nothing of it was kept: choose it again.")
    assert uploads(embedded_portal) == 0
    embedded_portal.expect_accessible()
    throttle(embedded_portal.context, page, -1)
    embedded_portal.select(file)
    embedded_portal.expect_status("Ready to process")
    assert (story.told, len(story.keys), uploads(embedded_portal)) == (
        ["sent", "asked", "asked", "sent"],
        1,
        1,
    )
    embedded_portal.open("/")
    expect(note).to_have_count(0)


def test_a_reload_between_the_last_byte_and_the_answer_finds_the_upload(embedded_portal, file_of):
    page = embedded_portal.page
    page.on("dialog", lambda dialog: dialog.accept())
    with Line(embedded_portal.url) as line:
        embedded_portal.url = line.url
        embedded_portal.open("/")
        line.keep_the_next_answer()
        embedded_portal.select(file_of(*GOOD))
        expect(page.get_by_text(re.compile("^All .* sent; the server answers in a moment"))).to_be_visible()
        page.reload()
        expect(page.get_by_role("status").filter(has_text="users.csv had arrived")).to_be_visible()
        embedded_portal.expect_accessible()
        page.get_by_role("link", name="See what became of it").click()
        embedded_portal.expect_status("Ready to process")
    assert uploads(embedded_portal) == 1


def test_who_goes_elsewhere_in_the_middle_is_asked_and_may_stay(embedded_portal, file):
    page = embedded_portal.page
    embedded_portal.open("/history")
    page.get_by_role("link", name="Batch upload").click()
    throttle(embedded_portal.context, page, SLOW)
    embedded_portal.select(file)
    expect(page.get_by_text(KILOBYTES)).to_be_visible()
    question = page.get_by_role("dialog", name="Leave this page?")
    for leave in (
        page.get_by_role("link", name="Students", exact=True).click,
        page.get_by_role("button", name="Sign out").click,
        page.go_back,
    ):
        leave()
        expect(question).to_contain_text("If you leave, sending stops and nothing of the file is kept.")
        question.get_by_role("button", name="Stay here").click()
        expect(question).to_have_count(0)
        expect(page.get_by_role("progressbar", name="Sending users.csv")).to_be_visible()
        assert page.evaluate("location.pathname") == "/"
    page.get_by_role("link", name="Students", exact=True).click()
    embedded_portal.expect_accessible()
    question.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Students")
    assert uploads(embedded_portal) == 0
    page.get_by_role("link", name="Batch upload").click()
    expect(page.get_by_role("button", name="Select file")).to_be_visible()
    expect(page.get_by_text("was still being sent")).to_have_count(0)


@contextmanager
def away(portal: Portal, role: str) -> Iterator[None]:
    """All processes of a role are away for a while, and back whatever happens: others test on them too."""
    running = portal.running.running
    names = [name for name in running.processes if name.startswith(role)]
    for name in names:
        running.processes[name].kill()
    try:
        yield
    finally:
        for name in names:
            running.restart(name)


def test_a_service_that_is_away_for_a_while_is_waited_for(distributed_portal, file):
    portal = distributed_portal
    story = send_slowly(portal, file)
    with away(portal, "upload-web"):
        told = portal.page.get_by_role("alert")
        expect(told).to_contain_text("The server does not answer at the moment. The file is sent again")
        portal.expect_accessible()
        throttle(portal.context, portal.page, -1)
    portal.expect_status("Ready to process")
    assert (uploads(portal), len(story.keys)) == (1, 1)
    portal.errors.clear()


def test_a_connection_that_is_lost_while_rows_are_checked_is_caught_up_with(distributed_portal, file_of):
    portal = distributed_portal
    with Line(portal.url) as line:
        portal.url = line.url
        page = portal.open("/")
        with away(portal, "validator-consume"):
            portal.select(file_of(*GOOD))
            portal.expect_status("Being checked")
            told = page.get_by_role("alert")
            with away(portal, "upload-web"):
                expect(told).to_contain_text("The server does not answer at the moment. Nothing is lost")
            expect(told).to_have_count(0)
            line.lose()
            expect(told).to_contain_text("The work goes on at the server")
        with portal.running.client(portal.district) as client:
            upload_id = page.url.rsplit("/", 1)[-1]
            assert settled(client, upload_id) == "ready"
        line.mend()
        portal.expect_status("Ready to process")
        expect(told).to_have_count(0)
    portal.errors.clear()


def test_a_file_that_would_not_be_taken_now_is_not_sent_before_it_would_be(distributed_portal, file_of):
    portal = distributed_portal
    page = portal.open("/")
    story = Story(page)
    told = page.get_by_role("alert")
    with portal.running.client(portal.district) as client:
        with away(portal, "validator-consume"):
            first = client.upload(file_of(*GOOD, name="first.csv"), "users")["id"]
            portal.select(file_of(*GOOD))
            expect(told).to_contain_text("first.csv, which Ada Example sent, is being worked on.")
            link = told.get_by_role("link", name="See how far it is")
            expect(link).to_have_attribute("href", f"/uploads/{first}")
            assert story.told == []
            portal.expect_accessible()
        assert settled(client, first) == "ready"
    told.get_by_role("button", name="Try again").click()
    portal.expect_status("Ready to process")
    assert (story.told, uploads(portal)) == (["sent"], 2)


def test_a_file_that_another_outruns_on_its_way_says_why_it_is_not_taken(distributed_portal, file, file_of):
    portal = distributed_portal
    with portal.running.client(portal.district) as client:
        with away(portal, "validator-consume"):
            send_slowly(portal, file)
            first = client.upload(file_of(*GOOD, name="first.csv"), "users")["id"]
            throttle(portal.context, portal.page, -1)
            told = portal.page.get_by_role("alert")
            expect(told).to_contain_text("Another file of your district is being worked on", timeout=WAIT_MS)
        assert settled(client, first) == "ready"
    assert uploads(portal) == 1
