"""What the tables of the HTML report show: figures by record type and by school, and bars of shares."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from rollbook.reports.entrypoints.page.figures import FIGURES, LEAST, Line, by_record_type, by_school


def of(kind, school, *counts):
    return {"recordType": kind, "schoolId": school} | dict(zip(FIGURES, counts, strict=True))


SUMMARY = [
    of("student", "", 1, 2, 3, 4, 5),
    of("class", "", 1, 1, 0, 0, 0),
    of("student", "002", 1, 2, 3, 4, 5),
    of("student", "001", 0, 0, 0, 0, 0),
    of("class", "002", 1, 1, 0, 0, 0),
]


def flat(lines):
    return [(line.name, *line.counts.values(), line.total) for line in lines]


def test_the_district_is_shown_by_record_type_and_each_school_with_all_its_records():
    assert flat(by_record_type(SUMMARY)) == [("student", 1, 2, 3, 4, 5, 15), ("class", 1, 1, 0, 0, 0, 2)]
    assert flat(by_school(SUMMARY)) == [("002", 2, 3, 3, 4, 5, 17), ("001", 0, 0, 0, 0, 0, 0)]


def test_a_bar_shows_the_shares_and_a_part_however_small():
    bar = Line("001", dict(zip(FIGURES, (0, 0, 99_997, 0, 3), strict=True))).bar
    assert [(part.figure, part.x, part.width) for part in bar] == [
        ("noChange", 0.0, 97.997),
        ("errors", 97.997, 2.003),
    ]
    assert Line("001", dict.fromkeys(FIGURES, 0)).bar == []


@given(counts=st.lists(st.integers(0, 10_000_000), min_size=5, max_size=5).filter(any))
def test_the_parts_of_a_bar_fill_it_in_their_order(counts):
    bar = Line("001", dict(zip(FIGURES, counts, strict=True))).bar
    assert [part.figure for part in bar] == [
        figure for figure, count in zip(FIGURES, counts, strict=True) if count
    ]
    assert all(part.width >= LEAST for part in bar)
    assert all(abs(one.x + one.width - after.x) < 0.01 for one, after in itertools.pairwise(bar))
    assert abs(bar[-1].x + bar[-1].width - 100) < 0.01
