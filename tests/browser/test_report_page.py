"""The report of an upload in a browser and on paper: all fits and is readable, however much there is."""

import dataclasses
import io
import re
import unicodedata

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.bars import FIGURES, expect_parts_told_apart_without_colour, lightness
from integration.reports_world import World
from pypdf import PdfReader
from unit.reports.upload_story import story

from rollbook.common.contracts import events as e
from rollbook.common.dictionary import catalogue

LONG = "Enrollment-of-all-schools-" + "x" * 170 + ".csv"
VALUES = ("x" * 200, "שלום עולם, بيان", "turned\u202eround", "a value of some words, as people write it")
VIEWS = (
    (360, "light", "en"), (360, "dark", "es"), (768, "light", "es"), (768, "dark", "en"),
    (1440, "light", "en"), (1440, "dark", "es"),
)  # fmt: skip
"""Each width with each scheme and language, and each scheme with each language."""
PAPERS = (("A4", "en"), ("Letter", "es"))


def a_little(store):
    """One school, five causes, a long name."""
    received, *more = story(store)
    return [dataclasses.replace(received, file_name=LONG), *more]


def very_much(store):
    """60 schools with long IDs, 60 causes, 1,000 findings, cells of 200 characters and in any direction."""
    causes = [code for code in catalogue("users") if not code.startswith("row.")][:60]
    found = [(2 + at // 2, causes[at * at % 60 if at % 3 else at % 60], VALUES[at % 4]) for at in range(1000)]
    schools = ["", *(f"{at:03d}" if at % 4 else f"{at:03d}-Primary-School-of-the-Lake" for at in range(60))]
    counts = [
        {"recordType": kind, "schoolId": school}
        | dict(zip(FIGURES, (at * 7, at % 13, 10 * at if school else 1_234_567, at % 3, at % 5), strict=True))
        for at, school in enumerate(schools)
        for kind in ("school", "staff", "student", "class", "enrollment")
    ]  # fmt: skip
    received, *more = story(
        store, size=200, chunk_rows=100, lines=["001,student,s1,Ana,Lee,ana@example.org,c1"] * 600,
        in_file=found, counts=counts, applying=[(2, "record.not_saved", "")] * 3,
    )  # fmt: skip
    held = tuple(
        f"{at} of 40 student records of school {at:05d} would be removed (30.0 %; the limit is 10 %)."
        for at in range(1, 31)
    )
    return [
        dataclasses.replace(received, file_name=f"{LONG[:-4]}\u202e-שלום.csv"),
        *(
            dataclasses.replace(one, held_reasons=held) if isinstance(one, e.UploadPreviewed)
            else dataclasses.replace(one, approval_reason="z" * 900) if isinstance(one, e.ProcessingRequested)
            else one
            for one in more
        ),
    ]  # fmt: skip


@pytest.fixture(scope="module", params=[a_little, very_much], ids=["a little", "very much"])
def report(request, tmp_path_factory):
    """The report in a language, of a little or of very much."""
    folder = tmp_path_factory.mktemp("reports")
    world = World(f"sqlite:///{folder}/reports.db", folder)
    world.hear(*request.param(world.store))
    yield lambda language: world.get("/reports/u1/report.html", **{"Accept-Language": language})
    world.close()


@pytest.fixture
def shown(browser, report):
    """Opens the report under its own policy, which must have nothing to refuse."""
    pages, said = [], []

    def show(language="en", **properties):
        answer = report(language)
        page = browser.new_page(**properties)
        pages.append(page)
        page.on("console", lambda message: said.append(message.text))
        page.route("**", lambda route: route.fulfill(body=answer.data, headers=dict(answer.headers)))
        page.goto("http://rollbook.example.org/report.html")
        return page

    yield show
    for page in pages:
        page.close()
    assert said == []


@pytest.mark.parametrize(
    ("report", "width", "scheme", "language"),
    [
        *((a_little, *view) for view in VIEWS),
        *((very_much, *view) for view in VIEWS[1::3]),  # axe takes many seconds to look at very much
    ],
    indirect=["report"],
)
def test_the_report_is_accessible_and_fits(shown, width, scheme, language):
    page = shown(language, viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_screen_it_follows_the_scheme_and_on_paper_it_is_light(shown, scheme):
    page = shown(color_scheme=scheme)
    assert (lightness(page, "body", "backgroundColor") > 0.5) == (scheme == "light")
    assert (lightness(page, "body", "color") > 0.5) == (scheme == "dark")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
    page.emulate_media(media="print", color_scheme=scheme)
    assert lightness(page, "body", "backgroundColor") == 1
    assert lightness(page, "body", "color") < 0.05
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_parts_of_a_bar_differ_without_colour(shown, scheme, media):
    page = shown(color_scheme=scheme)
    page.emulate_media(media=media, color_scheme=scheme)
    expect_parts_told_apart_without_colour(page)


def squeezed(text):
    """Without spaces and ligatures, so that it is the same however lines are broken."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


RIGHT_TO_LEFT = re.compile("[\u0590-\u06ff]")


@pytest.mark.parametrize(("paper", "language"), PAPERS)
def test_on_paper_nothing_is_cut_off_or_cut_in_two(shown, paper, language):
    page = shown(language, color_scheme="dark")
    page.emulate_media(media="print")
    whole = page.evaluate("[...document.querySelectorAll('tr, .cause, .whole')].map(one => one.innerText)")
    heads = page.evaluate("[...document.querySelectorAll('h2, h3, .lead, thead')].map(one => one.innerText)")
    sheets = [one.extract_text().splitlines() for one in PdfReader(io.BytesIO(page.pdf(format=paper))).pages]
    texts = [squeezed("".join(sheet)) for sheet in sheets]
    assert [
        text
        for text in whole
        if not RIGHT_TO_LEFT.search(text) and not any(squeezed(text) in sheet for sheet in texts)
    ] == []
    assert [head for head in heads if any(sheet.endswith(squeezed(head)) for sheet in texts)] == []


def test_each_sheet_says_whose_it_is_and_a_table_repeats_its_head(shown):
    sheets = [one.extract_text() for one in PdfReader(io.BytesIO(shown().pdf(format="A4"))).pages]
    assert [sheet.splitlines()[0] for sheet in sheets] == [
        f"{number} / {len(sheets)}Rollbook report of upload u1, district d1"
        for number in range(1, len(sheets) + 1)
    ]
    schools = re.compile(r"^\d{3} [\d,]+( [\d,]+){5}$", re.MULTILINE)
    with_schools = [sheet for sheet in sheets if schools.search(sheet)]
    assert with_schools
    assert [sheet for sheet in with_schools if "schoolId Shares All" not in sheet] == []


def test_what_came_from_elsewhere_turns_nothing_round(shown):
    page = shown()
    assert "\u202e" not in page.inner_text("body")
