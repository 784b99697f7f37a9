"""The looks that save judging each cell must never let pass what judging it would not."""

import datetime as dt
import unicodedata

import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from rollbook.common.checks import cell_rules
from rollbook.common.checks.check_records import check_records
from rollbook.common.checks.runs import Runs
from rollbook.common.dictionary import DICTIONARY
from rollbook.common.tabular import Encoding, may_hold_controls, read_chunk, scan_records

TODAY = dt.date(2026, 3, 1)
HEADER = ("userRole", "userId", "userFirstName", "userEmail", "userGrade", "classGrade")
COLUMNS = [column for kind in ("users", "demographics") for column in DICTIONARY[kind].columns]
EDGES = "*+,-./09:;<=>?@AZaz[~ñ–"
LINES = st.text(EDGES, max_size=4)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
@pytest.mark.parametrize("one_line", [True, False], ids=["one line each", "not known"])
def test_a_cell_that_looks_plain_is_kept_as_it_is(column, one_line):
    cells = ["", *EDGES, *(first + second for first in EDGES for second in EDGES), "x" * 101, "ñ" * 128]
    cells += [
        "ana@c.org",
        "07",
        "student",
        "true",
        "2020-02-30",
        *column.accepted.split(","),
        column.rejected,
    ]
    frame = pl.DataFrame({"cell": cells}).select(
        "cell",
        plain=cell_rules.plain(column, pl.col("cell"), one_line=one_line),
        kept=cell_rules.kept(column, pl.col("cell"), TODAY),
    )
    looks_plain = frame.filter("plain")
    assert looks_plain["kept"].to_list() == looks_plain["cell"].to_list()
    assert "" in looks_plain["cell"]


@given(
    st.text(
        st.sampled_from('ab,"\r\n\t\x00\x1f\x7f\x80\x85\x9f\xa0ñÂâ’\u2027\u2028\u2029\u202a'), max_size=12
    )
)
@example("a,é\r\nb,’\r\n")
@settings(max_examples=200, deadline=None)
def test_no_control_character_of_a_cell_is_overlooked(text):
    records = scan_records(text.encode())
    assume(not records.open_quote)
    cells = read_chunk(text.encode(), columns=["a", "b"], encoding=Encoding.UTF_8, first_row=2).frame
    held = "".join(cell for name in ("a", "b") for cell in cells[name])
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in held):
        assert may_hold_controls(records)


@pytest.mark.parametrize("text", ["", "a,b\n", "a,b\r\nc,d\r\n", "a\rb\r", 'ñ,"x, “y” – z"\nº,\xa0'])
def test_text_of_single_lines_is_seen_to_be_that(text):
    assert not may_hold_controls(scan_records(text.encode()))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("ab")), max_size=12))
def test_runs_spread_over_their_records_give_the_columns_back(rows):
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")
    runs = Runs.of(frame, ["a", "b"])
    for cells in runs.firsts.get_columns():
        assert runs.spread(cells).to_list() == frame[cells.name].to_list()


def test_runs_are_made_where_cells_repeat_and_only_there():
    frame = pl.DataFrame({"person": [*"aaabbbccc"], "class": [*"abcdefghi"], "school": ["1"] * 9})
    runs = Runs.of(frame, ["person", "class", "school"])
    assert runs.firsts.rows() == [("a", "1"), ("b", "1"), ("c", "1")]
    assert Runs.of(frame, ["class"]).firsts.width == 0


@given(
    st.lists(st.tuples(LINES, LINES, LINES, LINES, st.sampled_from(["07", "7", "7, 8", "x", ""])), max_size=4)
)
@settings(deadline=None)
def test_a_record_that_stands_below_its_equals_gets_what_it_gets_alone(people):
    people = [[cell.replace(",", ";") for cell in cells] + [f'"{grades}"'] for *cells, grades in people]
    lines = [",".join(["student", *cells]) for cells in people]
    alone = [found for line in lines for found in findings([line])]
    together = findings([line for line in lines for _ in range(3)])
    assert together == [found for found in alone for _ in range(3)]


def findings(lines):
    """The findings of each record, without their row."""
    data = "".join(f"{line}\n" for line in lines).encode()
    cells = read_chunk(data, columns=HEADER, encoding=Encoding.UTF_8, first_row=2)
    found = check_records(cells, header=HEADER, kind="users", today=TODAY).findings
    by_row = {
        row: part.drop("row").rows() for (row,), part in found.partition_by("row", as_dict=True).items()
    }
    return [by_row.get(row, []) for row in range(2, 2 + len(lines))]
