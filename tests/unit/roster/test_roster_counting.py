"""Every record that a file names is counted exactly once."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.roster.domain import counting
from rollbook.roster.domain.sent import COLUMNS, gather

CELLS = (
    "action",
    "schoolId",
    "userRole",
    "userId",
    "userGrade",
    "classId",
    "className",
    "classDisplayName",
    "classGrade",
    "primaryTeacher",
)
SCHEMA = {
    "row": pl.UInt32,
    **dict.fromkeys(CELLS, pl.String),
    "rejected": pl.Boolean,
    "broken": pl.Boolean,
}
NOBODY = pl.DataFrame(schema={"userId": pl.String, "userRole": pl.String})
NO_CHANGES = {
    "school": pl.DataFrame(
        schema={"schoolId": pl.String, "recordType": pl.String, "change": pl.String, "row": pl.UInt32}
    )
}


def counted(*lines, changes=NO_CHANGES):
    """The figures that are not all zero, by record type and school."""
    rows = pl.DataFrame([(number, *line) for number, line in enumerate(lines, 2)], SCHEMA, orient="row")
    found = counting.count(sent_by(rows), changes, NOBODY)
    return {line[:2]: line[2:] for line in found.rows() if any(line[2:])}


def sent_by(rows):
    """What a file of these rows sends; cells that no count depends on are blank."""
    blank = [pl.lit("").alias(name) for name in COLUMNS if name not in SCHEMA]
    return gather([rows.with_columns(blank)])


def line(text, *, rejected=False, broken=False):
    """One row: action, schoolId, userRole, userId, userGrade, classId, className; ? is a faulty cell."""
    cells = [None if cell.strip() == "?" else cell.strip() for cell in text.split(",")]
    return (*cells, "", "", "", rejected, broken)


def test_an_accepted_row_names_its_school_person_class_and_enrollment():
    assert counted(line("add, 01, student, s1, 07, c1, Art")) == {
        (kind, school): (0, 0, 1, 0, 0)
        for school in ("", "01")
        for kind in ("school", "student", "class", "enrollment")
    }


def test_one_accepted_row_is_enough_for_a_record_that_others_have_wrong():
    found = counted(
        line("add, 01, student, s1, 07, c1, Art", rejected=True), line("add, 01, student, s1, 07, , ")
    )
    assert found["student", ""] == (0, 0, 1, 0, 0)
    assert found["class", ""] == found["enrollment", ""] == (0, 0, 0, 0, 1)


def test_each_faulty_id_of_a_rejected_row_is_a_record_of_its_own():
    found = counted(
        line("add, 01, student, ?, 07, ?, Art", rejected=True),
        line("add, , teacher, , , , ", rejected=True),
    )
    assert found == {
        ("school", ""): (0, 0, 0, 0, 2),
        ("staff", ""): (0, 0, 0, 0, 1),
        ("student", ""): (0, 0, 0, 0, 1),
        ("class", ""): (0, 0, 0, 0, 1),
        ("enrollment", ""): (0, 0, 0, 0, 1),
        ("school", "01"): (0, 0, 0, 0, 1),
        ("student", "01"): (0, 0, 0, 0, 1),
        ("class", "01"): (0, 0, 0, 0, 1),
        ("enrollment", "01"): (0, 0, 0, 0, 1),
    }


def test_a_broken_row_is_one_enrollment_of_the_district():
    broken = line("?, ?, ?, ?, ?, ?, ?", rejected=True, broken=True)
    assert counted(broken, broken) == {("enrollment", ""): (0, 0, 0, 0, 2)}


def test_removing_names_the_enrollment_only_and_deactivating_the_person_only():
    found = counted(line("remove, 01, , s1, , c1, "), line("deactivate, 01, student, s2, , , "))
    assert {kind for kind, _ in found} == {"enrollment", "student"}


def test_a_person_without_usable_role_is_a_student_if_a_grade_is_filled():
    found = counted(line("add, 01, ?, a, 07, , ", rejected=True), line("add, 01, ?, b, , , ", rejected=True))
    assert (found["student", ""], found["staff", ""]) == ((0, 0, 0, 0, 1), (0, 0, 0, 0, 1))


def test_a_record_belongs_to_the_school_of_the_first_row_that_carries_it():
    found = counted(line("add, 02, student, s1, 07, , "), line("add, 01, student, s1, 07, , "))
    assert ("student", "01") not in found
    assert found["student", "02"] == (0, 0, 1, 0, 0)


def test_the_lines_are_the_district_and_then_every_school_in_order():
    rows = pl.DataFrame([(2, *line("add, 9, student, a, 07, , ")), (3, *line("add, 10, student, b, 07, , "))],
                        SCHEMA, orient="row")  # fmt: skip
    found = counting.count(sent_by(rows), NO_CHANGES, NOBODY)
    assert found.select("schoolId", "recordType").rows() == [
        (school, kind) for school in ("", "10", "9") for kind in counting.TYPES
    ]


def is_sound(row):
    """Whether a row may be accepted: no faulty cell, and the IDs that it must have."""
    action, school, _, user, _, class_id, *about_class = row[:10]
    needs_class = action == "remove" or any(about_class)
    return None not in row and bool(school and user and (class_id or not needs_class))


IDS = st.sampled_from(["a", "b", "", None])
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "deactivate", None]),
        st.sampled_from(["01", "02", "", None]),
        st.sampled_from(["student", "teacher", "", None]),
        IDS,
        st.sampled_from(["07", "", None]),
        IDS,
        st.sampled_from(["Art", "", None]),
        st.just(""),
        st.just(""),
        st.sampled_from(["", "true", None]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_counting_by_sets_gives_what_counting_row_by_row_gives(drawn):
    lines = [
        (*[None] * 10, True, True) if row[-1] else row if is_sound(row) else (*row[:10], True, False)
        for row in drawn
    ]
    expected = by_hand(lines)
    assert counted(*lines) == expected


def by_hand(lines):
    """The rule of the interfaces, in plain Python: nothing is changed, so a record is noChange or errors."""
    types = types_by_hand(lines)
    carried, first_school = {}, {}
    for number, row in enumerate(lines, 2):
        for record in named_by_hand(number, row, types):
            carried[record] = carried.get(record, False) or not row[-2]
            first_school.setdefault(record, row[1] or "")
    figures = {}
    for record, accepted in carried.items():
        for school in {"", first_school[record]}:
            place = 2 if accepted else 4
            figures.setdefault((record[0], school), [0] * 5)[place] += 1
    return {key: tuple(value) for key, value in figures.items()}


def types_by_hand(lines):
    """Staff or student, by userId or, where it is unusable, by the row's number."""
    roles, graded = {}, set()
    for number, row in enumerate(lines, 2):
        _, _, role, user, grade, *_ = row
        if not row[-1] and row[0] != "remove":
            key = user or number
            roles[key] = roles.get(key) or role or None
            graded |= {key} if grade != "" else set()
    return {
        key: "student" if role == "student" or (role is None and key in graded) else "staff"
        for key, role in roles.items()
    }


def named_by_hand(number, row, types):
    """The records that one row names."""
    action, school, _, user, _, class_id = row[:6]
    if row[-1]:
        return [("enrollment", number)]
    pair = ("enrollment", (user, class_id) if user and class_id else number)
    if action == "remove":
        return [pair]
    person = (types[user or number], user or number)
    if action == "deactivate":
        return [person]
    in_class = any(cell != "" for cell in row[5:10])
    return [
        ("school", school or number),
        person,
        *([("class", class_id or number), pair] if in_class else []),
    ]


def test_a_change_decides_the_figure_of_its_record():
    changes = {
        "person": pl.DataFrame(
            {"userId": ["s1"], "recordType": ["student"], "change": ["updated"], "row": [2]}
        )
    }
    assert counted(line("add, 01, student, s1, 07, , "), changes=changes)["student", "01"] == (0, 1, 0, 0, 0)
