"""The bulk reader against a tokenizer that takes one character at a time, on anything a file may hold."""

import unicodedata
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rollbook.common.tabular import ChunkTable, Encoding, raw_rows, read_chunk, scan_records
from rollbook.common.tabular.encodings import EncodingJudge
from rollbook.common.tabular.tokenizer import cells_of
from rollbook.common.tabular.white_space import WHITE_SPACE


@dataclass
class Record:
    cells: list[str] = field(default_factory=lambda: [""])
    end: int = 0
    bad: bool = False


def reference(text: str) -> tuple[list[Record], bool]:  # noqa: C901 - one state machine, whole
    """The records, read one character at a time; whether the text ends inside a quoted cell."""
    records: list[Record] = []
    record, state, at = Record(), "cell start", 0
    while at < len(text):
        c = text[at]
        width = 2 if text[at : at + 2] == "\r\n" else 1
        if state == "quoted":
            if c == '"':
                state = "after quote"
            else:
                record.cells[-1] += c
        elif c in "\r\n":
            at += width
            record.end = at
            records.append(record)
            record, state = Record(), "cell start"
            continue
        elif state == "after quote" and c == '"':
            record.cells[-1] += '"'
            state = "quoted"
        elif state == "bad":
            pass
        elif c == ",":
            record.cells.append("")
            state = "cell start"
        elif state == "after quote":
            record.bad, state = True, "bad"
        elif state == "cell start" and c == '"':
            state = "quoted"
        else:
            record.cells[-1] += c
            state = "unquoted"
        at += 1
    if at > (records[-1].end if records else 0):
        record.end = at
        records.append(record)
    return records, state == "quoted"


def tidy(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.strip(WHITE_SPACE))


texts = st.text(alphabet='ab,,"\r\n é\u0301\u00a0\ufeff', max_size=40) | st.lists(
    st.sampled_from(
        ['"a"', '"', '""', ",", "a", "\n", "\r\n", "\r", " ", '"a""b"', '"a\nb"', '"x,y"', "é", 'a"b']
    ),
    max_size=30,
).map("".join)


def closed(text: str) -> bool:
    return not reference(text)[1]


@given(texts)
@example('a,"b"c,"d\n"e",f\n')
@example('a""b,"c"\n')
@example('"a"\r"b')
@settings(max_examples=600, deadline=None)
def test_records_end_where_the_character_by_character_reading_ends_them(text):
    data = text.encode()
    expected, open_quote = reference(text)
    found = scan_records(data)
    assert found.ends.tolist() == [len(text[: r.end].encode()) for r in expected]
    assert found.open_quote == open_quote
    assert found.bad.tolist() == [at for at, r in enumerate(expected) if r.bad]


@given(texts, st.integers(1, 200))
@settings(deadline=None)
def test_records_are_the_same_in_a_long_buffer_as_in_a_short_one(text, times):
    text = "x" * 61 + "\n" + text
    if reference(text)[1]:
        text += '"'
    text += "\n"
    once = scan_records(text.encode())
    if once.open_quote:
        return
    many = scan_records(text.encode() * times)
    expected = np.concatenate([once.ends + len(text.encode()) * at for at in range(times)])
    assert many.ends.tolist() == expected.tolist()


@given(texts, st.data())
@settings(deadline=None)
def test_a_cut_anywhere_gives_the_complete_records_before_it(text, data):
    encoded = text.encode()
    cut = data.draw(st.integers(0, len(encoded)))
    before = scan_records(encoded[:cut], final=False).ends.tolist()
    whole = scan_records(encoded).ends.tolist()
    assert before == whole[: len(before)]
    assert len([end for end in whole if end < cut]) <= len(before)
    rest = before[-1] if before else 0
    assert before + [rest + end for end in scan_records(encoded[rest:]).ends.tolist()] == whole


@given(texts.filter(closed), st.integers(1, 4), st.integers(0, 2))
@example(",\n", 1, 0)
@example("\n\na\n", 1, 0)
@example('"\n"\n', 1, 0)
@example('\ufeff"a",b\n', 2, 0)
@example("a,b\r\r\n\r\nc,d", 2, 0)
@example("a,b\n,,,\n1,2,3\n1,2, , \n1\n", 2, 0)
@example('a,b\n1\n"1",2\n\n1,2,3\n""\n', 1, 1)
@settings(max_examples=800, deadline=None)
def test_the_chunk_reader_gives_the_cells_of_the_character_by_character_reading(text, own, ignored):
    columns = [*(f"c{at}" for at in range(own)), *[None] * ignored]
    width = own + ignored
    rows, broken = [], []
    for row, record in enumerate(reference(text)[0], 7):
        cells = [tidy(cell) for cell in record.cells]
        if record.bad:
            broken.append((row, "row.bad_quote"))
        elif not any(cells):
            continue
        elif len(cells) < own:
            broken.append((row, "row.too_few_cells"))
        elif any(cells[width:]):
            broken.append((row, "row.too_many_cells"))
        elif any(cells[:width]):
            rows.append((row, *cells[:own]))
    found = read_chunk(text.encode(), columns=columns, encoding=Encoding.UTF_8, first_row=7)
    assert found.frame.rows() == rows
    assert found.frame.schema == {"row": pl.UInt32} | dict.fromkeys(columns[:own], pl.String)
    assert found.broken.select("row", "code").rows() == broken


@given(texts.filter(closed), st.integers(1, 3))
@settings(deadline=None)
def test_raw_rows_are_the_cells_as_uploaded(text, width):
    records = reference(text)[0]
    good = [(row, r.cells) for row, r in enumerate(records, 2) if not r.bad]
    found = raw_rows(
        text.encode(),
        width=width,
        first_row=2,
        rows=[row for row, _ in good] + [999],
    )
    assert found.rows() == [(row, *(cells + [""] * width)[:width], cells[width:]) for row, cells in good]


def test_the_cell_with_text_after_its_quote_is_given_as_written_and_its_neighbours_as_read():
    data = b'1,"Ann "Annie" Lee","x,y"\n'
    found = raw_rows(data, width=3, first_row=2, rows=[2])
    assert found.rows() == [(2, "1", '"Ann "Annie" Lee"', "x,y", [])]


def test_after_text_that_follows_a_closing_quote_the_record_is_unquoted():
    assert cells_of(b'1,"Ann "Annie" Lee","x,y",""\n') == ["1", '"Ann "Annie" Lee"', '"x', 'y"', '""']


def test_what_stands_after_a_closing_quote_is_given_up_to_the_end_of_the_cell():
    data = '"a",1\n"b" Zoë,2\n"c"" ""d" ,3\n"e"f"g,4\n'.encode() + b'"h"' + b"x" * 99
    found = read_chunk(data, columns=["a", "b"], encoding=Encoding.UTF_8, first_row=2)
    assert found.broken.select("row", "stray").rows() == [
        (3, " Zoë"),
        (4, " "),
        (5, 'f"g'),
        (6, "x" * 60),
    ]


def test_a_record_of_one_cell_or_none_is_still_a_list_of_cells():
    assert cells_of(b"") == [""]
    assert cells_of(b",\r\n") == ["", ""]
    assert cells_of(b'"a""b",c') == ['a"b', "c"]


def test_windows_1252_is_read_as_such():
    found = read_chunk(
        b"Jos\xe9,\x80 \xa0\n", columns=["a", "b"], encoding=Encoding.WINDOWS_1252, first_row=2
    )
    assert found.frame.rows() == [(2, "José", "€")]


def test_ignored_columns_do_not_appear_but_a_record_is_blank_only_if_its_cells_there_are_blank_too():
    data = b"1,,x\n,,some error text\n, , \n2,,\n"
    found = read_chunk(data, columns=["a", None, None], encoding=Encoding.UTF_8, first_row=2)
    assert found.frame.rows() == [(2, "1"), (3, ""), (5, "2")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_many_records_with_line_breaks_in_cells_are_read_exactly(line_end):
    """Large enough for Polars to read with several threads."""
    rows = [f'{at},"two{line_end}lines, and ""quotes""",x{at}' for at in range(40_000)]
    data = (line_end.join(rows) + line_end).encode()
    found = read_chunk(data, columns=["a", "b", "c"], encoding=Encoding.UTF_8, first_row=2)
    assert found.frame["row"].to_list() == list(range(2, 40_002))
    assert found.frame["a"].to_list() == [str(at) for at in range(40_000)]
    assert found.frame["b"].unique().to_list() == [f'two{line_end}lines, and "quotes"']


@given(st.lists(st.integers(1, 30), max_size=80), st.integers(1, 60), st.integers(1, 9), st.data())
@settings(deadline=None)
def test_chunks_hold_whole_records_lie_end_to_end_and_keep_their_limits(lengths, max_bytes, max_rows, data):
    ends = np.cumsum(np.array(lengths, np.int64)) + 10
    table = ChunkTable(offset=10, max_bytes=max_bytes, max_rows=max_rows)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(ends)), max_size=4)))
    for part in np.split(ends, cuts):
        table.add(part)
    chunks = table.finish()
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert [chunk.offset for chunk in chunks] == [10, *(c.offset + c.length for c in chunks)][: len(chunks)]
    assert sum(chunk.rows for chunk in chunks) == len(lengths) == table.rows
    first, row = 0, 2
    for chunk in chunks:
        assert chunk.first_row == row
        assert chunk.length == sum(lengths[first : first + chunk.rows])
        assert chunk.rows <= max_rows
        assert chunk.length <= max_bytes or chunk.rows == 1
        first, row = first + chunk.rows, row + chunk.rows


@given(texts.filter(closed), st.integers(1, 3), st.integers(1, 12), st.integers(1, 4))
@settings(deadline=None)
def test_a_file_read_chunk_by_chunk_gives_what_it_gives_as_a_whole(text, width, max_bytes, max_rows):
    data, columns = text.encode(), [f"c{at}" for at in range(width)]
    table = ChunkTable(offset=0, max_bytes=max_bytes, max_rows=max_rows)
    table.add(scan_records(data).ends)
    parts = [
        read_chunk(
            data[chunk.offset : chunk.offset + chunk.length],
            columns=columns,
            encoding=Encoding.UTF_8,
            first_row=chunk.first_row,
        )
        for chunk in table.finish()
    ]
    whole = read_chunk(data, columns=columns, encoding=Encoding.UTF_8, first_row=2)
    assert [row for part in parts for row in part.frame.rows()] == whole.frame.rows()
    assert [row for part in parts for row in part.broken.rows()] == whole.broken.rows()


@given(st.text(max_size=12), st.integers(0, 24))
@settings(deadline=None)
def test_an_encoding_is_judged_the_same_wherever_the_blocks_are_cut(text, cut):
    for data in (
        text.encode("utf-8", "replace"),
        text.encode("cp1252", "replace"),
        text.encode("utf-16-le")[:9],
    ):
        judge = EncodingJudge()
        judge.feed(data[:cut])
        judge.feed(data[cut:], final=True)
        try:
            data.decode()
        except UnicodeDecodeError:
            assert judge.encoding is Encoding.WINDOWS_1252
            try:
                data.decode("cp1252")
            except UnicodeDecodeError:
                assert judge.undecodable_at is not None
            else:
                assert judge.undecodable_at is None
        else:
            assert judge.encoding is Encoding.UTF_8
            assert judge.undecodable_at is None


def test_the_byte_at_fault_is_the_one_where_the_second_reading_fails():
    stray_in_utf8, undefined_in_1252 = "Á".encode() + b"\xe9\n", b"\xe9\n\x81\n"
    for data, expected in ((stray_in_utf8, 2), (undefined_in_1252, 2)):
        judge = EncodingJudge()
        judge.feed(data, final=True)
        assert judge.undecodable_at == expected


def test_ignored_cells_that_a_header_announces_and_no_record_has_are_not_made(monkeypatch):
    """A header of 64 KB can announce 60,000 of them; a chunk would need gigabytes."""
    widths = []
    read_csv = pl.read_csv
    monkeypatch.setattr(pl, "read_csv", lambda *a, **k: widths.append(len(k["schema"])) or read_csv(*a, **k))
    data = b"1,2\n3\n,,x\n4,5" + b"," * 60_000 + b"\n"
    found = read_chunk(data, columns=["a", *[None] * 60_000], encoding=Encoding.UTF_8, first_row=2)
    assert (found.frame.rows(), widths) == ([(2, "1"), (3, "3"), (4, ""), (5, "4")], [2])
    assert found.broken.is_empty()
