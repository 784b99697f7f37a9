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
    assert found["message"][0] == "The row has 2 cells, but the header has 4."


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
