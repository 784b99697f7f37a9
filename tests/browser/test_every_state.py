"""Every state of every page is for everybody: with long words, in the dark, on a phone."""

from collections.abc import Iterator

from browser.one_district import LONG, OneDistrict
from browser.portal import Portal
from browser.states import states
from browser.tour import Tour
from browser.ways import CUT_OFF

PHONE = {"width": 360, "height": 740}
LANGUAGE = "es"
"""It has the longer words.  How the pages are in English and on a desk, the tests of each page look at."""


def test_no_state_of_any_page_has_a_fault_that_a_machine_can_find(browser, embedded, tmp_path):
    found = {}
    with Tour(browser, embedded, LANGUAGE) as tour:
        for state in states(OneDistrict(embedded, tmp_path, LONG)):
            with tour.at(state) as portal:
                if faults := list(faults_in(portal)):
                    found[state.name] = faults
    assert found == {}


def faults_in(portal: Portal) -> Iterator[object]:
    """What the width of a phone, axe and the console say of a page as it is."""
    page = portal.page
    page.set_viewport_size(PHONE)
    if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
        yield f"{width} pixels wide on a phone"
    page.emulate_media(color_scheme="dark")
    yield from portal.violations().items()
    page.emulate_media(color_scheme="light")
    yield from portal.violations("color-contrast").items()
    yield from (error for error in portal.errors if CUT_OFF not in error)
    portal.errors.clear()
