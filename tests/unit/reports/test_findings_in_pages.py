"""Pages of errors.csv and of the rejected rows, wherever blocks and pages end."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.common.tabular import raw_rows
from rollbook.reports.domain import corrections, csv_files, finding_pages, rejected_rows, stored_csv
from rollbook.reports.domain.finding_pages import Wanted
from rollbook.reports.domain.stored_csv import NoRecord, StoredCsv

TEXT = st.text(st.sampled_from(list("aé=+-@\r\n ,\"'")), max_size=6).map(str.strip)
FINDING = st.tuples(
    st.sampled_from(["userId", "userEmail", "row", "file"]),
    st.sampled_from(["error", "warning"]),
    TEXT.filter(lambda text: not text.startswith("'")),  # those of a defused formula are told by it
)
ROWS = st.lists(st.lists(FINDING, max_size=4), max_size=8)


def stored(data):
    return StoredCsv(lambda start, length: data[start : start + length], len(data))


def findings_of(rows):
    """What is found in each row of a file, row 2 first."""
    return [
        {
            "row": number, "column": column, "code": f"{column}.{severity}", "severity": severity,
            "value": value, "message": f"“{value}”, no", "howToFix": "Mend it.", "relatedRows": "2 3",
            "userId": value, "classId": "",
        }
        for number, row in enumerate(rows, 2)
        for column, severity, value in row
    ]  # fmt: skip


def errors_csv(found):
    frame = pl.DataFrame(
        found, schema={**dict.fromkeys(csv_files.FINDING_COLUMNS, pl.String), "row": pl.UInt32}
    )
    return csv_files.findings_header() + csv_files.findings_lines(frame)


def as_json(found):
    return [one | {"relatedRows": [2, 3]} for one in found]


def all_pages(page, start):
    items, pages = [], 0
    while start is not None:
        found, start = page(start)
        items += found
        pages += 1
        assert pages < 200
    return items


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    for module in (stored_csv, finding_pages, rejected_rows):
        monkeypatch.setattr(module, "FIRST_BYTES", 70)
    for module in (finding_pages, rejected_rows):
        monkeypatch.setattr(module, "MOST_BYTES", 200)


@given(ROWS, st.integers(1, 5))
def test_all_pages_together_are_all_findings(rows, limit):
    found = findings_of(rows)
    file = stored(errors_csv(found))
    assert all_pages(lambda at: finding_pages.page(file, at, Wanted(), limit), 0) == as_json(found)


@given(ROWS, st.integers(1, 3), st.booleans())
def test_a_filter_gives_those_findings_and_no_other(rows, limit, by_value):
    found = findings_of(rows)
    file = stored(errors_csv(found))
    wanted = Wanted(value="=a") if by_value else Wanted(column="userId", severity="error")
    expected = [
        one for one in found
        if (one["value"] == "=a" if by_value else one["code"] == "userId.error")
    ]  # fmt: skip
    pages = all_pages(lambda at: finding_pages.page(file, at, wanted, limit, scanned=150), 0)
    assert pages == as_json(expected)


@given(ROWS, st.integers(1, 3))
def test_each_rejected_record_comes_with_its_own_findings(rows, limit):
    found = findings_of(rows)
    lines = [["=1", f"r{number}", ' "x"', "\r@"][: 1 + number % 4] for number in range(2, len(rows) + 2)]
    data = "".join(",".join('"' + c.replace('"', '""') + '"' for c in line) + "\n" for line in lines).encode()
    frame = pl.DataFrame(
        found, schema={**dict.fromkeys(csv_files.FINDING_COLUMNS, pl.String), "row": pl.UInt32}
    )
    words = corrections.in_words(frame)
    raw = raw_rows(data, width=2, first_row=2, rows=words["row"])
    header = ("userId", " userEmail")
    mended = stored(corrections.header(header, [0, 1]) + corrections.lines(raw, words, [0, 1]))
    errors = stored(errors_csv(found))
    assert rejected_rows.columns(mended) == ["userId", "userEmail"]
    items = all_pages(lambda at: rejected_rows.page(mended, errors, at, limit), (0, 0))
    assert [item["row"] for item in items] == words["row"].to_list()
    for item in items:
        line = lines[item["row"] - 2]
        assert item["cells"] == line + [""] * (2 - len(line))
        assert [(one["column"], one["value"]) for one in item["findings"]] == [
            (one["column"], one["value"]) for one in found if one["row"] == item["row"]
        ]


def test_a_place_within_a_record_or_beyond_the_end_is_none():
    found = findings_of([[("userId", "error", "a\r\nb,c")]] * 3)
    data = errors_csv(found)
    file = stored(data)
    for start in (len(data) + 1, data.index(b"\r\nb") + 2, data.index(b"userId,")):
        with pytest.raises(NoRecord):
            finding_pages.page(file, start, Wanted(), 5)
