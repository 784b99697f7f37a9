"""The main journey in each way of running Rollbook: by drag and drop, and with the keyboard alone."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from browser.portal import GOOD, WAIT_MS, Portal
from playwright.sync_api import Locator, expect
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


def test_the_whole_journey_needs_no_mouse(portal: Portal, file_of):
    page = portal.open("/")
    keyboard = Keyboard(portal)
    keyboard.press(page.get_by_role("link", name="Skip to the content"))
    expect(page.get_by_role("main")).to_be_focused()
    keyboard.reach(page.get_by_role("button", name="Select file"))
    keyboard.choose(file_of(*GOOD, BAD))
    portal.expect_status("Needs correction")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    keyboard.press(page.locator("section.cause details summary").first)
    expect(page.locator("section.cause tbody tr").first).to_be_visible()
    keyboard.press(page.get_by_role("button", name="Show the rejected rows"))
    keyboard.reach(page.get_by_label("userEmail", exact=True))
    page.keyboard.press("Control+A")
    page.keyboard.type("dara.kim@example.edu")
    keyboard.press(page.get_by_role("button", name=re.compile("Check again")), "Space")
    portal.expect_status("Ready to process")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    keyboard.press(page.get_by_role("button", name="Process file"))
    portal.expect_status("Completed")
    keyboard.press(page.get_by_role("button", name="Undo the upload"))
    expect(page.get_by_role("dialog").get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo the upload")).to_be_focused()
    keyboard.press(page.get_by_role("link", name="Look at the roster"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    keyboard.reach(page.get_by_label("Name, ID or e-mail"))
    page.keyboard.type("ruiz")
    expect(page.locator("#list tbody tr")).to_have_count(1, timeout=WAIT_MS)
    keyboard.press(page.get_by_label("Select Ruiz, Ana"), "Space")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_label("Select Ruiz, Ana")).to_be_checked()
    keyboard.press(page.get_by_role("link", name="Ruiz, Ana"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Ruiz")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
