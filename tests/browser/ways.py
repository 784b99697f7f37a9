"""What somebody does on a page to bring it into a state.

It works in every language, so it names nothing by its text.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from browser.one_district import OneDistrict
from browser.portal import Portal
from browser.tour import DRAWN
from playwright.sync_api import Page, Route, expect

CUT_OFF = "ERR_INTERNET_DISCONNECTED"
"""The browser logs this of each call that is cut off, and the page tells of it."""
UNFOLDED = """async () => {
  const all = document.querySelectorAll("main details:not(.school:nth-of-type(n + 4))");
  for (const one of all) one.open = true;
  for (const _ of "12") await new Promise(requestAnimationFrame); // by then it asks for what belongs there
}"""


def opened(portal: Portal) -> None:
    """All that can be unfolded, and what comes once it is."""
    for _ in range(2):  # a school's changes lie within the school
        portal.page.evaluate(UNFOLDED)
        portal.page.wait_for_function(DRAWN)


def undo_asked(portal: Portal) -> None:
    """The question before an undo."""
    portal.page.locator(".card > button").last.click()


def mending(portal: Portal) -> None:
    """The cells of rejected rows, one of them changed."""
    portal.page.locator("main .card > h2 ~ p > button").first.click()
    cell = portal.page.locator("fieldset.card [aria-invalid=true]").first
    cell.fill("still wrong")
    portal.page.locator("fieldset.card summary").first.click()


def selected(file: Path) -> Callable[[Portal], None]:
    """A file, chosen to be uploaded."""

    def then(portal: Portal) -> None:
        portal.page.set_input_files("#select", file)
        told(portal)

    return then


def selected_without_connection(file: Path) -> Callable[[Portal], None]:
    """A file, chosen while nothing can be sent."""

    def then(portal: Portal) -> None:
        cut_off("**/api/v1/**")(portal.page)
        portal.page.set_input_files("#select", file)
        told(portal)

    return then


def left_while_sending(file: Path) -> Callable[[Portal], None]:
    """The question before a file that is on its way is broken off."""

    def then(portal: Portal) -> None:
        selected_without_connection(file)(portal)
        portal.page.locator("#nav a").nth(1).click()

    return then


def reloaded_while_sending(file: Path) -> Callable[[Portal], None]:
    """What is said of a file that a reload has broken off."""

    def then(portal: Portal) -> None:
        selected_without_connection(file)(portal)
        portal.page.unroute_all(behavior="ignoreErrors")
        portal.page.on("dialog", lambda dialog: dialog.accept())
        portal.page.reload()

    return then


def selected_people(portal: Portal) -> None:
    """Some of a list."""
    for tick in portal.page.locator("tbody input[type=checkbox]").all()[:3]:
        tick.check()


def editing(**fields: str) -> Callable[[Portal], None]:
    """A record's form; with `fields`, filled in and sent."""

    def then(portal: Portal) -> None:
        page = portal.page
        page.locator("main .card .buttons button").click()
        for name, text in fields.items():
            page.locator(f"#{name}").fill(text)
        if fields:
            page.locator("main .card button.main").click()
            expect(page.locator("main [role=alert]")).to_be_visible()

    return then


def conflicting(district: OneDistrict, path: str) -> Callable[[Portal], None]:
    """A form that meets the edit of somebody else."""

    def then(portal: Portal) -> None:
        page = portal.page
        page.locator("main .card .buttons button").click()
        was = page.locator("#userGrade").input_value()
        district.edit(
            path, userGrade="11" if was != "11" else "12", userMiddleName="Ynés" if was != "11" else "Inés"
        )
        page.locator("#userLastName").fill("Soto")
        page.locator("main .card button.main").click()
        expect(page.locator("main form .warning").first).to_be_visible()

    return then


def first_of_list(portal: Portal) -> None:
    """The page that the first line of a list leads to."""
    portal.page.locator("#list tbody a").first.click()
    expect(portal.page.locator("main dl.facts")).to_be_visible()
    opened(portal)


def schools_with_a_fault(portal: Portal) -> None:
    """A district's form, sent with schools that it cannot have."""
    portal.page.locator("#schools").fill("00123, Oak\n=1\tBrook School\n00123, Oak again")
    portal.page.locator("form.card .buttons button").click()
    expect(portal.page.locator("main [role=alert]")).to_be_visible()


def session_until(moment: str) -> Callable[[Portal], None]:
    """A session that ends then."""

    def then(portal: Portal) -> None:
        portal.page.evaluate(f"sessionStorage.setItem('rollbook-token-until', {moment})")
        portal.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(portal.page.locator("#session .note")).to_be_visible()

    return then


def download_fails(portal: Portal) -> None:
    """A download that the server does not answer."""
    portal.page.locator(".steps button").first.click()
    told(portal)


def told(portal: Portal) -> None:
    """The page says that something does not work."""
    expect(portal.page.locator("[role=alert]").first).to_be_visible()


def cut_off(address: str) -> Callable[[Page], None]:
    """No connection for calls to this address."""
    return lambda page: page.route(address, lambda route: route.abort("internetdisconnected"))


def pretended(upload_id: str, **changes: Any) -> Callable[[Page], None]:
    """The upload as it would be in a state that is over too soon to be looked at."""

    def before(page: Page) -> None:
        page.route(f"**/api/v1/uploads/{upload_id}", answering_with(changes))
        page.route(f"**/api/v1/uploads/{upload_id}/events", lambda route: route.fulfill(status=404, json={}))

    return before


def working_on(upload_id: str) -> Callable[[Page], None]:
    """A district whose upload would still be worked on."""
    person = {"sub": "x", "name": "María José Hernández-Villanueva y Fernández de Córdoba"}
    upload = {"id": upload_id, "filename": "enrollment_of_all_schools.csv", "uploadedBy": person}
    return lambda page: page.route("**/api/v1/batch-upload", answering_with({"uploadInProgress": upload}))


def answering_with(changes: dict[str, Any]) -> Callable[[Route], None]:
    """Answers as the server does, but for these members."""

    def answer(route: Route) -> None:
        answered = route.fetch()
        route.fulfill(response=answered, json=answered.json() | changes)

    return answer
