"""Every word of the pages has its place in the texts, in each language, and no text is left over."""

import json
import re
from typing import Any, Final, get_args

import pytest

from rollbook.common.dictionary import DICTIONARY, Header
from rollbook.reports.ports import KINDS, STATUSES
from rollbook.upload.domain.district import SOURCES
from rollbook.upload.entrypoints.pages import HOME

FIELD: Final = re.compile(r"{(\w+)}")
KEY: Final = re.compile(r'"([a-z]\w*(?:\.[\w-]+)+)"')
MADE_KEY: Final = re.compile(r"\b(?:t|has)\(`([^`]+)`")
NAMED: Final = re.compile(r'\bnamed\("([\w.]+)"')
OF_FILES: Final = re.compile(r"\.(?:csv|html|js|zip)$")
LANGUAGES: Final = sorted(file.stem for file in (HOME / "texts").glob("*.json"))
OTHERS: Final = [language for language in LANGUAGES if language != "en"]
FORMS: Final = {"en": {"one", "other"}, "es": {"one", "many", "other"}}
"""Of Intl.PluralRules."""
RECORDS: Final = ("school", "staff", "student", "class", "enrollment", "demographics")
FAMILIES: Final = {
    "status": STATUSES,
    "kind": KINDS,
    "role": ("system", "enrollment", "auditor", "support"),
    "record": RECORDS,
    "record.one": RECORDS,
    "entry": ("validation", "final", "refused", "removed", "held", "released"),
    "dictionary.header": get_args(Header),
    "figure.preview": ("created", "updated", "noChange", "removed", "errors"),
    "figure.report": ("created", "updated", "noChange", "removed", "errors"),
    "stage": ("checking", "comparing", "reporting", "applying", "undoing", "waiting", "done"),
    "change": ("created", "updated", "removed"),
    "what": ("upload", "edit", "undo"),
    "userRole": ("student", "teacher", "administrator"),
    "file": (
        "summary.csv", "errors.csv", "corrections.csv", "follow-up-errors.csv", "report.html", "changes.csv",
    ),
    "source": SOURCES,
    "report.kept": ("file", "details", "report"),
    "report.removed": ("file", "details", "report"),
}  # fmt: skip
"""What the API calls things, by the beginning of the keys that name them to people."""


def texts(language: str) -> dict[str, Any]:
    return json.loads((HOME / "texts" / f"{language}.json").read_text(encoding="utf-8"))


def sources() -> str:
    """The scripts, and the document around them."""
    scripts = [file for file in (HOME / "scripts").rglob("*.js") if "vendor" not in file.parts]
    return "\n".join(file.read_text() for file in [*scripts, HOME / "shell.html"])


def fields(text: str | dict[str, str]) -> set[str]:
    return set(FIELD.findall(json.dumps(text)))


def test_every_key_that_the_scripts_write_out_has_a_text():
    known = texts("en")
    beginnings = {key.split(".")[0] for key in known}
    written = {
        key for key in KEY.findall(sources()) if key.split(".")[0] in beginnings and not OF_FILES.search(key)
    }
    assert len(written) > 150
    assert written - set(known) - set(FAMILIES) == {
        code
        for code in written
        if f"check.{code}" in known  # what is wrong with a header or a file
    }


def test_everything_that_the_api_names_has_a_text():
    known = texts("en")
    named = {f"{family}.{name}" for family, names in FAMILIES.items() for name in names}
    assert named - set(known) == set()
    assert set(NAMED.findall(sources())) <= {*FAMILIES, "field"}


def test_no_text_is_left_over():
    source = sources()
    made = [re.sub(r"\\\$\\\{.*?\\\}", r"[\\w.-]+", re.escape(key)) for key in MADE_KEY.findall(source)]
    made += [rf"{re.escape(family)}\.[\w.-]+" for family in NAMED.findall(source)]
    written = set(KEY.findall(source)) | set(re.findall(r"""text\[["']([\w.]+)["']\]""", source)) | {"rows"}
    assert [
        key
        for key in texts("en")
        if key not in written and key != "language.name" and not any(re.fullmatch(one, key) for one in made)
    ] == []


def test_every_column_that_can_be_edited_has_a_name():
    known = texts("en")
    columns = {column.name for dictionary in DICTIONARY.values() for column in dictionary.columns}
    assert {key.removeprefix("field.") for key in known if key.startswith("field.")} <= columns | {"active"}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_the_keys_of_english(language: str):
    assert set(texts(language)) ^ set(texts("en")) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_placeholders_of_the_english_text(language: str):
    own = texts(language)
    assert [key for key, text in texts("en").items() if fields(text) != fields(own[key])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_that_counts_has_every_form_of_its_language(language: str):
    english, own = texts("en"), texts(language)
    counting = {key for key, text in english.items() if isinstance(text, dict)}
    assert {key: set(text) for key, text in own.items() if isinstance(text, dict)} == dict.fromkeys(
        counting, FORMS[language]
    )
