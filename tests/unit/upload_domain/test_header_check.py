"""Every problem of a header at once, and a corrected header that has none."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.common.dictionary import DICTIONARY
from rollbook.common.dictionary.refusals import REFUSALS
from rollbook.upload.domain.header import check_header, letter_of
from rollbook.upload.domain.ingest import Limits, ingest
from rollbook.upload.domain.problem import FileRefused, problem
from rollbook.upload.domain.spelling import distance

CORPUS = Path(__file__).parents[2] / "data" / "headers" / "users.txt"
SHORT = [column.name for column in DICTIONARY["users"].columns if column.header != "optional"]


def short(changes=""):
    """The short header with some cells replaced, as written at the head of the corpus."""
    replaced = dict(change.lstrip().split("=") for change in changes.split(",") if "=" in change)
    return ",".join(new for name in SHORT for new in replaced.get(name, name).split("+") if new)


def corpus():
    blocks = re.sub(r"(?m)^#.*\n", "", CORPUS.read_text()).strip("\n").split("\n\n")
    for block in blocks:
        changes, *lines = block.split("\n")
        parts = [[part.strip() for part in line.split("|")] for line in lines]
        problems = [tuple(None if part == "-" else part for part in line) for line in parts]
        yield pytest.param(short(changes), problems, id=changes)


def header_of(cells):
    return check_header([cells], [",".join(cells)], "users")


def refusal_of(data, kind="users"):
    with pytest.raises(FileRefused) as refused:
        ingest([data], kind=kind)
    return refused.value


@pytest.mark.parametrize(("header", "problems"), list(corpus()))
def test_a_header_has_the_problems_of_the_corpus_and_no_other(header, problems):
    data = (header + "\n" + "x,y\n").encode()
    if not problems:
        ingest([data], kind="users")
        return
    refused = refusal_of(data)
    assert [(p.code, p.got, p.expected) for p in refused.problems] == problems
    assert not header_of(refused.corrected_header.split(",")).problems


def flat(refused):
    return [(p.code, p.got, p.expected, p.row) for p in refused.problems]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_named_and_the_header_is_judged_all_the_same(delimiter):
    header = short("userId=userid").replace(",", delimiter)
    refused = refusal_of(f"{header}\n1{delimiter}2\n".encode())
    assert flat(refused) == [
        ("file.wrong_delimiter", delimiter, ",", 1),
        ("header.wrong_case", "userid", "userId", 1),
    ]
    assert refused.corrected_header == short()


def test_cells_of_a_header_split_at_another_delimiter_are_trimmed_and_stand_above_nothing():
    header = short("userId=\ufeff\u00a0userId\u00a0") + ",,"
    refused = refusal_of(f"{header.replace(',', ';')}\n{'x,' * 20}\n".encode())
    assert flat(refused) == [("file.wrong_delimiter", ";", ",", 1)]


def test_a_header_of_a_file_that_turns_out_to_be_windows_1252_is_read_as_such():
    data = f"{short()},préfet\nx\n".encode()
    assert [p.got for p in refusal_of(data).problems] == ["préfet"]
    assert [p.got for p in refusal_of(data + b"\xe9\n").problems] == ["prÃ©fet"]
    assert [p.got for p in refusal_of(data + b'\xe9,"\n').problems] == ["prÃ©fet", None]


def test_a_header_below_a_title_is_pointed_out():
    refused = refusal_of(f"My school\n\n{short()}\n1,2\n".encode())
    assert flat(refused) == [("header.not_first_row", None, None, 3)]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_header_below_a_title_is_found_by_another_delimiter_too(delimiter):
    header = short("userId=userid").replace(",", delimiter)
    refused = refusal_of(f"My school{delimiter}{delimiter}\n{header}\n1{delimiter}2\n".encode())
    assert flat(refused) == [
        ("file.wrong_delimiter", delimiter, ",", 2),
        ("header.not_first_row", None, None, 2),
        ("header.wrong_case", "userid", "userId", 2),
    ]
    assert refused.corrected_header == short()


@pytest.mark.parametrize("line", ["sep={}", "SEP={}", '"sep={}"', "sep={};;;", "sep={},,,"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_line_that_names_the_separator_to_spreadsheets_is_named_above_another_delimiter(delimiter, line):
    refused = refusal_of(
        f"{line.format(delimiter)}\r\nuserId{delimiter}sex\r\ns1;male".encode(), "demographics"
    )
    assert flat(refused) == [
        ("file.wrong_delimiter", delimiter, ",", 2),
        ("header.not_first_row", None, None, 2),
    ]
    assert [p.how_to_fix for p in refused.problems] == [
        "Save the file as “CSV UTF-8 (Comma delimited)”, with commas between columns, and upload that file.",
        "Delete the rows above row 2, so that the header is the first row of the file.",
    ]
    assert refused.problems[1].message == (
        f"Row 1 is “sep={delimiter}”, which only tells a spreadsheet what separates the columns; "
        "the header seems to be row 2."
    )
    assert refused.corrected_header == "userId,sex"


def test_the_line_that_names_the_separator_to_spreadsheets_is_named_above_commas():
    refused = refusal_of(b"sep=,\nuserId,sex\ns1,male\n", "demographics")
    assert flat(refused) == [("header.not_first_row", None, None, 2)]
    assert "“sep=,”" in refused.problems[0].message


def test_a_header_that_stands_in_one_cell_is_told_as_such():
    refused = refusal_of(b'"userId,sex"\n"s1,male"\n', "demographics")
    assert flat(refused) == [
        ("header.extra", "userId,sex", None, 1),
        ("header.missing", None, "userId", 1),
    ]
    assert refused.problems[0].message == (
        "Cell A1 holds several names of columns, “userId,sex”; each needs a cell of its own, and so do the "
        "cells below."
    )
    assert refused.problems[0].how_to_fix == (
        "Select column A in your spreadsheet, split it with Text to Columns at the commas, and save the file "
        "as “CSV UTF-8 (Comma delimited)”."
    )


def test_two_known_names_in_a_later_row_do_not_make_it_the_header():
    codes = {p.code for p in refusal_of(b"My school\nuserId,schoolId\n").problems}
    assert codes == {"header.extra", "header.missing"}


@pytest.mark.parametrize(
    ("header", "kind", "got"),
    [("userId,birthDate,sex", "users", "demographics"), (",".join(SHORT), "demographics", "users")],
)
def test_the_header_of_the_other_file_is_told_as_such(header, kind, got):
    assert flat(refusal_of(f"{header}\n1,2,3\n".encode(), kind)) == [("file.wrong_kind", got, kind, 1)]


def test_a_blank_header_cell_is_ignored_above_blank_cells_and_a_problem_above_a_filled_one():
    row = "1," * (len(SHORT) - 1) + "1"
    file = ingest([f'{short()},, \n{row},"",\u00a0\n{row}\n'.encode()], kind="users")
    assert file.columns == (*SHORT, None, None)
    refused = refusal_of(f"{short('userId=userid')},,\n{row},,\n{row},,x\n".encode())
    assert [(p.code, p.got, p.row) for p in refused.problems] == [
        ("header.wrong_case", "userid", 1),
        ("header.blank", "", 1),
    ]
    assert "row 3" in refused.problems[1].message
    assert refused.corrected_header == short() + ","


def test_the_problems_of_header_cells_are_told_from_left_to_right_and_what_is_missing_last():
    refused = refusal_of(f"phone,,{short('userId=userid,className=')},,fax\n{'x,' * 14}\n".encode())
    assert [(p.code, p.got) for p in refused.problems] == [
        ("header.extra", "phone"),
        ("header.blank", ""),
        ("header.wrong_case", "userid"),
        ("header.blank", ""),
        ("header.extra", "fax"),
        ("header.missing", None),
    ]


def test_what_is_blank_in_utf_8_is_letters_in_a_file_that_turns_out_to_be_windows_1252():
    row = "1," * len(SHORT)
    data = f"{short()},\n{row}\n{row}\u00a0\n".encode()
    assert ingest([data], kind="users").columns[-1] is None
    assert flat(refusal_of(data + b"\xe9\n")) == [("header.blank", "", None, 1)]
    named = data.replace(b",\n", ",\u00a0\n".encode(), 1)
    assert ingest([named], kind="users").columns[-1] is None
    assert flat(refusal_of(named + b"\xe9\n")) == [("header.extra", "Â", None, 1)]


def test_quotes_below_a_blank_header_cell_are_text_where_a_bad_quote_comes_before_them():
    row = "1," * (len(SHORT) - 1) + '1,""'
    assert ingest([f"{short()},\n{row}\n".encode()], kind="users").columns[-1] is None
    refused = refusal_of(f'{short()},\n"1"{row}\n'.encode())
    assert flat(refused) == [("header.blank", "", None, 1)]


def test_columns_are_listed_in_the_order_of_the_file_and_the_errors_column_is_ignored():
    names = [*reversed(SHORT), "errors"]
    assert ingest([(",".join(names) + "\nx\n").encode()], kind="users").columns == (*reversed(SHORT), None)


def test_absent_columns_are_added_before_the_errors_column():
    refused = refusal_of(f"{short('primaryTeacher=')},errors\nx\n".encode())
    assert refused.corrected_header == short() + ",errors"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("", "ab", 2), ("ca", "abc", 2), ("userId", "userId", 0), ("userID", "userId", 1), ("abdc", "abcd", 1)],
)
def test_the_distance_is_the_unrestricted_damerau_levenshtein_distance(one, other, apart):
    assert distance(one, other) == distance(other, one) == apart


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.text("abc", max_size=6))
@settings(deadline=None)
def test_the_distance_is_a_metric(one, two, three):
    assert (distance(one, two) == 0) == (one == two)
    assert distance(one, three) <= distance(one, two) + distance(two, three)


def test_spreadsheet_letters_go_on_after_z():
    assert [letter_of(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


anything = st.sampled_from([*SHORT, "", "errors", "userid", "phone", "school_id", "classID"])


@given(st.lists(anything, max_size=16))
@settings(deadline=None)
def test_a_corrected_header_has_no_problems(cells):
    header = header_of(cells or [""])
    if not any(p.code == "file.wrong_kind" for p in header.problems):
        corrected = header.corrected_line({})
        assert header_of(corrected.split(",")).problems == ()


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_says_what_is_wrong_and_what_to_do(code):
    details = dict.fromkeys(("reason", "delimiter", "what", "kind", "letter", "filled_row"), "detail")
    found = problem(code, column="a", got="b", expected="c", row=1, **details)
    assert found.message.endswith(".")
    assert found.how_to_fix.endswith(".")
    assert "{" not in found.message + found.how_to_fix


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_the_examples_of_a_refusal_are_judged_as_the_dictionary_says(refusal):
    rejected = refusal.rejected.encode("latin-1")
    limits = {
        "file.too_large": Limits(max_bytes=len(rejected) - 1),
        "file.too_many_rows": Limits(max_rows=rejected.count(b"\n") - 2),
    }.get(refusal.code)
    ingest([refusal.accepted.encode()], kind="demographics", limits=limits)
    with pytest.raises(FileRefused) as refused:
        ingest([rejected], kind="demographics", limits=limits)
    assert [one.code for one in refused.value.problems] == [refusal.code]
