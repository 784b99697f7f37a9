"""The dictionary says everything once, and says it in words that help."""

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from unit.validator.conftest import check_bytes

from rollbook.common import findings, report_csv
from rollbook.common.dictionary import DICTIONARY, catalogue, texts
from rollbook.common.dictionary.as_json import as_json
from rollbook.common.dictionary.templates import template

ROOT = Path(__file__).parents[3]
ALL = [(kind, finding) for kind in DICTIONARY for finding in catalogue(kind).values()]
FIELDS = {"value", "suggestion", "related", "row", "userId", "classId"}


def rendered(code, kind="users", **fields):
    found = pl.DataFrame({"row": [7], "code": [code]} | {name: [value] for name, value in fields.items()})
    frame = texts.render(findings.complete(found, kind, {}), kind)
    return frame["message"][0], frame["howToFix"][0]


def test_users_and_demographics_have_the_columns_of_the_specification():
    assert [len(DICTIONARY[kind].columns) for kind in ("users", "demographics")] == [17, 23]
    assert DICTIONARY["users"].header_names == (
        "action", "schoolId", "userRole", "userId", "userFirstName", "userLastName", "userEmail", "userGrade",
        "classId", "className", "classGrade", "primaryTeacher",
    )  # fmt: skip
    assert DICTIONARY["demographics"].header_names == ("userId",)


def test_the_text_of_lost_leading_zeros_is_the_one_of_the_specification():
    assert rendered("schoolId.leading_zeros_lost", value="123", suggestion="00123") == (
        "schoolId 123 is not a school of this district; 00123 is.",
        "Format the column as Text in your spreadsheet and enter 00123.",
    )


@pytest.mark.parametrize(("kind", "finding"), ALL, ids=[f"{kind}-{finding.code}" for kind, finding in ALL])
def test_every_text_is_complete_with_and_without_a_suggestion(kind, finding):
    for suggestion in ("", "S9"):
        message, fix = rendered(
            finding.code,
            kind,
            value="V9",
            suggestion=suggestion,
            relatedRows="2 5",
            userId="U9",
            classId="C9",
        )
        for text in (message, fix):
            assert "{" not in text
            assert text.endswith(".")
            assert "  " not in text
        assert "invalid" not in (message + fix).lower()
        assert fix != message


def test_placeholders_are_fields_of_a_finding():
    for _, finding in ALL:
        problem = finding.problem
        for text in (
            problem.message,
            problem.how_to_fix,
            problem.message_if_known,
            problem.how_to_fix_if_known,
        ):
            assert set(re.findall(r"{(\w+)}", text)) <= FIELDS, finding.code


def test_a_sentence_shows_the_beginning_of_a_long_value_on_one_line():
    message, _ = rendered("userFirstName.too_long", value="x" * 70 + "\n" + "y" * 200, suggestion="271")
    assert message == f"userFirstName “{'x' * 70}␣{'y' * 9}…” has 271 characters; at most 100 are allowed."


@pytest.mark.parametrize("kind", ["users", "demographics"])
def test_templates_validate_clean(kind):
    data = template(kind)
    assert data.startswith(report_csv.BOM)
    columns = list(DICTIONARY[kind].names)
    assert next(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == columns
    checked = check_bytes(data, kind, columns)
    assert checked.findings().rows() == []
    assert checked.figures.records >= 1


@pytest.mark.parametrize("kind", ["users", "demographics"])
def test_the_dictionary_is_plain_json(kind):
    assert json.loads(json.dumps(as_json(kind))) == as_json(kind)


def test_the_page_of_the_docs_is_up_to_date():
    script = ROOT / "docs/generate/data_dictionary.py"
    assert subprocess.run([sys.executable, script, "--check"], check=False).returncode == 0


def test_no_cell_of_ours_starts_a_formula_and_every_reader_gets_the_cells_back():
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", 'say "hi"', "a,b", "a\nb", "", "'x", " =1"]
    frame = pl.DataFrame({"cell": cells, "count": [-1] * len(cells), "relatedRows": ["2 5"] * len(cells)})
    data = report_csv.write(frame)
    assert data.count(b"\r\n") == len(cells) + 1
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    guarded = ["'" + cell if cell[:1] in set("=+-@\t\r") else cell for cell in cells]
    assert rows == [["cell", "count", "relatedRows"], *([cell, "-1", "2 5"] for cell in guarded)]


def test_parts_of_a_report_can_be_written_one_after_the_other():
    frame = pl.DataFrame({"a": ["x", "y"], "b": ["", "z"]})
    assert report_csv.write(frame) == report_csv.write(frame[:1]) + report_csv.write(frame[1:], header=False)


def test_batches_are_bounded_and_together_are_the_findings():
    count = 9_000
    found = pl.DataFrame(
        {
            "row": range(2, count + 2),
            "code": ["userEmail.malformed"] * count,
            "value": [hashlib.shake_128(str(number).encode()).hexdigest(200) for number in range(count)],
        }
    )
    whole = findings.complete(found, "users", {"userEmail": 3})
    batches = list(findings.batches(whole))
    assert len(batches) > 3
    assert max(batch.findings for batch in batches) <= findings.MAX_BATCH_FINDINGS
    assert max(len(batch.data) for batch in batches) <= findings.MAX_BATCH_BYTES
    assert pl.concat(findings.decode(batch.data) for batch in batches).equals(whole)
    assert list(findings.batches(whole)) == batches
    assert list(findings.batches(findings.empty())) == []
