"""Take pictures of the pages, on a `rollbook up` of its own with made-up people.

Without --all the few that docs/pages.md shows, beside this script; with it every state of every page at three
widths, light and dark, in each language, into a folder: to look at after a change.
"""

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from browser.one_district import LONG, USUAL, OneDistrict
from browser.states import states
from browser.tour import Tour
from e2e.running import running_up
from playwright.sync_api import Page

from chromium import a_browser

HERE = Path(__file__).parent
TOLD_OF = {
    "upload", "refused", "correcting", "ready", "held", "done", "students", "student", "history", "report",
    "dictionary",
}  # fmt: skip
SHOWN = {"wide": (1200, 780, "light"), "narrow": (360, 720, "dark")}
LOOKED_AT = {
    f"{width}-{scheme}": (width, 900, scheme) for width in (360, 768, 1440) for scheme in ("light", "dark")
}


def main() -> int:
    """Exit code 0 when every picture is taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every state, at every width, into FOLDER")
    parser.add_argument("--only", nargs="*", metavar="STATE", default=(), help="of these states alone")
    arguments = parser.parse_args()
    folder, is_whole = arguments.all or HERE, arguments.all is not None
    folder.mkdir(parents=True, exist_ok=True)
    wanted = set(arguments.only) or (set() if is_whole else TOLD_OF)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        running = stack.enter_context(running_up(Path(name) / "data"))
        browser = stack.enter_context(a_browser())
        languages = ("en", "es") if is_whole else ("en",)
        tours = {one: stack.enter_context(Tour(browser, running, one)) for one in languages}
        for state in states(OneDistrict(running, Path(name), LONG if is_whole else USUAL)):
            if wanted and state.name not in wanted:
                continue
            for language, tour in tours.items():
                with tour.at(state) as portal:
                    for size, look in (LOOKED_AT if is_whole else SHOWN).items():
                        mark = f"{size}-{language}" if is_whole else size
                        take(portal.page, look, folder / f"{state.name}-{mark}.png", is_whole=is_whole)
    return 0


def take(page: Page, look: tuple[int, int, str], file: Path, *, is_whole: bool) -> None:
    """The page as it is, at a width and height and in a scheme."""
    width, height, scheme = look
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.screenshot(path=file, full_page=is_whole)


if __name__ == "__main__":
    sys.exit(main())
