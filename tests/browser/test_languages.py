"""The pages in other languages: no English is left in Spanish, and numbers and dates are the browser's."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.portal import Portal
from e2e.journey import open_district
from e2e.running import Up
from playwright.sync_api import Browser, Page, expect

from rollbook.common.translation import sentences
from rollbook.upload.entrypoints.pages import HOME

HEADER = (
    "schoolId,userRole,userId,userFirstName,userLastName,userEmail,userGrade,classId,className,classGrade,"
    "primaryTeacher,action"
)
TEACHER = "00000,teacher,t1,Grace,Hall,grace.hall@example.edu,,m7,M7,07,true,add"
STUDENT = "00001,student,s3,Dara,Kim,dara.kim@example.edu,08,m8,M8,08,,add"
FAULTY = STUDENT.replace("Dara", "").replace("example.edu", "example")
NAMES = re.compile(r"School \d( \(\d+\))?")
"""Schools of the test's district are named so in every language."""
SHOWN = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.parentElement.closest("script, style, noscript, code")) texts.push(node.data);
    } else {
      for (const name of ["aria-label", "title", "alt"]) texts.push(node.getAttribute(name) ?? "");
    }
  }
  return [document.title, ...texts].map((text) => text.trim()).filter(Boolean);
}"""
"""Every text of a page, and what is read aloud."""


def english_only() -> re.Pattern[str]:
    """What fits an English text that reads otherwise in Spanish."""
    english, spanish = (
        json.loads((HOME / f"texts/{language}.json").read_text()) for language in ("en", "es")
    )
    own = {form for text in spanish.values() for form in forms(text)}
    texts = {form for text in english.values() for form in forms(text)} - own - {english["language.name"]}
    return re.compile("|".join(re.sub(r"\\{\w+\\}", ".+", re.escape(text)) for text in texts))


def forms(text: str | dict[str, str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def english_left(page: Page) -> list[str]:
    """Texts of the page that are those of English, or sentences of the services that could be Spanish."""
    of_pages, of_services = english_only(), sentences("es")
    return [
        text
        for text in page.evaluate(SHOWN)
        if not NAMES.fullmatch(text)
        and (of_pages.fullmatch(text.removesuffix(" – Rollbook")) or of_services.translate(text) != text)
    ]


@pytest.fixture
def spanish(browser: Browser, embedded: Up, request: pytest.FixtureRequest) -> Iterator[Portal]:
    """Somebody whose browser asks for the Spanish of Mexico."""
    district = request.node.name.removeprefix("test_")[:60]
    with open_district(embedded, district, schools=2):
        pass
    with Portal(browser, embedded, district, locale="es-MX") as portal:
        yield portal
        portal.expect_no_errors()


def file_of(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "users.csv"
    path.write_bytes("".join(f"{line}\r\n" for line in (header, *lines)).encode())
    return path


def test_a_file_goes_all_the_way_in_spanish(spanish: Portal, tmp_path: Path):
    page = spanish.open("/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert english_left(page) == []
    spanish.drop(file_of(tmp_path, TEACHER, FAULTY, header=HEADER.replace("userEmail", "user_email")))
    expect(page.get_by_text("“user_email” probablemente es userEmail")).to_be_visible()
    assert english_left(page) == []
    page.get_by_role("button", name="Enviarlo de todos modos").click()
    spanish.expect_status("Rechazada")
    expect(page.get_by_text("no es el nombre de una columna")).to_be_visible()
    assert english_left(page) == []

    spanish.open("/")
    spanish.drop(file_of(tmp_path, TEACHER, FAULTY))
    spanish.expect_status("Requiere corrección")
    for row in page.locator("details.cause summary, .cause details summary").all():
        row.click()
    page.get_by_role("button", name="Mostrar las filas rechazadas").click()
    expect(page.get_by_text("userFirstName está en blanco").first).to_be_visible()
    assert english_left(page) == []
    page.get_by_label("userFirstName", exact=True).fill("Dara")
    page.get_by_label("userEmail", exact=True).fill("dara.kim@example.edu")
    page.get_by_role("button", name="Revisar de nuevo con 1 fila cambiada").click()

    spanish.expect_status("Lista para procesar")
    expect(page.get_by_text("2 de 2 errores anteriores están corregidos")).to_be_visible()
    assert english_left(page) == []
    page.get_by_role("button", name="Procesar archivo").click()
    spanish.expect_status("Completada")
    expect(page.get_by_text("Listo: el archivo está procesado.")).to_be_visible()
    assert english_left(page) == []
    for path in (
        "/students",
        "/students/s3",
        "/staff",
        "/classes",
        "/classes/m7",
        "/history",
        "/students/s9",
    ):
        spanish.open(path)
        assert english_left(page) == [], path


def test_the_data_dictionary_is_read_in_spanish(spanish: Portal):
    for kind in ("users", "demographics"):
        page = spanish.open(f"/data-dictionary/{kind}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Diccionario de datos")
        assert english_left(page) == []


def test_the_language_can_be_changed_to_another_than_the_browsers(spanish: Portal):
    page = spanish.open("/data-dictionary/users")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Data dictionary")
    expect(page.get_by_text("The name of the school").first).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("es-MX", ("filas: 10,000,000", r"\d{1,2} \w{3}\.? \d{4}")),
        ("de-DE", ("10.000.000 rows", r"\d{2}\.\d{2}\.\d{4}")),
        ("en-US", ("10,000,000 rows", r"\w{3} \d{1,2}, \d{4}")),
    ],
)
def test_numbers_and_dates_are_written_as_the_browser_does(
    browser: Browser, embedded: Up, tmp_path: Path, locale: str, written: tuple[str, str]
):
    rows, day = written
    district = f"numbers-{locale}"
    with open_district(embedded, district, schools=2):
        pass
    with Portal(browser, embedded, district, locale=locale) as portal:
        page = portal.open("/")
        expect(page.get_by_text(rows)).to_be_visible()
        portal.seed(
            file_of(tmp_path, TEACHER), process=False
        )  # the history hears of an upload a moment later
        portal.open("/history")
        expect(page.locator("tbody tr").first).to_contain_text(re.compile(day))
        portal.expect_no_errors()
