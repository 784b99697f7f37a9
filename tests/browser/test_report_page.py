"""The report of an upload in a browser: axe finds nothing, and all fits, at any width and in print."""

import dataclasses

import pytest
from axe_playwright_python.sync_playwright import Axe
from integration.reports_world import World
from unit.reports.upload_story import story

LONG = "Enrollment-of-all-schools-" + "x" * 120 + ".csv"
WIDTHS = (360, 768, 1440)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report with findings, failures and a name that is longer than any screen."""
    folder = tmp_path_factory.mktemp("reports")
    world = World(f"sqlite:///{folder}/reports.db", folder)
    received, *more = story(world.store)
    world.hear(dataclasses.replace(received, file_name=LONG), *more)
    yield world.get("/reports/u1/report.html").get_data(as_text=True)
    world.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_is_accessible_and_fits(browser, report, width, scheme):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.set_content(report)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_nothing_is_cut_off_in_print(browser, report):
    page = browser.new_page(viewport={"width": 718, "height": 1000})  # A4 less its margins, in CSS pixels
    page.set_content(report)
    page.emulate_media(media="print")
    cut_off = """[...document.querySelectorAll("main *, body > *")]
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
        .map(one => one.outerHTML.slice(0, 80))"""
    assert page.evaluate(cut_off) == []
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
