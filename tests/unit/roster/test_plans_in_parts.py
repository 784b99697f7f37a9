"""However a file is cut into parts, and however little is looked at: the plan is the same."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.roster.any_files import COLUMNS, files, rosters

from rollbook.roster.domain import change_set, comparison, counting, records
from rollbook.roster.domain.enrolling import enrolling
from rollbook.roster.domain.sent import gather, leaving

RULES = comparison.Rules("batch_upload", allow_school_creation=False, uploader="u0", scope=("1", "01"))
ELSEWHERE = pl.Series(["u3@d1.example.org"])


def planned(parts, state):
    """Change set, warnings and counts."""
    sent = gather(parts)
    going = leaving(sent)
    kept = gather(parts, going) if going.len() else sent
    pairs = enrolling(sent, state)
    changes = change_set.plan(kept, state, pairs)
    people = state["person"].select("userId", "userRole")
    return changes, comparison.warnings(sent, state, pairs), counting.count(sent, changes, people)


@settings(max_examples=25, deadline=None)
@given(files(), rosters(), st.integers(1, 5))
def test_a_file_in_parts_has_the_plan_of_the_whole(file, state, rows_a_part):
    whole = planned([file], state)
    parts = planned(list(file.iter_slices(rows_a_part)), state)
    assert {record: frame.rows() for record, frame in parts[0].items()} == {
        record: frame.rows() for record, frame in whole[0].items()
    }
    assert parts[1].rows() == whole[1].rows()
    assert parts[2].rows() == whole[2].rows()


@settings(max_examples=25, deadline=None)
@given(files(), rosters())
def test_no_row_that_has_an_error_escapes_the_look_at_the_different_lines(file, state):
    accepted = file.filter(~pl.col("rejected")).with_columns(pl.col("action").replace("", "add"))
    every = comparison.errors(accepted, state, ELSEWHERE, RULES)
    in_doubt = comparison.rows_in_doubt(gather([file]), state, ELSEWHERE, RULES)
    looked_at = accepted.clear() if in_doubt is None else accepted.filter(in_doubt)
    assert comparison.errors(looked_at, state, ELSEWHERE, RULES).rows() == every.rows()


def test_what_a_file_adds_of_somebody_who_leaves_is_passed_over_class_and_all():
    rows = pl.DataFrame(
        [
            line(2, action="add", userId="u0", classId="c0", className="Art"),
            line(3, action="deactivate", userId="u0"),
        ],
        schema=COLUMNS,
    )
    stored = {"userId": "u0", "schoolId": "1", "userRole": "student", "active": "true"}
    person = {name: stored.get(name, "") for name in records.SHAPES["person"].columns}
    changes, _, _ = planned([rows], records.no_state() | {"person": pl.DataFrame([person])})
    assert changes["class"].is_empty()
    assert changes["enrollment"].is_empty()
    assert changes["person"].select("userId", "change").rows() == [("u0", "removed")]


def line(row, **cells):
    """An accepted row of school 1."""
    return (
        dict.fromkeys(COLUMNS, "") | {"row": row, "schoolId": "1", "rejected": False, "broken": False} | cells
    )
