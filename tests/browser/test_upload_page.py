"""The page to upload on: what is told before anything is sent, and sending."""

import re
from pathlib import Path

import pytest
from browser.portal import GOOD, HEADER, Portal
from browser.ways import answering_with
from playwright.sync_api import Page, Route, expect

GUESSED = (*GOOD, "00001,student,s9,José,Peña,jose@example.edu,08,m8,Math 8,08,,add")


def test_where_the_feature_is_not_active_the_page_says_why_and_what_to_do(embedded_portal: Portal, browser):
    with Portal(browser, embedded_portal.running, "not-activated") as portal:
        page = portal.open("/")
        expect(page.get_by_text("Batch upload has not been activated for your district.")).to_be_visible()
        expect(page.get_by_text("Ask support to activate it.")).to_be_visible()
        button = page.get_by_role("button", name="Select file")
        expect(button).to_be_disabled()
        expect(button).to_have_accessible_description(re.compile("Ask support"))
        portal.expect_accessible()
        portal.expect_no_errors()


def test_who_lacks_a_right_is_told_which_and_whom_to_ask(embedded_portal: Portal, browser, file_of):
    with Portal(browser, embedded_portal.running, embedded_portal.district, roles=("system",)) as portal:
        page = portal.open("/")
        expect(page.get_by_text("You need the Enrollment right to upload files.")).to_be_visible()
        expect(page.get_by_text("Ask the administrator of your district for it.")).to_be_visible()
        portal.drop(file_of(*GOOD))
        expect(page.get_by_role("button", name="Select file")).to_be_disabled()
        assert portal.asked("/uploads").count(b'"id"') == 0
        portal.expect_no_errors()


def test_templates_and_the_current_roster_are_what_the_api_gives(portal: Portal, file_of):
    portal.seed(file_of(*GOOD))
    portal.open("/")
    for button, path in {
        "Template users.csv": "/templates/users.csv",
        "template demographics.csv": "/templates/demographics.csv",
        "Your current roster": "/export/users.csv?type=all",
    }.items():
        assert portal.downloaded(button) == portal.asked(path)
    assert portal.asked("/export/users.csv?type=all").count(b"\r\n") == 4
    portal.expect_accessible()


def test_a_download_that_fails_is_told_of(embedded_portal: Portal):
    page = embedded_portal.open("/")
    page.route("**/templates/users.csv", lambda route: route.fulfill(status=500, body="no"))
    page.get_by_role("button", name="Template users.csv").click()
    expect(page.get_by_role("alert")).to_contain_text("error 500")
    embedded_portal.errors.clear()


@pytest.mark.parametrize(
    ("beginning", "told"),
    [
        (HEADER.replace("userEmail", "user_email"), "Column F: “user_email” is probably userEmail."),
        (HEADER.replace("userId", "userID"), "Column C: “userID” must be written userId."),
        (HEADER.replace("userGrade", "phone"), "Column G: “phone” is not a column of this file."),
        (HEADER.replace("action", "userId"), "“userId” is there twice."),
        (HEADER.replace("schoolId,", ""), "The column schoolId is missing."),
        (HEADER.replace("action", ""), "Column L has no name, but row 2 has a value in it."),
        (HEADER.replace(",", ";"), "The columns are separated by “;”"),
        (HEADER.replace(",", "\t"), "The columns are separated by “tab”"),
        (f"Our school\r\n{HEADER}", "The header stands in row 2."),
        (f"sep=,\r\n{HEADER}", "Row 1 (“sep=,”) only tells a spreadsheet what separates the columns"),
        (f"sep=;\r\n{HEADER.replace(',', ';')}", "Row 1 (“sep=;”) only tells a spreadsheet"),
        (f'"{HEADER}"', "Column A holds the whole header in one cell."),
        ("x" * 70_000, "This is text without a header (its first row is too long to be one)"),
        ("PK\x03\x04", "This is a workbook (XLSX) or a ZIP archive, whatever its name says."),
        ("%PDF-1.7", "This is a PDF"),
        ("<!DOCTYPE html>", "This is a web page"),
        ("\x00", "This is no text"),
        (f'{HEADER}\r\n"001', "In row 2 a cell begins with a quotation mark"),
    ],
    ids=lambda text: re.sub(r"\W+", "-", text)[-30:],
)
def test_what_would_be_refused_is_told_before_it_is_sent(shared: Portal, file_of, beginning, told):
    shared.select(file_of(*GOOD, header=beginning))
    problems = shared.page.get_by_role("alert")
    expect(problems).to_contain_text("Nothing has been sent yet.")
    expect(problems).to_contain_text(told)
    shared.page.get_by_role("button", name="Choose another file").click()
    expect(problems).to_have_count(0)


@pytest.fixture(scope="module")
def shared(browser, embedded, tmp_path_factory):
    """A page that nothing is sent from, so that it stays as it is."""
    with Portal(browser, embedded, "example") as portal:
        portal.open("/")
        yield portal
        assert portal.asked("/uploads").count(b'"id"') == 0
        portal.expect_no_errors()


@pytest.mark.parametrize(("lines", "told"), [((), "no rows below it"), ((",,,",), "no rows below it")])
def test_a_file_without_rows_is_told_of_before_it_is_sent(shared: Portal, file_of, lines, told):
    shared.select(file_of(*lines))
    expect(shared.page.get_by_role("alert")).to_contain_text(told)


def test_an_empty_file_and_several_files_and_a_folder_are_told_of(shared: Portal, file_of, tmp_path: Path):
    page = shared.page
    (tmp_path / "empty.csv").touch()
    shared.select(tmp_path / "empty.csv")
    expect(page.get_by_role("alert")).to_contain_text("The file is empty.")
    shared.drop(tmp_path / "empty.csv", file_of(*GOOD))
    expect(page.get_by_role("alert")).to_have_text("Drop one file at a time.")
    (tmp_path / "folder").mkdir()
    shared.drop(tmp_path / "folder")
    expect(page.get_by_role("alert")).to_contain_text("folder cannot be read")


def test_a_wrong_header_has_the_right_one_beside_it_to_copy(portal: Portal, file_of):
    portal.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = portal.open("/")
    portal.select(file_of(*GOOD, header=HEADER.replace("userEmail", "user_email")))
    expect(page.get_by_text("“user_email” is probably userEmail")).to_be_visible()
    portal.expect_accessible()
    page.get_by_role("button", name="Copy the line").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == HEADER

    page.get_by_role("button", name="Send it anyway").click()
    portal.expect_status("Refused")
    problem = page.locator(".cause").first
    expect(problem.locator("dd")).to_have_text(["user_email", "userEmail"])
    expect(problem).to_contain_text("Rename the column “user_email” to userEmail.")
    portal.expect_accessible()
    page.evaluate("navigator.clipboard.writeText('')")
    page.get_by_role("button", name="Copy the line").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == HEADER
    page.get_by_role("link", name="Upload the corrected file").click()
    portal.select(file_of(*GOOD))
    portal.expect_status("Ready to process")


def test_a_file_of_the_other_kind_is_uploaded_as_what_it_is(embedded_portal: Portal, file_of):
    embedded_portal.seed(file_of(*GOOD))
    page = embedded_portal.open("/")
    embedded_portal.select(file_of("s1,female", header="userId,sex", name="demographics.csv"))
    expect(page.get_by_role("alert")).to_contain_text("a file of the kind Demographics, not Roster")
    page.get_by_role("button", name="Upload it as Demographics").click()
    embedded_portal.expect_status("Ready to process")
    expect(page.get_by_role("row", name="Demographics")).to_be_visible()


def test_a_file_in_windows_1252_is_sent_once_a_person_has_seen_its_letters(embedded_portal: Portal, file_of):
    page = embedded_portal.open("/")
    embedded_portal.select(file_of(*GUESSED, encoding="cp1252"))
    expect(page.get_by_role("alert")).to_contain_text("read as Windows-1252")
    expect(page.get_by_role("alert")).to_contain_text("José")
    embedded_portal.expect_accessible()
    page.get_by_role("button", name="It is right: send the file").click()
    embedded_portal.expect_status("Ready to process")
    expect(page.get_by_role("heading", name=re.compile("file.encoding"))).to_be_visible()


def test_a_file_that_was_changed_since_it_was_chosen_is_not_sent_for_ever(embedded_portal: Portal, file_of):
    page = embedded_portal.open("/")
    file = file_of(*GUESSED, encoding="cp1252")
    embedded_portal.select(file)
    expect(page.get_by_role("button", name="It is right: send the file")).to_be_visible()
    file.unlink()
    page.get_by_role("button", name="It is right: send the file").click()
    expect(page.get_by_role("alert").last).to_contain_text("users.csv cannot be read")
    embedded_portal.errors.clear()  # the browser logs the request that it could not make


def test_sending_shows_how_far_it_is_and_can_be_stopped(embedded_portal: Portal, file_of):
    page = embedded_portal.open("/")
    file = file_of(*GOOD, *(f"00000,student,x{at},A,B,x{at}@example.edu,07,,,,,add" for at in range(20_000)))
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 20_000}
    session = embedded_portal.context.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", slow)
    embedded_portal.select(file)
    expect(page.get_by_role("progressbar", name="Sending users.csv")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^[1-9]\d* kB of [\d.]+ MB$"))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Select file")).to_be_visible()
    assert embedded_portal.asked("/uploads").count(b'"id"') == 0


def test_a_file_beyond_the_limit_is_not_sent_at_all(embedded_portal: Portal, file_of):
    page = embedded_portal.page
    changed = answering_with({"limits": {"maxBytes": 100, "maxRows": 10}})
    page.route("**/api/v1/batch-upload", changed)
    embedded_portal.open("/")
    embedded_portal.select(file_of(*GOOD))
    told = page.get_by_role("alert")
    expect(told).to_contain_text("users.csv would be refused")
    expect(told.get_by_role("listitem")).to_have_text(
        re.compile("^The file has \\d+ bytes; a file may have up to 100 bytes")
    )
    expect(told.get_by_role("button")).to_have_text(["Choose another file"])
    embedded_portal.expect_accessible()
    assert embedded_portal.asked("/uploads").count(b'"id"') == 0


def test_a_file_that_is_chosen_without_a_connection_is_sent_once_it_is_back(embedded_portal: Portal, file_of):
    page = embedded_portal.open("/")
    sent = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    embedded_portal.context.set_offline(True)
    embedded_portal.select(file_of(*GOOD))
    expect(page.get_by_role("alert")).to_contain_text("The connection is lost. The file is sent again")
    embedded_portal.expect_accessible()
    assert sent == []
    embedded_portal.context.set_offline(False)
    embedded_portal.expect_status("Ready to process")
    assert len(sent) == 1
    embedded_portal.errors.clear()  # the browser logs each request that fails


class Held:
    """Answers that an upload is still being checked until it is released; no events come through."""

    def __init__(self, page: Page, *, events_are_refused: bool = True) -> None:
        self.released = self.lost = False
        page.route(re.compile(r"/api/v1/uploads/[^/?]+$"), self._answer)
        page.route("**/events", lambda route: route.abort() if events_are_refused else None)

    def _answer(self, route: Route) -> None:
        if self.lost:
            return route.abort("internetdisconnected")
        answer = route.fetch()
        upload = answer.json()
        if not self.released:
            upload |= {
                "status": "validating",
                "progress": {"stage": "checking", "rows": 2000, "rowsDone": 500},
            }
        return route.fulfill(response=answer, json=upload)


def test_while_a_file_is_checked_a_reload_loses_nothing_and_a_lost_connection_is_caught_up_with(
    embedded_portal: Portal, file_of
):
    page = embedded_portal.open("/")
    held = Held(page)
    embedded_portal.select(file_of(*GOOD))
    expect(page.get_by_text("500 of 2,000 rows checked")).to_be_visible()
    embedded_portal.expect_accessible()
    page.reload()
    expect(page.get_by_role("progressbar", name="Checking the rows")).to_have_js_property("value", 500)
    held.lost = True
    embedded_portal.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("The work goes on at the server")
    held.lost, held.released = False, True
    embedded_portal.context.set_offline(False)
    embedded_portal.expect_status("Ready to process")
    expect(page.get_by_role("alert")).to_have_count(0)
    embedded_portal.errors.clear()  # the browser logs each request that fails


@pytest.mark.parametrize("events_are_refused", [True, False], ids=["refused", "held back"])
def test_where_events_do_not_come_through_the_page_asks_again_and_again(
    embedded_portal: Portal, file_of, events_are_refused
):
    page = embedded_portal.page
    page.clock.install()
    embedded_portal.open("/")
    held = Held(page, events_are_refused=events_are_refused)
    embedded_portal.select(file_of(*GOOD))
    expect(page.get_by_text("500 of 2,000 rows checked")).to_be_visible()
    page.clock.fast_forward(15_000)
    expect(page.get_by_role("alert")).to_have_count(0)
    held.released = True
    page.clock.fast_forward(2_000)
    embedded_portal.expect_status("Ready to process")
    embedded_portal.errors.clear()


def test_the_server_sent_events_tell_what_changes(embedded_portal: Portal, file_of):
    page = embedded_portal.open("/")
    states: list[str] = []
    page.on("request", lambda asked: states.append(asked.url.rsplit("/", 1)[-1]))
    embedded_portal.select(file_of(*GOOD))
    embedded_portal.expect_status("Ready to process")
    assert states.count("events") == 1


def test_an_auditor_starts_at_the_history(embedded_portal: Portal, browser, embedded):
    with Portal(browser, embedded, embedded_portal.district, roles=("auditor",)) as auditor:
        page = auditor.open("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("History")
        assert page.url.endswith("/history")
