"""The main journey in each way of running Rollbook: by drag and drop, and with the keyboard alone."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from browser.portal import GOOD, WAIT_MS, Portal
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

BAD = "00001,student,s3,Dara,Kim,dara.kim@example,08,m8,Math 8,08,,add"


def test_a_file_that_is_dropped_is_previewed_processed_and_undone(portal: Portal, file_of):
    page = portal.open("/")
    portal.expect_accessible()
    portal.drop(file_of(*GOOD))
    portal.expect_status("Ready to process")
    expect(page.get_by_role("row", name="Students").first).to_contain_text("2")
    portal.expect_accessible()
    page.get_by_role("button", name="Process file").click()
    portal.expect_status("Completed")
    portal.expect_accessible()
    page.get_by_role("button", name="Undo the upload").click()
    portal.expect_accessible()
    page.get_by_role("dialog").get_by_role("button", name="Undo the upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo of users.csv")
    portal.expect_status("Completed")


def test_errors_are_grouped_and_mended_on_the_spot(portal: Portal, file_of):
    page = portal.open("/")
    portal.select(file_of(*GOOD, BAD))
    portal.expect_status("Needs correction")
    expect(page.get_by_role("heading", name="userEmail: 1 row")).to_be_visible()
    page.get_by_role("button", name="Show the rejected rows").click()
    page.get_by_label("userEmail").fill("dara.kim@example.edu")
    page.get_by_role("button", name="Check again with 1 changed row").click()
    portal.expect_status("Ready to process")
    expect(page.get_by_text("1 of 1 earlier error is fixed")).to_be_visible()


class Keyboard:
    """Somebody without a mouse.  Whatever has the focus can be seen to have it."""

    def __init__(self, portal: Portal) -> None:
        self.page = portal.page

    def heading(self, text: str | None = None) -> None:
        """They stand at the top of the page, which may be another one now."""
        heading = self.page.get_by_role("heading", level=1)
        if text is not None:
            expect(heading).to_have_text(text)
        expect(heading).to_be_focused()

    def reach(self, wanted: Locator) -> None:
        """Press Tab until it has the focus."""
        for _ in range(100):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                assert wanted.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
                return
        pytest.fail(f"{wanted} cannot be reached")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        """Reach it, and press a key there."""
        self.reach(wanted)
        self.page.keyboard.press(key)

    def choose(self, file: Path) -> None:
        """Open the file dialog of the button that has the focus.

        On a busy machine Chromium may let a key come too late to count as what the person wants, and opens
        nothing: then the person presses again.
        """
        for _ in range(3):
            with suppress(PlaywrightTimeout):
                with self.page.expect_file_chooser(timeout=15_000) as chosen:
                    self.page.keyboard.press("Space")
                chosen.value.set_files(file)
                return
        pytest.fail("no key opens the file dialog")


class Heard:
    """What a screen reader says by itself, from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate("""() => {
          const said = document.getElementById("said");
          window.heard = [];
          new MutationObserver(() => heard.push(said.textContent)).observe(said, { childList: true });
        }""")

    def once(self, *texts: str) -> None:
        """Each was heard just once since the last time, and nothing else twice."""
        said = self.page.evaluate("heard.splice(0)")
        assert [text for text in said if text in texts] == list(texts)
        assert len(said) == len(set(said))


def test_the_whole_journey_needs_no_mouse(portal: Portal, file_of):
    page = portal.open("/")
    keyboard = Keyboard(portal)
    heard = Heard(page)
    keyboard.press(page.get_by_role("link", name="Skip to the content"))
    expect(page.get_by_role("main")).to_be_focused()
    keyboard.reach(page.get_by_role("button", name="Select file"))
    keyboard.choose(file_of(*GOOD, BAD))
    portal.expect_status("Needs correction")
    keyboard.heading()
    heard.once("Sending users.csv", "Needs correction")
    keyboard.press(page.locator("section.cause details summary").first)
    expect(page.locator("section.cause tbody tr").first).to_be_visible()
    keyboard.press(page.get_by_role("button", name="Show the rejected rows"))
    expect(page.get_by_label("userEmail", exact=True)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("dara.kim@example.edu")
    keyboard.press(page.get_by_role("button", name=re.compile("Check again")), "Space")
    portal.expect_status("Ready to process")
    keyboard.heading()
    heard.once("Ready to process")
    keyboard.press(page.get_by_role("button", name="Process file"))
    portal.expect_status("Completed")
    keyboard.heading()
    heard.once("Completed")
    keyboard.press(page.get_by_role("button", name="Undo the upload"))
    expect(page.get_by_role("dialog").get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo the upload")).to_be_focused()
    keyboard.press(page.get_by_role("link", name="Look at the roster"))
    keyboard.heading("Students")
    keyboard.reach(page.get_by_label("Name, ID or e-mail"))
    page.keyboard.type("ruiz")
    expect(page.locator("#list tbody tr")).to_have_count(1, timeout=WAIT_MS)
    keyboard.press(page.get_by_label("Select Ruiz, Ana"), "Space")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_label("Select Ruiz, Ana")).to_be_checked()
    keyboard.press(page.get_by_role("link", name="Ruiz, Ana"))
    keyboard.heading("Ana Ruiz")
    page.go_back()
    page.go_back()
    portal.expect_status("Completed")
    keyboard.press(page.get_by_role("button", name="Undo the upload"))
    page.keyboard.press("Enter")
    keyboard.heading("Undo of users.csv")
    portal.expect_status("Completed")
    keyboard.heading()


def test_a_record_is_edited_without_a_mouse(embedded_portal: Portal, file_of):
    embedded_portal.seed(file_of(*GOOD))
    page = embedded_portal.open("/students/s1")
    keyboard, heard = Keyboard(embedded_portal), Heard(page)
    keyboard.press(page.get_by_role("button", name="Edit"))
    expect(page.get_by_label("School ID")).to_be_focused()
    keyboard.press(page.get_by_role("button", name="Cancel"))
    expect(page.get_by_role("button", name="Edit")).to_be_focused()
    page.keyboard.press("Enter")
    keyboard.reach(page.get_by_label("Grade"))
    page.keyboard.press("Control+A")
    page.keyboard.type("99")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Nothing was saved: 1 field has an error.")
    expect(page.get_by_label("Grade")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("08")
    keyboard.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("main").get_by_text("Saved.")).to_be_visible()
    keyboard.heading("Ana Ruiz")
    heard.once("Saved.")


def test_who_turns_the_pages_of_a_list_stays_at_the_button_that_does_it(embedded_portal: Portal, file_of):
    embedded_portal.seed(
        file_of(*(f"00000,student,x{n},A,B,x{n}@example.edu,07,,,,,add" for n in range(120)))
    )
    page = embedded_portal.open("/students")
    forward = page.get_by_role("button", name="Next")
    forward.press("Enter")
    expect(page.get_by_text("Page 2")).to_be_visible()
    expect(forward).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Page 3")).to_be_visible()
    expect(page.get_by_role("region", name="Students")).to_be_focused()


def test_a_question_goes_with_the_page_that_asked_it(embedded_portal: Portal, file_of):
    upload_id = embedded_portal.seed(file_of(*GOOD))
    page = embedded_portal.open("/")
    page.get_by_role("link", name="users.csv", exact=True).click()
    page.get_by_role("button", name="Undo the upload").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Batch upload")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert b'"undoneBy":null' in embedded_portal.asked(f"/uploads/{upload_id}").replace(b" ", b"")
