"""Findings by cause, and what became of those of an earlier attempt."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.reports.upload_story import frame

from rollbook.reports.domain.progress import Progress, fingerprints, progress
from rollbook.reports.domain.tally import Tally

NOT_FOUND, PUPIL = "schoolId.not_found", "userRole.unknown_value"


def grouped(found, part_rows=3, **options):
    tally = Tally("users", **options)
    for part in frame(found).iter_slices(part_rows):
        tally.add(part)
    return tally.groups()


def test_a_cause_names_its_column_its_first_rows_its_fix_and_its_commonest_values():
    found = [(row, NOT_FOUND, "123" if row % 3 else "77") for row in range(2, 20)]
    found += [(row, PUPIL, "pupil") for row in range(30, 33)]
    first, second = grouped(found)
    assert (first["code"], first["column"], first["severity"]) == (NOT_FOUND, "schoolId", "error")
    assert (first["count"], first["firstRows"], second["count"]) == (18, [2, 3, 4, 5, 6], 3)
    assert first["values"] == [
        {"value": "123", "count": 12, "firstRow": 2},
        {"value": "77", "count": 6, "firstRow": 3},
    ]
    assert first["howToFix"]


FOUND = st.lists(st.tuples(st.sampled_from([NOT_FOUND, PUPIL]), st.sampled_from("abcdefgh")), max_size=40)


@given(FOUND, st.integers(1, 50))
@settings(max_examples=40, deadline=None)
def test_the_commonest_values_are_counted_alike_whatever_the_parts(found, part_rows):
    rows = [(row, code, value) for row, (code, value) in enumerate(found, 2)]
    groups = grouped(rows, part_rows)
    for group in groups:
        mine = Counter(value for _, code, value in rows if code == group["code"])
        first = {value: row for row, code, value in reversed(rows) if code == group["code"]}
        ranked = sorted(mine.items(), key=lambda one: (-one[1], first[one[0]]))[:5]
        assert [(one["value"], one["count"], one["firstRow"]) for one in group["values"]] == [
            (value, count, first[value]) for value, count in ranked
        ]
    assert sum(group["count"] for group in groups) == len(rows)


def test_where_values_are_too_many_the_commonest_is_kept_as_a_lower_bound():
    values = ["often", *(f"once{number}" for number in range(50)), "often", "often"]
    (group,) = grouped([(row, PUPIL, value) for row, value in enumerate(values, 2)], 10, max_values=20)
    assert group["values"][0] == {"value": "often", "count": 3, "firstRow": 2, "atLeast": True}
    assert group["count"] == 53


def of_people(*errors):
    rows = pl.DataFrame(
        [(row, code, user, value) for row, (code, user, value) in enumerate(errors, 2)],
        schema=["row", "code", "userId", "value"], orient="row",
    )  # fmt: skip
    return fingerprints(
        frame([(row, code, value) for row, code, _, value in rows.rows()]).with_columns(userId=rows["userId"])
        if errors
        else frame([(9, "userId.resembles_ssn", "a warning")])
    )


def test_an_error_is_known_again_by_its_person_though_its_row_and_value_have_changed():
    earlier = [of_people((NOT_FOUND, "s1", "1"), (NOT_FOUND, "s2", "1")), of_people((PUPIL, "s3", "x"))]
    now = [of_people(), of_people((PUPIL, "s9", "x"), (NOT_FOUND, "s2", "2"))]
    assert progress(earlier, now) == Progress(earlier=3, fixed=2, remaining=1, new=1)


def test_errors_of_records_that_name_nobody_are_counted_by_their_value():
    short = ("row.too_few_cells", "", "")
    assert progress([of_people(short, short, short)], [of_people(short)]) == Progress(3, 2, 1, 0)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Progress(45, 42, 3, 0), "42 of 45 earlier errors are fixed; 3 remain, 0 are new."),
        (Progress(1, 0, 1, 1), "0 of 1 earlier error is fixed; 1 remains, 1 is new."),
        (Progress(0, 0, 0, 2), "The earlier file had no error; 2 are new."),
    ],
)
def test_progress_is_told_in_a_sentence(found, text):
    assert found.in_words() == text
