"""Everything that the services say can be said in each language, and stays what it is where it cannot."""

import ast
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.common.dictionary import catalogue
from rollbook.common.dictionary.as_json import as_json
from rollbook.common.dictionary.refusals import REFUSALS, ROW_IN_ONE_CELL
from rollbook.common.dictionary.texts import render
from rollbook.common.translation import LANGUAGES, Sentences, sentences
from rollbook.reports.domain.progress import Progress

ROOT = Path(__file__).resolve().parents[3]
TRANSLATIONS = ROOT / "libs/common/src/rollbook/common/translation"
OTHERS = [language for language in LANGUAGES if language != "en"]
KINDS = ("users", "demographics")
SAID = ("message", "howToFix", "rule", "description", "because", "given")
FIELD = re.compile(r"{\w+}")

pytestmark = pytest.mark.parametrize("language", OTHERS)


def table(language: str) -> dict[str, str]:
    return json.loads((TRANSLATIONS / f"{language}.json").read_text(encoding="utf-8"))


def findings_of(kind: str, value: str, suggestion: str) -> pl.DataFrame:
    codes = list(catalogue(kind))
    found = pl.DataFrame({"code": codes}).with_columns(
        pl.lit(7).alias("row"),
        pl.lit(value).alias("value"),
        pl.lit(suggestion).alias("suggestion"),
        pl.lit("2 5").alias("relatedRows"),
        pl.lit("s1").alias("userId"),
        pl.lit("C1").alias("classId"),
        pl.Series("column", [catalogue(kind)[code].column for code in codes]),
    )
    return render(found, kind)


def said(data: Any) -> Iterator[str]:
    """The sentences of the data dictionary."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name.startswith(SAID) or (name == "when" and " " in value):  # that of a requirement is a name
                yield value
            else:
                yield from said(value)
    elif isinstance(data, list):
        for one in data:
            yield from said(one)


def test_a_translation_has_the_placeholders_of_its_template(language: str):
    different = [
        english
        for english, own in table(language).items()
        if set(FIELD.findall(english)) != set(FIELD.findall(own))
    ]
    assert different == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_dictionary_is_translated_whole(language: str, kind: str):
    texts = [text for text in said(as_json(kind)) if text]
    own = sentences(language)
    assert [text for text in texts if own.translate(text) == text] == []
    lost = [text for text in texts if set(FIELD.findall(own.translate(text))) != set(FIELD.findall(text))]
    assert lost == []


@pytest.mark.parametrize("suggestion", ["", "07", "to add or update a person"])
@pytest.mark.parametrize(
    "value", ["O'Neil “Ana”", "-", "#REF!", "8-Jul", "'00417", "45123", "00 417", "", "a@b"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_finding_is_translated_whatever_the_cell_holds(
    language: str, kind: str, value: str, suggestion: str
):
    own = sentences(language)
    texts = findings_of(kind, value, suggestion).select("message", "howToFix").unpivot()["value"].to_list()
    assert [text for text in texts if own.translate(text) == text] == []


@settings(max_examples=15)
@given(value=st.text(max_size=30), suggestion=st.text(max_size=30))
def test_a_sentence_is_taken_apart_without_a_loss(language: str, value: str, suggestion: str):
    same = Sentences({english: english for english in table(language)})
    texts = findings_of("users", value, suggestion).select("message", "howToFix").unpivot()["value"].to_list()
    assert [same.translate(text) for text in texts] == texts


def test_every_refusal_is_translated_with_its_details(language: str):
    values = {
        "got": "user_id", "expected": "userId", "row": 3, "reason": "it is a PDF document",
        "delimiter": "semicolons", "what": "holds no column names", "kind": "users",
        "letter": "C", "filled_row": 4,
    }  # fmt: skip
    own = sentences(language)
    for refusal in (*REFUSALS.values(), ROW_IN_ONE_CELL):
        for text in (refusal.message, refusal.how_to_fix):
            translated = own.translate(text.format(**values))
            assert translated != text.format(**values)
            assert "PDF document" not in translated
            assert "semicolons" not in translated
            assert "column names" not in translated


def test_every_problem_of_the_api_that_is_written_in_the_code_is_translated(language: str):
    own = sentences(language)
    details = [detail for file in sources() for detail in details_in(file)]
    assert len(details) > 40
    assert [detail for detail in details if own.translate(detail) == detail] == []


def sources() -> Iterator[Path]:
    for folder in ("libs", "services"):
        yield from (ROOT / folder).rglob("src/**/*.py")


def details_in(file: Path) -> Iterator[str]:
    """The third argument of `Problem(status, code, detail)`, and the second of `NotNow(code, detail)`."""
    for node in ast.walk(ast.parse(file.read_text())):
        place = {"Problem": 2, "NotNow": 1}.get(getattr(getattr(node, "func", None), "id", ""))
        if isinstance(node, ast.Call) and place and len(node.args) > place:
            first, detail = node.args[0], node.args[place]
            is_of_the_api = place == 1 or (isinstance(first, ast.Constant) and isinstance(first.value, int))
            if is_of_the_api and isinstance(detail, ast.Constant | ast.JoinedStr):
                text = written(detail)
                if re.search(r"[a-z]", text):  # else it is made elsewhere
                    yield text


def written(node: ast.Constant | ast.JoinedStr) -> str:
    """The text, with a number where a value is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "1000" for part in node.values)


def test_a_held_change_is_told_with_its_numbers(language: str):
    reason = "12 of 40 student records of school 00123 would be removed (30.0 %; the limit is 10 %)."
    translated = sentences(language).translate(f"{reason} {reason}")
    assert translated.count("30.0 %") == 2
    assert "records" not in translated
    one = "1 of 20 student records of the district would be updated (5.0 %; the limit is 1 %)."
    assert sentences(language).translate(one).startswith("Se actualizaría 1 de 20 registros de estudiantes")


@pytest.mark.parametrize("earlier", [0, 1, 2, 1234])
@pytest.mark.parametrize("remaining", [0, 1, 2, 1100])
@pytest.mark.parametrize("new", [0, 1, 5678])
def test_what_became_of_earlier_errors_is_told_with_its_numbers(
    language: str, earlier: int, remaining: int, new: int
):
    remaining = min(earlier, remaining)
    told = Progress(earlier, earlier - remaining, remaining, new).in_words()
    translated = sentences(language).translate(told)
    assert re.findall(r"[\d,]*\d", translated) == re.findall(r"[\d,]*\d", told)
    assert not set(re.findall(r"\w+", translated)) & {"earlier", "is", "are", "remain", "remains", "new"}


def test_words_of_a_sentence_are_translated_and_cells_are_not(language: str):
    assert language == "es"
    own = sentences(language)
    assert (
        own.translate("userId “a date” holds a character that is not allowed in an ID.")
        == "userId “a date” contiene un carácter que no se permite en un ID."
    )
    long = "row 1 is longer than 65,536 bytes, where a header has short names of columns"
    assert "nombres cortos" in own.translate(f"The file is not a CSV file: {long}.")
    line = "is “sep=;”, which only tells a spreadsheet what separates the columns"
    assert "“sep=;”, que solo" in own.translate(f"Row 1 {line}; the header seems to be row 2.")
    assert (
        own.translate("The row has 1 cell, but the header has 12.")
        == "La fila tiene 1 celda, pero el encabezado tiene 12."
    )
    assert (
        own.translate("The row has 3 cells, but needs the first 11 of the 12 in the header.")
        == "La fila tiene 3 celdas, pero necesita las primeras 11 de las 12 del encabezado."
    )
    assert (
        own.translate("schoolId is blank; it must be filled to add or update a person.")
        == "schoolId está en blanco; debe tener un valor para agregar o actualizar a una persona."
    )
    assert (
        own.translate(
            "Fill schoolId: enter the ID of the school, as in the district's list of schools, like 001."
        )
        == "Complete schoolId: ingrese el ID de la escuela, como en la lista de escuelas del distrito, "
        "por ejemplo 001."
    )
    assert (
        own.translate("student s1 (userGrade is now “07”) (userEmail is now “a@example.org”) was changed by "
                      "somebody else in the meantime, so it was left as it is.")
        == "Otra persona cambió entretanto el estudiante s1 (userGrade ahora es “07”) (userEmail ahora es "
        "“a@example.org”), así que quedó como está."
    )  # fmt: skip


def test_what_no_template_fits_stays_as_it_is(language: str):
    own = sentences(language)
    assert own.translate("Our school merged with Oak Street.") == "Our school merged with Oak Street."
    assert own.translate("The file is empty. Our school merged.") == "The file is empty. Our school merged."


def test_a_page_of_findings_is_translated_in_a_blink(language: str):
    texts = findings_of("users", "x" * 80, "y" * 80)["message"].to_list()
    own = sentences(language)
    begun = time.perf_counter()
    for text in texts * 10:
        own.translate(text)
    assert (time.perf_counter() - begun) / (10 * len(texts)) < 0.002
