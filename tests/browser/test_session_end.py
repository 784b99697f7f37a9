"""The end of a session: it is told, nothing that was typed is lost, and nobody else goes on with it."""

import re
from pathlib import Path

import httpx
import pytest
from browser.line import throttle
from browser.portal import GOOD, Portal
from browser.test_journeys import BAD
from e2e.journey import of_district
from playwright.sync_api import Locator, Page, expect

from rollbook.common.web.identity import LEEWAY_SECONDS
from rollbook.embedded.sample_district import DISTRICT, enter
from servers.process import wait_until

OURS = {"00000": "00123", "00001": "00456"}
"""The schools of the sample district, for those that the lines of other tests name."""


@pytest.fixture
def portal(browser, rollbook):
    """A browser in which nobody is signed in yet."""
    with rollbook.client(DISTRICT, ("support",)) as support:
        enter(support)
    with Portal(browser, rollbook, DISTRICT, is_signed_in=False) as portal:
        yield portal
        portal.expect_no_errors()


@pytest.fixture
def file(tmp_path: Path, file_of):
    """A file with one faulty row."""
    lines = file_of(*GOOD, BAD).read_text()
    for other, school in OURS.items():
        lines = lines.replace(other, school)
    path = tmp_path / "roster.csv"
    path.write_text(lines)
    return of_district(path, DISTRICT)


def test_what_is_typed_outlives_the_session_and_goes_on_once_the_same_person_is_back(portal: Portal, file):
    page = portal.sign_in("Ada Example")
    told = page.locator("#session")
    refused_once(page, "POST", "**/api/v1/uploads?*")
    portal.select(file)
    expect(page.get_by_role("alert")).to_contain_text("The file is sent again as soon as you have signed in")
    sign_in_again(told, "Ada Example")
    portal.expect_status("Needs correction")

    page.get_by_role("button", name="Show the rejected rows").click()
    page.get_by_label("userEmail").fill("dara@example.edu")
    page.evaluate("sessionStorage.setItem('rollbook-token-until', Date.now() + 60_000)")
    look(page)
    expect(told).to_contain_text("Your session ends at")
    page.evaluate("sessionStorage.setItem('rollbook-token-until', 1)")
    look(page)
    expect(told).to_contain_text("Your session is over. Sign in again in another tab: this page stays")
    portal.expect_accessible()
    page.get_by_role("button", name="Check again with 1 changed row").click()
    sign_in_again(told, "Olivia Audit")
    expect(told).to_contain_text("You signed in as Olivia Audit, but this page is that of Ada Example.")
    told.get_by_role("button", name="Try again").click()
    sign_in_again(told, "Back, without signing in")
    expect(told).to_contain_text("You came back without signing in.")
    expect(page.get_by_label("userEmail")).to_have_value("dara@example.edu")
    told.get_by_role("button", name="Try again").click()
    sign_in_again(told, "Ada Example")
    expect(page.get_by_text("1 of 1 earlier error is fixed")).to_be_visible()
    portal.expect_status("Ready to process")
    expect(told).to_have_text("")

    page.get_by_role("button", name="Process file").click()
    portal.expect_status("Completed")
    portal.open("/students/s3")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Middle name").fill("Mina")
    refused_once(page, "PATCH", "**/api/v1/students/s3")
    page.get_by_role("button", name="Save").click()
    sign_in_again(told, "Ada Example")
    expect(page.get_by_text("Saved. The next upload shows it as a difference")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == []

    page.evaluate("sessionStorage.setItem('rollbook-token-until', 1)")
    page.get_by_role("link", name="History", exact=True).click()  # nothing is left to be kept: at once
    page.get_by_role("button", name="Ada Example").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("History")


@pytest.mark.parametrize("rollbook", ["distributed"], indirect=True)  # it takes as long as a token lives
def test_a_token_that_ends_while_a_file_is_on_its_way_is_renewed_and_the_file_is_there_once(
    portal: Portal, file: Path
):
    page = portal.sign_in("Ada Example")
    file = file.rename(file.with_name("mortal.csv"))  # other tests send files of the same district
    file.write_text(
        file.read_text() + "".join(f"00123,student,x{at},A,B,,07,,,,,add\r\n" for at in range(9000))
    )
    mortal = portal.running.token(DISTRICT, valid_seconds=15 - LEEWAY_SECONDS)
    later = "Date.now() + 3_600_000"  # the clock of this machine is wrong: it is told by a refusal alone
    page.evaluate(f"sessionStorage.setItem('rollbook-token-until', {later})")
    page.evaluate("(token) => sessionStorage.setItem('rollbook-token', token)", mortal)
    throttle(portal.context, page, 10_000)
    portal.select(file)
    expect(page.get_by_text(re.compile(r"^[1-9]\d* kB of \d+ kB$"))).to_be_visible()
    wait_until(lambda: is_refused(portal, mortal), "the end of a token")
    throttle(portal.context, page, -1)
    told = page.locator("#session")
    ended = "Your session is over. Sign in again in another tab: this page stays"
    expect(told).to_contain_text(ended, timeout=60_000)  # what is in the buffers still goes out slowly
    portal.expect_accessible()
    sign_in_again(told, "Ada Example")
    portal.expect_status("Needs correction")
    with portal.running.client(DISTRICT) as client:
        names = [one["filename"] for one in client.call("GET", "/uploads").json()["items"]]
    assert names.count(file.name) == 1


def test_whose_token_the_servers_refuse_signs_in_anew_but_not_for_ever(browser, embedded):
    with Portal(browser, embedded, DISTRICT, is_signed_in=False) as portal:
        page = portal.sign_in("Ada Example")
        page.route("**/api/v1/**", lambda route: route.fulfill(status=401, json={}))
        page.reload()
        page.get_by_role("button", name="Ada Example").click()
        expect(page.locator("#session")).to_contain_text("Your session is over.")
        sign_in_again(page.locator("#session"), "Ada Example")
        expect(page.get_by_role("heading", level=1)).to_have_text("This did not work")


def is_refused(portal: Portal, token: str) -> bool:
    """Whether the servers take it no more."""
    answer = httpx.get(f"{portal.running.url}/api/v1/uploads", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code == 401


def refused_once(page: Page, method: str, address: str) -> None:
    """Have the next such call answered as if its token were no good."""
    left = [True]

    def answer(route) -> None:
        if left and route.request.method == method:
            left.pop()
            route.fulfill(status=401, json={"code": "unauthorized", "detail": "Sign in."})
        else:
            route.fallback()

    page.route(address, answer)


def look(page: Page) -> None:
    """As when a machine wakes up."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def sign_in_again(told: Locator, name: str) -> None:
    """By the link of the page, in the tab that it opens."""
    link = told.get_by_role("link", name="Sign in again (in another tab)")
    with told.page.context.expect_page() as opened:
        link.click()
    opened.value.get_by_role("button", name=name).click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("You can close this tab")
    assert opened.value.evaluate("sessionStorage.getItem('rollbook-token')") is None
    opened.value.close()
