"""Every word of the HTML report has its place in the texts, in each language, and none is left over."""

import json
import re
from typing import Any, Final

import pytest
from babel import Locale

from rollbook.common.translation import LANGUAGES
from rollbook.reports.domain.retention import PARTS
from rollbook.reports.entrypoints.page.words import TEXTS, Words, isolated, sentence
from rollbook.reports.ports import KINDS, STATUSES
from rollbook.upload.entrypoints.pages import HOME

FIELD: Final = re.compile(r"{(\w+)}")
SOURCE: Final = (TEXTS.parent / "report.html").read_text()
FIGURES: Final = ("created", "updated", "noChange", "removed", "errors")
FAMILIES: Final = {
    "status": (*STATUSES, "unknown"),
    "kind": KINDS,
    "record": ("school", "staff", "student", "class", "enrollment", "demographics"),
    "entry": ("validation", "final", "refused", "removed", "held", "released"),
    "figure.preview": FIGURES,
    "figure.report": FIGURES,
    "kept": PARTS,
    "removed": PARTS,
    "part": PARTS,
    "findings": ("validation", "follow-up"),
}
"""What the API calls things, by the beginning of the keys that name them to people."""
OF_THE_LANGUAGE: Final = {"locale", "moment", "day"}


def texts(language: str) -> dict[str, Any]:
    return json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))


def fields(text: str | dict[str, str]) -> set[str]:
    return set(FIELD.findall(json.dumps(text)))


def test_there_are_texts_in_every_language_of_the_sentences():
    assert sorted(file.stem for file in TEXTS.iterdir()) == sorted(LANGUAGES)


def test_all_that_the_page_says_and_nothing_else_is_in_the_texts():
    named = {f"{family}.{name}" for family, names in FAMILIES.items() for name in names}
    source = SOURCE + (TEXTS.parent / "route.py").read_text()
    said = {
        key for part in re.findall(r"\b(?:t|say)\(([^)]*)", source) for key in re.findall(r'"([\w.]+)"', part)
    }
    counted = {f"{severity}s" for severity in ("error", "warning")}
    assert named | said | counted | OF_THE_LANGUAGE >= set(texts("en"))
    assert named | counted | OF_THE_LANGUAGE <= set(texts("en"))


def test_the_page_itself_holds_no_words():
    shown = re.sub(r"<style>.*?</style>|{%.*?%}|{{.*?}}|<[^>]*>", " ", SOURCE, flags=re.DOTALL)
    assert set(re.findall(r"\w{2,}", shown)) == {"SHA", "256"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_texts_of_english_with_their_placeholders_and_all_forms(language: str):
    english, own = texts("en"), texts(language)
    forms = Locale.parse(own["locale"], sep="-").plural_form.tags | {"other"}
    assert set(own) == set(english)
    assert {key: fields(text) for key, text in own.items()} == {
        key: fields(text) for key, text in english.items()
    }
    assert {key: set(text) for key, text in own.items() if isinstance(text, dict)} == {
        key: forms for key, text in english.items() if isinstance(text, dict)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_and_the_pages_call_the_same_thing_the_same(language: str):
    of_pages = json.loads((HOME / "texts" / f"{language}.json").read_text(encoding="utf-8"))
    families = ("status", "kind", "record", "entry", "figure.preview", "figure.report")
    keys = [f"{family}.{name}" for family in families for name in FAMILIES[family]]
    own = texts(language)
    assert {key: own[key] for key in keys if key in of_pages} == {
        key: of_pages[key] for key in keys if key in of_pages
    }


def test_numbers_days_and_moments_are_written_as_the_language_does():
    moment = "2026-03-01T02:30:00-06:00"
    assert {
        language: (
            Words(language).say("errors", count=1),
            Words(language).say("errors", count=1_000_000),
            Words(language).moment(moment),
            Words(language).day("2026-11-25"),
        )
        for language in ("en", "es")
    } == {
        "en": ("1 error", "1,000,000 errors", "1 March 2026, 08:30 UTC", "25 November 2026"),
        "es": ("1 error", "1,000,000 de errores", "1 de marzo de 2026, 08:30 UTC", "25 de noviembre de 2026"),
    }


def test_what_the_api_names_and_nobody_else_is_shown_as_the_api_names_it():
    assert Words("es").named("status", "completed") == "Completada"
    assert Words("es").named("status", "<new>") == "<bdi>&lt;new&gt;</bdi>"


def test_what_comes_from_elsewhere_is_escaped_isolated_and_cannot_turn_its_surroundings_round():
    assert isolated("users\u202evsc.<b>") == "<bdi>users[U+202E]vsc.&lt;b&gt;</bdi>"
    assert sentence("x “שלום”, “<b>\u2067” is & <i>.") == (
        "x “<bdi>שלום</bdi>”, “<bdi>&lt;b&gt;[U+2067]</bdi>” is &amp; &lt;i&gt;."
    )
    assert Words("en").say("title", name="{sub}<\u202e") == "Report: <bdi>{sub}&lt;[U+202E]</bdi>"
