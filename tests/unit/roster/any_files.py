"""Hypothesis strategies: small rosters and files about them, with few IDs, so that they meet."""

import polars as pl
from hypothesis import strategies as st

from rollbook.common import rows_file
from rollbook.roster.domain import records as r

COLUMNS = rows_file.schema("users")
PEOPLE = [f"{zeros}u{number}" for number in range(4) for zeros in ("", "0")]
CLASSES = ["c0", "c1", "c2"]
SCHOOLS = ["1", "01", "2"]


@st.composite
def rosters(draw):
    """What is stored of a district: whose names, roles, classes and schools are as it comes."""
    schools = draw(st.lists(st.sampled_from(SCHOOLS), min_size=1, unique=True))
    people = [
        (user, draw(st.sampled_from(schools)), draw(st.sampled_from(["student", "teacher"])),
         draw(st.sampled_from(["", f"D{user}"])), "", draw(st.sampled_from(["Ana", "Ben"])), "", "Li",
         f"{user}@d1.example.org", "07", draw(st.sampled_from(["true", "true", "false"])))
        for user in draw(st.lists(st.sampled_from(PEOPLE), unique=True))
    ]  # fmt: skip
    classes = [
        (class_id, draw(st.sampled_from(schools)), draw(st.sampled_from(["Art", "Maths"])), "", "07")
        for class_id in draw(st.lists(st.sampled_from(CLASSES), unique=True))
    ]
    pairs = [(person[0], class_[0]) for person in people for class_ in classes]
    enrolled = [pair for pair in pairs if draw(st.booleans())]
    return r.no_state() | {
        r.SCHOOL: _frame(r.SCHOOL, [(school, f"School {school}") for school in schools]),
        r.PERSON: _frame(r.PERSON, people),
        r.CLASS: _frame(r.CLASS, classes),
        r.ENROLLMENT: _frame(
            r.ENROLLMENT, [(*pair, draw(st.sampled_from(["", "true"]))) for pair in enrolled]
        ),
    }


@st.composite
def files(draw):
    """The rows of a file as the validator leaves them: a person and class once, some rows rejected."""
    pairs = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["", *CLASSES]))
    lines = [
        _line(draw, row, user, class_id)
        for row, (user, class_id) in enumerate(draw(st.lists(pairs, unique=True, max_size=12)), 2)
    ]
    return pl.DataFrame(lines, schema=COLUMNS)


def _line(draw, row, user, class_id):
    action = draw(st.sampled_from(["add", "add", "", "remove" if class_id else "deactivate"]))
    cells = {
        "action": action,
        "schoolId": draw(st.sampled_from(SCHOOLS)),
        "userId": user,
        "classId": class_id,
    }
    if action != "remove":
        cells |= {
            "userRole": "student" if user < "u2" else "teacher",
            "userFirstName": draw(st.sampled_from(["Ana", "Ben"])),
            "userLastName": "Li",
            "userEmail": draw(st.sampled_from([f"{user}@d1.example.org"] * 4 + ["u1@d1.example.org"])),
            "userDistrictId": draw(st.sampled_from(["", f"D{user}", "Du1"])),
        }
    if action in {"add", ""} and class_id:
        cells |= {"className": "Art", "primaryTeacher": draw(st.sampled_from(["", "true", "false"]))}
    rejected = draw(st.sampled_from([False, False, False, True]))
    if rejected and draw(st.booleans()):
        cells[draw(st.sampled_from(["userId", "schoolId", "userRole", "action"]))] = None
    blank = {name: None if name.startswith("written.") else "" for name in COLUMNS}
    return blank | {"row": row, "rejected": rejected, "broken": False} | cells


def _frame(record, lines):
    return pl.DataFrame(lines, schema=dict.fromkeys(r.SHAPES[record].columns, pl.String), orient="row")
