"""Examples that the dictionary shows with a stored roster are judged as it says, by the roster's rules."""

import polars as pl
import pytest

from rollbook.common import rows_file
from rollbook.common.dictionary import DICTIONARY, catalogue
from rollbook.common.dictionary.examples import examples
from rollbook.roster.domain import comparison, records
from rollbook.roster.domain.enrolling import enrolling
from rollbook.roster.domain.sent import gather

SHOWN = [
    (kind, code)
    for kind in DICTIONARY
    for code, finding in catalogue(kind).items()
    if finding.problem.stage == "roster"
]


def frame(record, *lines):
    columns = records.SHAPES[record].columns
    return pl.DataFrame(
        [dict(zip(columns, [*line, *[""] * len(columns)], strict=False)) for line in lines],
        schema=dict.fromkeys(columns, pl.String),
    )


def stored():
    """The roster that `example_rows.STORED` describes."""
    ana = (
        "000417",
        "00123",
        "student",
        "D-0417",
        "TX900417",
        "Ana",
        "",
        "Li",
        "ana@example.org",
        "07",
        "true",
    )
    tia = ("T1", "00123", "teacher", "", "", "Tia", "", "Li", "tia@example.org", "", "true")
    return records.no_state() | {
        "school": frame("school", ("00123", "Oak"), ("ab4", "Elm")),
        "person": frame("person", ana, tia),
        "class": frame("class", ("MATH-7", "00123", "Maths"), ("ART-1", "ab4", "Art")),
        "enrollment": frame("enrollment", ("000417", "MATH-7"), ("T1", "MATH-7", "true")),
    }


def codes_of(kind, code, rows):
    """The codes found where what the example gives beside the roster is so."""
    if kind == "users":
        rows = [{"action": "add", "schoolId": "00123", "userRole": "student"} | row for row in rows]
    blank = dict.fromkeys(rows_file.schema(kind), "") | {"rejected": False, "broken": False}
    accepted = pl.DataFrame(
        [blank | {"row": number} | row for number, row in enumerate(rows, 2)], schema=rows_file.schema(kind)
    )
    if kind == "demographics":
        return set(comparison.demographics_errors(accepted, stored(), None)["code"])
    source = "clever" if code == "userRole.students_not_accepted" else comparison.BATCH_UPLOAD
    scope = ("00123",) if code == "schoolId.out_of_scope" else None
    rules = comparison.Rules(source, allow_school_creation=False, uploader="T1", scope=scope)
    errors = comparison.errors(accepted, stored(), pl.Series(["eve@example.org"]), rules)
    sent = gather([accepted])
    warnings = comparison.warnings(sent, stored(), enrolling(sent, stored()))
    return {*errors["code"], *warnings["code"]}


@pytest.mark.parametrize(("kind", "code"), SHOWN)
def test_an_example_is_judged_as_the_dictionary_says(kind, code):
    example = examples(kind)[code]
    assert code not in codes_of(kind, code, example.accepted)
    assert code in codes_of(kind, code, example.rejected)
