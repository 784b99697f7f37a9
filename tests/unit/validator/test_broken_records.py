"""Records with the wrong number of cells or a bad quote, and headers that leave columns out."""

from unit.validator.conftest import TODAY

from rollbook.common import rows_file
from rollbook.common.checks.check_records import check_records
from rollbook.common.dictionary import texts
from rollbook.common.tabular import Encoding, read_chunk

HEADER = ("userId", None, "birthDate", None)
CHUNK = b's1,,2012-03-04,\r\ns2,\r\n,,,\r\n=s3,,x,,extra\r\ns4,,x,,\r\n"s5"x,,,\r\n'


def checked():
    cells = read_chunk(CHUNK, columns=HEADER, encoding=Encoding.UTF_8, first_row=2)
    return check_records(cells, header=HEADER, kind="demographics", today=TODAY)


def test_a_broken_record_gets_that_one_finding_and_no_other():
    found = texts.render(checked().findings, "demographics")
    assert found.select("row", "column", "position", "code", "value").rows() == [
        (3, "row", 0, "row.too_few_cells", ""),
        (5, "row", 0, "row.too_many_cells", ""),
        (6, "birthDate", 3, "birthDate.malformed", "x"),
        (7, "row", 0, "row.bad_quote", ""),
    ]


def messages(data, header=("userId", "sex", "birthDate")):
    """What is said of the records, by row."""
    cells = read_chunk(data, columns=header, encoding=Encoding.UTF_8, first_row=2)
    found = check_records(cells, header=header, kind="demographics", today=TODAY).findings
    return dict(texts.render(found, "demographics").select("row", "message").rows())


def test_how_many_cells_a_broken_record_has_is_said_in_good_english():
    assert messages(b"s1\r\ns2,male\r\ns3,male,,x\r\n") == {
        2: "The row has 1 cell, but the header has 3.",
        3: "The row has 2 cells, but the header has 3.",
        4: "The row has 4 cells, but the header has 3.",
    }


def test_cells_of_ignored_columns_may_be_missing_at_the_end_of_a_record():
    header = ("userId", None, "birthDate", None, None)
    assert messages(b"s1,,2012-03-04\r\ns2,,\r\ns3,,,\r\ns4\r\ns5,\r\ns6,,,,,x\r\n", header) == {
        5: "The row has 1 cell, but needs the first 3 of the 5 in the header.",
        6: "The row has 2 cells, but needs the first 3 of the 5 in the header.",
        7: "The row has 6 cells, but the header has 5.",
    }


def test_the_rows_file_has_every_column_and_no_blank_record():
    rows = checked().rows
    assert dict(rows.schema) == rows_file.schema("demographics")
    assert rows.select("row", "userId", "birthDate", "sex", "rejected", "broken").rows() == [
        (2, "s1", "2012-03-04", "", False, False),
        (3, None, None, None, True, True),
        (5, None, None, None, True, True),
        (6, "s4", None, "", True, False),
        (7, None, None, None, True, True),
    ]
    assert rows_file.decode(rows_file.encode(rows)).equals(rows)
    assert rows_file.encode(rows) == rows_file.encode(checked().rows)
