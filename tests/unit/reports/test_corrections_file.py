"""corrections.csv comes back as it went: no value is altered, and no cell runs in a spreadsheet."""

import csv
import io

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from rollbook.common.dictionary.errors_column import own_columns
from rollbook.common.report_csv import STARTS_A_FORMULA
from rollbook.common.tabular import Encoding, raw_rows, read_chunk
from rollbook.reports.domain import corrections

CELLS = st.text(st.sampled_from(list("aé=+-@\t\r\n ,\"'0e\u0301")), max_size=6)
RECORD = st.lists(CELLS, min_size=3, max_size=3).filter(lambda cells: any(cell.strip() for cell in cells))
COLUMNS = ["userId", "userFirstName", "userLastName"]


def to_bytes(records):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(records)
    return out.getvalue().encode()


def read(data, columns):
    return read_chunk(data, columns=columns, encoding=Encoding.UTF_8, first_row=2).frame


def written(data, width=3, columns=(0, 1, 2)):
    raw = raw_rows(data, width=width, first_row=2, rows=list(range(2, 12)))
    words = pl.DataFrame({"row": raw["row"], "errors": ["Mend, it."] * raw.height})
    return corrections.lines(raw, words, columns)


@given(st.lists(RECORD, min_size=1, max_size=5))
@example([["=1+1", "\t=2", '"'], ["\r@x", "-1", " =1"]])
def test_reading_the_file_again_gives_the_same_values(records):
    data = to_bytes(records)
    again = written(data)
    assert read(again, [*COLUMNS, None]).rows() == read(data, COLUMNS).rows()
    cells = [cell for row in csv.reader(io.StringIO(again.decode(), newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(STARTS_A_FORMULA)] == []


def test_the_errors_of_an_earlier_corrections_file_are_replaced():
    line = ("userId", "errors", "")
    columns = own_columns(("userId", None, None), line)
    assert corrections.header(line, columns) == "\ufeffuserId,,errors\r\n".encode()
    assert written(b"a,old words,\r\n", 3, columns) == b'a,,"Mend, it."\r\n'


def test_surplus_cells_stand_after_the_errors_and_short_records_are_filled_up():
    assert written(b"a,b,c,=d,e\r\nf\r\n") == b'a,b,c,"Mend, it.", =d,e\r\nf,,,"Mend, it."\r\n'
