"""The report as a page: it says everything, runs nothing, fetches nothing, and escapes all."""

import base64
import dataclasses
import datetime as dt
import hashlib
import re
from html.parser import HTMLParser

from integration.test_reports_service import REFUSED
from unit.reports.upload_story import AT, story

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
        "Pat Admin (p1)", "1 March 2026, 08:00 UTC", "completed", "5 errors, 1 warning, 1 while applying",
        "0 of 5 earlier errors are fixed; 5 remain, 0 are new.", "userRole.unknown_value", "is not one of",
        *(group["howToFix"] for group in found["findings"]),
        *(file["sha256"] for file in found["files"]),
        *(link["hash"] for link in found["chain"]),
    ):  # fmt: skip
        assert text in shown.text, text
    assert shown.tags.count("rect") == 2 * 5 + (5 + 1) * 3
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


def test_a_refused_file_has_a_page_that_says_why(world):
    world.hear(REFUSED)
    _, shown = page(world, "u0")
    assert "Why the file was refused" in shown.text
    assert "The file is empty." in shown.text


def test_another_district_sees_no_page(world):
    world.hear(*story(world.store))
    assert world.get("/reports/u1/report.html", "d2").status_code == 404
