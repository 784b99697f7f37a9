"""The report as a page: it says everything, runs nothing, fetches nothing, and escapes all."""

import base64
import dataclasses
import datetime as dt
import hashlib
import re
from html.parser import HTMLParser

import pytest
from integration.test_reports_service import REFUSED
from unit.reports.upload_story import AT, COUNTS, story

from rollbook.common.contracts import events as e

NASTY = "<script>alert(1)</script>\"&'.csv"


class Page(HTMLParser):
    """The tags and attributes of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.text += data


def page(world, upload_id, **options):
    answer = world.get(f"/reports/{upload_id}/report.html", **options)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    return answer, Page(answer.get_data(as_text=True))


def test_the_page_says_who_what_was_found_and_every_hash(world):
    world.hear(*story(world.store, upload_id="u0", at=AT - dt.timedelta(days=1)), *story(world.store))
    _, shown = page(world, "u1")
    found = world.get("/reports/u1").json
    for text in (
        "Pat Admin (p1)", "1 March 2026, 08:00 UTC", "Completed",
        "5 errors, 1 warning, 1 error while applying", "userRole.unknown_value", "is not one of",
        "0 of 5 earlier errors are fixed; 5 remain, 0 are new.",
        *(group["howToFix"] for group in found["findings"]),
        *(file["sha256"] for file in found["files"]),
        *(link["hash"] for link in found["chain"]),
    ):  # fmt: skip
        assert text in shown.text, text
    parts = [value for tag, name, value in shown.attributes if (tag, name) == ("rect", "x")]
    assert len(parts) == (5 + 1) * 3
    assert [one["what"] for one in world.get("/reports/u1/reads", "", ("auditor",)).json["items"]] == [
        "report",
        "report.html",
    ]


def test_the_page_runs_nothing_fetches_nothing_and_escapes_what_came_from_a_file(world):
    received, *more = story(world.store)
    world.hear(dataclasses.replace(received, file_name=NASTY), *more)
    answer, shown = page(world, "u1")
    policy = answer.headers["Content-Security-Policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", answer.get_data(as_text=True), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert not {"script", "link", "img", "iframe", "form", "object"} & set(shown.tags)
    assert not [
        one for one in shown.attributes if one[1] in {"style", "src", "href"} or one[1].startswith("on")
    ]
    assert shown.text.count(NASTY) == 2
    assert "url(" not in style


SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"}


def test_the_page_is_in_the_language_that_is_asked_for(world):
    world.hear(*story(world.store, upload_id="u0", at=AT - dt.timedelta(days=1)), *story(world.store))
    _, shown = page(world, "u1", **SPANISH)
    found = world.get("/reports/u1", **SPANISH).json
    for text in (
        "Informe: users.csv", "Lista escolar", "1 de marzo de 2026, 08:00 UTC", "Completada",
        "5 errores, 1 advertencia, 1 error al aplicar", "Estudiantes", "Creados", "Cómo corregirlo:",
        "0 de 5 errores anteriores están corregidos; quedan 5, hay 0 nuevos. Comparado con users.csv del 28",
        *(group["howToFix"] for group in found["findings"]),
        *(link["hash"] for link in found["chain"]),
    ):  # fmt: skip
        assert text in shown.text, text


@pytest.mark.parametrize(
    ("asked", "language"), [(SPANISH, "es"), ({}, "en"), ({"Accept-Language": "de, en;q=0.5"}, "en")]
)
def test_the_page_says_its_language_and_that_it_depends_on_who_asks(world, asked, language):
    world.hear(*story(world.store))
    answer, shown = page(world, "u1", **asked)
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"
    assert ("html", "lang", language) in shown.attributes


def test_an_approval_and_a_hold_are_told_in_the_words_of_whoever_gave_them(world):
    reason = "The file is empty."  # also a sentence of ours
    world.hear(*(
        dataclasses.replace(one, approval_reason=reason) if isinstance(one, e.ProcessingRequested) else one
        for one in story(world.store)
    ))  # fmt: skip
    world.call("PUT", "/reports/u1/legal-hold", roles=("auditor",), json={"reason": reason})
    _, shown = page(world, "u1", **SPANISH)
    assert f"por Pat Admin, 1 de marzo de 2026, 08:00 UTC: {reason}" in shown.text
    assert f"Retención legal impuesta: {reason}" in shown.text
    assert "y más tiempo: hay una retención legal" in shown.text
    assert [one.get("reason") for one in world.get("/reports/u1", **SPANISH).json["chain"]][-1] == reason


def test_figures_of_a_file_that_is_not_processed_are_called_a_preview(world):
    world.hear(*story(world.store)[:-4])
    _, shown = page(world, "u1")
    assert shown.text.count("This is a preview") == 2
    assert "To create" in shown.text
    assert "Created" not in shown.text


def test_a_refused_file_has_a_page_that_says_why(world):
    world.hear(REFUSED)
    _, shown = page(world, "u0")
    assert "Why the file was refused" in shown.text
    assert "The file is empty." in shown.text


def test_what_would_be_very_long_says_how_much_is_shown_and_where_the_rest_is(world):
    counts = [one | {"schoolId": f"{at:04d}"} for at in range(1234) for one in COUNTS[:5]]
    held = tuple(f"The reason {at}" for at in range(30))
    world.hear(*(
        dataclasses.replace(one, held_reasons=held) if isinstance(one, e.UploadPreviewed) else one
        for one in story(world.store, counts=counts)
    ))  # fmt: skip
    world.hear(dataclasses.replace(REFUSED, problems=REFUSED.problems * 1000))
    _, shown = page(world, "u1")
    assert "The first 200 of 1,234 schools in the order of summary.csv, which has them all." in shown.text
    assert ("0199" in shown.text, "0200" in shown.text) == (True, False)
    assert (shown.text.count("The reason"), "20 more reasons are on the page" in shown.text) == (10, True)
    assert "Every finding by itself is in errors.csv." in shown.text
    assert "Every finding by itself is in follow-up-errors.csv." in shown.text
    _, refused = page(world, "u0")
    assert "The first 50 of 1,000 problems; all are on the page of the upload." in refused.text
    assert refused.text.count("file.empty") == 50


def test_another_district_sees_no_page(world):
    world.hear(*story(world.store))
    assert world.get("/reports/u1/report.html", "d2").status_code == 404
