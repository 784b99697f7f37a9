"""Every state of every page is for everybody: in each language and scheme, on a desk and on a phone."""

from collections.abc import Iterator
from contextlib import ExitStack

from browser.one_district import LONG, OneDistrict
from browser.portal import Portal
from browser.states import states
from browser.tour import Tour
from browser.ways import CUT_OFF

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
LOOKS = {"en": ("light", DESK), "es": ("dark", PHONE)}
"""Spanish has the longer words, and both languages must fit a phone."""
RULES = {
    "en": (),
    "es": ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size", "valid-lang",
           "html-has-lang", "html-lang-valid", "label", "button-name", "link-name", "heading-order"),
}  # fmt: skip
"""axe's, () for all: the second look is at the same document, in other words, colours and sizes."""


def test_no_state_of_any_page_has_a_fault_that_a_machine_can_find(browser, embedded, tmp_path):
    found = {}
    with ExitStack() as stack:
        tours = {one: stack.enter_context(Tour(browser, embedded, one)) for one in LOOKS}
        for state in states(OneDistrict(embedded, tmp_path, LONG)):
            for language, (scheme, size) in LOOKS.items():
                with tours[language].at(state) as portal:
                    if faults := list(faults_in(portal, scheme, size, RULES[language])):
                        found[state.name, language] = faults
    assert found == {}


def faults_in(portal: Portal, scheme: str, size: dict[str, int], rules: tuple[str, ...]) -> Iterator[object]:
    """What the width of a phone, axe and the console say of a page as it is."""
    page = portal.page
    page.set_viewport_size(PHONE)
    if (width := page.evaluate("document.documentElement.scrollWidth")) > PHONE["width"]:
        yield f"{width} pixels wide on a phone"
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    yield from portal.violations(*rules).items()
    yield from (error for error in portal.errors if CUT_OFF not in error)
    portal.errors.clear()
