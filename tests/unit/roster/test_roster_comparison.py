"""What is found once accepted rows are held against the stored roster."""

import polars as pl
import pytest

from rollbook.common import rows_file
from rollbook.roster.domain import change_set, comparison, records
from rollbook.roster.domain.enrolling import enrolling
from rollbook.roster.domain.sent import gather, leaving
from rollbook.roster.domain.thresholds import Limits, held_reasons

NAMES = [name for name in rows_file.schema("users") if not name.startswith("written.")]
ANYTHING = comparison.Rules("batch_upload", allow_school_creation=False, uploader="me")


def frame(record, *lines):
    """Records of one type; blank where a line is shorter."""
    columns = records.SHAPES[record].columns
    return pl.DataFrame(
        [dict(zip(columns, [*line, *[""] * len(columns)], strict=False)) for line in lines],
        schema=dict.fromkeys(columns, pl.String),
    )


def stored():
    """Two schools, a student and a teacher in class c1 of school 001, and somebody who has left."""
    return records.no_state() | {
        "school": frame("school", ("001", "Oak"), ("00b", "Elm")),
        "person": frame(
            "person",
            ("01", "001", "student", "D1", "S1", "Ana", "", "Li", "ana@x.example.org", "07", "true"),
            ("t1", "001", "teacher", "", "", "Tia", "", "Li", "tia@x.example.org", "", "true"),
            ("gone", "001", "student", "", "", "Gus", "", "Li", "gus@x.example.org", "07", "false"),
        ),
        "class": frame("class", ("c1", "001", "Maths"), ("c2", "00b", "Art")),
        "enrollment": frame("enrollment", ("01", "c1"), ("t1", "c1", "true")),
    }


def rows(*lines):
    """Accepted rows; each a dict of the cells that are filled."""
    return pl.DataFrame(
        [
            dict.fromkeys(NAMES, "")
            | {"action": "add", "schoolId": "001", "row": number, "rejected": False, "broken": False}
            | line
            for number, line in enumerate(lines, 2)
        ],
        schema={name: rows_file.schema("users")[name] for name in NAMES},
    )


def sent(frame):
    """What these rows send."""
    gathered = gather([frame])
    going = leaving(gathered)
    return gather([frame], going) if going.len() else gathered


def warned(frame):
    """The warnings about these rows."""
    what = sent(frame)
    found = comparison.warnings(what, stored(), enrolling(what, stored()))
    return found.sort("row").select("row", "code", "suggestion").rows()


def planned(frame, state):
    """The change set of these rows."""
    what = sent(frame)
    return change_set.plan(what, state, enrolling(what, state))


def found(*lines, rules=ANYTHING, elsewhere=()):
    emails = pl.Series(list(elsewhere), dtype=pl.String)
    errors = comparison.errors(rows(*lines), stored(), emails, rules)
    return errors.sort("row").select("row", "code", "suggestion").rows()


@pytest.mark.parametrize(
    ("cells", "code", "suggestion"),
    [
        ({"schoolId": "1"}, "schoolId.leading_zeros_lost", "001"),
        ({"schoolId": "00B"}, "schoolId.wrong_capitals", "00b"),
        ({"schoolId": "zz"}, "schoolId.not_found", ""),
        ({"userId": "01", "userRole": "teacher"}, "userRole.conflict", "student"),
        ({"userId": "x", "userEmail": "ana@x.example.org"}, "userEmail.already_used", "01"),
        ({"userId": "x", "userDistrictId": "D1"}, "userDistrictId.already_used", "01"),
        ({"userId": "x", "userStateId": "S1"}, "userStateId.already_used", "01"),
        ({"userId": "x", "userEmail": "far@x.example.org"}, "userEmail.already_used_elsewhere", ""),
        ({"userId": "01", "classId": "c2"}, "classId.other_school", "00b"),
        ({"userId": "x", "action": "deactivate"}, "userId.not_found", ""),
        ({"userId": "gone", "action": "deactivate"}, "userId.not_found", ""),
        ({"userId": "x", "classId": "c1", "action": "remove"}, "userId.not_found", ""),
        ({"userId": "01", "classId": "none", "action": "remove"}, "classId.not_found", ""),
        ({"userId": "me", "action": "deactivate"}, "action.self_deactivation", ""),
    ],
)
def test_a_row_gets_the_finding_that_concerns_it(cells, code, suggestion):
    assert (2, code, suggestion) in found(cells, elsewhere=["far@x.example.org"])


def test_rows_that_fit_the_stored_roster_get_no_error():
    ana = {"userId": "01", "userRole": "student", "userEmail": "ana@x.example.org", "classId": "c1"}
    assert found(ana, ana | {"action": "remove"}, {"userId": "t1", "action": "deactivate"}) == []


def test_only_staff_may_be_uploaded_beside_a_third_party():
    rules = comparison.Rules("clever", allow_school_creation=False, uploader="me")
    lines = ({"userId": "n", "userRole": "student"}, {"userId": "t1", "userRole": "teacher"})
    assert found(*lines, rules=rules) == [(2, "userRole.students_not_accepted", "clever")]


def test_a_school_outside_the_scope_may_not_be_changed_and_a_new_one_may_be_created_where_allowed():
    rules = comparison.Rules("batch_upload", allow_school_creation=True, uploader="me", scope=("001", "new"))
    lines = ({"userId": "n", "schoolId": "00b"}, {"userId": "n", "schoolId": "new"})
    assert found(*lines, rules=rules) == [(2, "schoolId.out_of_scope", "")]


def test_warnings_stand_on_the_first_row_of_a_class_and_on_rows_that_would_double_a_person():
    lines = rows(
        {"userId": "1", "userRole": "student"},
        {"userId": "01", "userRole": "student", "classId": "c2", "schoolId": "00b"},
        {"userId": "t1", "classId": "c1", "action": "remove"},
    )
    assert warned(lines) == [
        (2, "userId.leading_zeros_lost", "01"),
        (3, "classId.no_teacher", ""),
        (4, "classId.no_teacher", ""),
    ]


def test_stored_and_new_students_together_may_be_too_many():
    lines = rows(*({"userId": f"n{i}", "userRole": "student", "classId": "c1"} for i in range(80)))
    assert warned(lines) == [(2, "classId.over_recommended_size", "81")]


def test_a_blank_never_erases_and_only_filled_cells_are_compared():
    changes = planned(rows({"userId": "01", "userRole": "student", "userFirstName": "Anna"}), stored())
    lines = change_set.field_changes("person", changes["person"])
    assert lines.select("key", "change", "field", "before", "after", "row").rows() == [
        ("01", "updated", "userFirstName", "Ana", "Anna", 2)
    ]


def test_a_person_who_leaves_leaves_their_classes_too():
    changes = planned(rows({"userId": "t1", "action": "deactivate"}), stored())
    assert changes["person"].select("userId", "change", "active").rows() == [("t1", "removed", "false")]
    assert changes["enrollment"].select("userId", "classId", "change", "row").rows() == [
        ("t1", "c1", "removed", None)
    ]


def test_a_change_over_the_limit_is_held_with_the_reason():
    many = [(f"p{i}", "001", "student") + ("",) * 7 + ("true",) for i in range(20)]
    state = records.no_state() | {"school": stored()["school"], "person": frame("person", *many)}
    leaving_rows = rows(*({"userId": f"p{i}", "action": "deactivate"} for i in range(3)))
    there = pl.DataFrame({"recordType": ["student"], "school": ["001"], "stored": [20]})
    assert held_reasons(planned(leaving_rows, state), there, Limits(), {}) == (
        "3 of 20 student records of the district would be removed (15.0 %; the limit is 10 %).",
        "3 of 20 student records of school 001 would be removed (15.0 %; the limit is 10 %).",
    )
