"""Some cells of a file replaced: those and no other byte, whatever its encoding, quotes and line ends."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rollbook.common.tabular import Encoding, read_chunk, scan_records
from rollbook.common.tabular.encodings import to_utf8
from rollbook.common.tabular.tokenizer import cells_of, tidy
from rollbook.upload.domain.corrected_file import RowEdit, corrected, planned
from rollbook.upload.domain.ingest import ingest

COLUMNS = ("userId", "cityOfBirth", "homeLanguage")
CELL = st.text(st.sampled_from(list('aé“Ã©,"\n\r ')), max_size=4)
NEW = st.text(st.sampled_from(list('bé“Ã©Ж,"\n\r ')), max_size=4)
LINE_END = st.sampled_from(["\n", "\r\n", "\r"])
ENCODINGS = {"utf-8": b"", "utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe", "cp1252": b""}


@st.composite
def line(draw):
    """A record as written: nearly always of three cells."""
    cells = [
        '"' + cell.replace('"', '""') + '"' if draw(st.booleans()) or set(cell) & set('",\r\n') else cell
        for cell in draw(st.lists(CELL, min_size=3, max_size=3))
    ]
    odd = draw(st.sampled_from([""] * 8 + ["short", "long", "bad", "blank"]))
    whole = ",".join(cells)
    text = {"short": "a", "bad": 'a,"b"c,d', "blank": "", "long": f'{whole}, ,"",'}.get(odd, whole)
    return text + draw(LINE_END)


class File:
    """A file with what is known of it."""

    def __init__(self, data):
        self.data = data
        self.known = ingest([data], kind="demographics")
        if self.known.encoding is Encoding.UTF_16:
            self.stored = data.decode("utf-16").encode()
        else:
            self.stored = data
        chunk = self.known.chunks[0]
        self.header, self.body = self.stored[: chunk.offset], self.stored[chunk.offset :]

    def cells(self):
        """The cells of each row, as every service reads them."""
        read = read_chunk(self.body, columns=self.known.columns, encoding=self.known.encoding, first_row=2)
        return {row: cells for row, *cells in read.frame.iter_rows()}

    def records(self):
        """The bytes of each row, as UTF-8."""
        found = scan_records(to_utf8(self.body, self.known.encoding))
        return [found.data[a:b] for a, b in zip(found.starts, found.ends, strict=True)]

    def with_edits(self, *edits, block=3):
        blocks = [self.stored[at : at + block] for at in range(0, len(self.stored), block)]
        header = cells_of(self.header.removeprefix(b"\xef\xbb\xbf"))
        splices, faults = planned(self.known, header, edits, lambda _: self.body)
        data = b"".join(corrected(self.known.encoding, self.data[:2], splices, lambda: blocks))
        return data, [(fault.row, fault.column, fault.code) for fault in faults]


def encoded(text, encoding):
    return ENCODINGS[encoding] + text.encode(
        {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    )


@given(
    st.lists(line(), min_size=1, max_size=6),
    st.sampled_from(list(ENCODINGS)),
    st.dictionaries(
        st.integers(3, 8), st.dictionaries(st.sampled_from(COLUMNS), NEW, min_size=1), min_size=1
    ),
    st.booleans(),
)
@example(["a,\u00c3\u00a9,\n", "b,\u00e9,\n"], "cp1252", {4: {"cityOfBirth": "e"}}, False)
@example(["a,\u00e9,\n"], "cp1252", {3: {"cityOfBirth": "Ж"}}, False)
@example(["a,b,"], "utf-8", {3: {"homeLanguage": "c,d"}}, True)
def test_the_cells_given_are_replaced_and_every_other_record_keeps_its_bytes(lines, encoding, edits, unended):
    text = ",".join(COLUMNS) + "\nx,x,x\n" + "".join(lines)
    file = File(encoded(text.rstrip("\r\n") if unended else text, encoding))
    before = file.cells()
    edits = {row: cells for row, cells in edits.items() if row in before}
    data, faults = file.with_edits(*(RowEdit(row, cells) for row, cells in edits.items()))
    assert faults == []
    after = File(data)
    expected = {
        row: [tidy(edits.get(row, {}).get(name, cell)) for name, cell in zip(COLUMNS, cells, strict=True)]
        for row, cells in before.items()
    }
    assert after.cells() == {row: cells for row, cells in expected.items() if any(cells)}
    old, new = file.records(), after.records()
    assert [new[at] for at in range(len(old)) if at + 2 not in edits] == [
        record for at, record in enumerate(old) if at + 2 not in edits
    ]
    if not data.isascii() and after.known.encoding is not file.known.encoding:
        assert encoding == "cp1252"
        assert data.startswith(ENCODINGS["utf-8-sig"])
    else:
        assert data.startswith(ENCODINGS[encoding])


FILE = File(b'userId,cityOfBirth,homeLanguage,errors\ns1,"Oak, Hill",en,\ns2,x\ns3,"a"b,,\r\ns4,,,,,\n')


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (RowEdit(1, {"userId": "a"}), "unknown_row"),
        (RowEdit(6, {"userId": "a"}), "unknown_row"),
        (RowEdit(2, {"userID": "a"}), "unknown_column"),
        (RowEdit(2, {"errors": "a"}), "unknown_column"),
        (RowEdit(3, {"userId": "a"}), "not_by_cells"),
        (RowEdit(4, {"userId": "a"}), "not_by_cells"),
        (RowEdit(3, {}, ("a", "b")), "wrong_number_of_cells"),
    ],
)
def test_what_does_not_fit_the_file_is_said(edit, code):
    assert [code for _, _, code in FILE.with_edits(edit)[1]] == [code]


def test_faults_are_told_in_good_english():
    short = File(b"userId,sex\ns1\n")
    edits = [RowEdit(2, {"userId": "a"}), RowEdit(5, {"userId": "a"})]

    def chunk(_):
        return short.body

    assert [one.message for one in planned(short.known, ["userId", "sex"], edits, chunk)[1]] == [
        "Row 2 has 1 cell where the header has 2; give all of its cells as line.",
        "There is no row 5 in the file; its only record is row 2.",
    ]
    line = [RowEdit(2, {}, ("s1",))]
    assert [one.message for one in planned(short.known, ["userId", "sex"], line, chunk)[1]] == [
        "Row 2 needs 2 cells, and 1 was given."
    ]


def test_a_row_that_lacks_only_the_column_of_errors_is_edited_by_its_cells():
    file = File(b"userId,cityOfBirth,errors\ns1,Oak\n")
    data, faults = file.with_edits(RowEdit(2, {"cityOfBirth": "Elm"}))
    assert (faults, data.partition(b"\n")[2]) == ([], b"s1,Elm\n")


def test_all_faults_are_told_at_once_by_row():
    edits = [RowEdit(9, {"userId": "a"}), RowEdit(2, {"x": "a"}), RowEdit(2, {"y": "a"})]
    assert FILE.with_edits(*edits)[1] == [
        (2, "x", "unknown_column"),
        (2, None, "row_twice"),
        (2, "y", "unknown_column"),
        (9, None, "unknown_row"),
    ]


def test_a_row_that_is_no_row_of_cells_is_replaced_as_a_whole():
    lines = [
        RowEdit(3, {}, ("s2", "x, y", "de")),
        RowEdit(4, {}, ("s3", "ab", "", "")),
        RowEdit(5, {"cityOfBirth": "Z"}),
    ]
    data, faults = FILE.with_edits(*lines)
    assert (faults, data.partition(b"\n")[2]) == (
        [],
        b's1,"Oak, Hill",en,\ns2,"x, y",de,\ns3,ab,,\r\ns4,Z,,,,\n',
    )
