"""Every state of every page is for everybody: with long words, in the dark, on a phone."""

from collections.abc import Iterator
from contextlib import ExitStack

from browser.one_district import LONG, OneDistrict
from browser.portal import Portal
from browser.states import states
from browser.tour import Tour
from browser.ways import CUT_OFF

PHONE = {"width": 360, "height": 740}
LOOKS = {"es": ("dark", PHONE)}
"""Spanish has the longer words.  How the pages are in English and light, the tests of each page look at."""


def test_no_state_of_any_page_has_a_fault_that_a_machine_can_find(browser, embedded, tmp_path):
    found = {}
    with ExitStack() as stack:
        tours = {one: stack.enter_context(Tour(browser, embedded, one)) for one in LOOKS}
        for state in states(OneDistrict(embedded, tmp_path, LONG)):
            for language, (scheme, size) in LOOKS.items():
                with tours[language].at(state) as portal:
                    if faults := list(faults_in(portal, scheme, size)):
                        found[state.name, language] = faults
    assert found == {}


def faults_in(portal: Portal, scheme: str, size: dict[str, int]) -> Iterator[object]:
    """What the width of a phone, axe and the console say of a page as it is."""
    page = portal.page
    page.set_viewport_size(PHONE)
    if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
        yield f"{width} pixels wide on a phone"
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    yield from portal.violations().items()
    page.emulate_media(color_scheme="light")
    yield from portal.violations("color-contrast").items()
    yield from (error for error in portal.errors if CUT_OFF not in error)
    portal.errors.clear()
