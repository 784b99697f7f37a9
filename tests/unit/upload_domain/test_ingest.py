"""Taking in a file: what is stored of it, and why it may be refused."""

import hashlib
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rollbook.common.dictionary import DICTIONARY
from rollbook.common.tabular import Chunk, Encoding, read_chunk
from rollbook.upload.domain import ingest as module
from rollbook.upload.domain.ingest import IngestedFile, Limits, ingest
from rollbook.upload.domain.problem import FileRefused

HEADER = ",".join(column.name for column in DICTIONARY["users"].columns)
WIDTH = HEADER.count(",") + 1
ROW = "add" + "," * (WIDTH - 1)


class KeepingSink:
    def __init__(self):
        self.raw, self.transcript = b"", b""

    def write(self, block):
        self.raw += block

    def write_transcript(self, block):
        self.transcript += block


def file_of(*rows):
    return "\r\n".join([HEADER, *rows, ""])


def refusal_of(data, **more):
    with pytest.raises(FileRefused) as refused:
        ingest([data] if isinstance(data, bytes) else data, kind="users", **more)
    return [(problem.code, problem.row) for problem in refused.value.problems]


def test_a_file_is_hashed_counted_and_cut_into_chunks():
    data = file_of(ROW, "", ROW).encode()
    file = ingest([data], kind="users")
    start = len(HEADER) + 2
    assert file == IngestedFile(
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        encoding=Encoding.UTF_8,
        columns=tuple(HEADER.split(",")),
        rows=3,
        chunks=(Chunk(0, start, len(data) - start, 2, 3),),
        guessed_samples=(),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_the_chunks_hold_the_rows_whatever_the_encoding(encoding):
    bom = "\ufeff" if encoding == "utf-16-be" else ""
    data = (bom + file_of(ROW + "é")).encode(encoding)
    sink = KeepingSink()
    file = ingest([data[at : at + 7] for at in range(0, len(data), 7)], kind="users", sink=sink)
    assert sink.raw == data
    stored = sink.transcript or sink.raw
    chunk = file.chunks[0]
    found = read_chunk(
        stored[chunk.offset : chunk.offset + chunk.length],
        columns=file.columns,
        encoding=file.encoding,
        first_row=chunk.first_row,
    )
    assert found.frame.row(0)[0] == 2
    assert found.frame.row(0)[-1] == "é"
    assert file.guessed_samples == (("é",) if encoding == "cp1252" else ())


def test_up_to_three_different_samples_are_given_of_a_guessed_encoding():
    names = ["Núñez", "Núñez", "Zoë", "Ana", "José", "Ñ"]
    file = ingest([file_of(*(f"{ROW}{name}" for name in names)).encode("cp1252")], kind="users")
    assert file.guessed_samples == ("Núñez", "Zoë", "José")


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (b"", [("file.empty", None)]),
        (b"\xef\xbb\xbf", [("file.empty", None)]),
        (b" \r\n\t\n" * 9, [("file.empty", None)]),
        (" \u00a0\n".encode("utf-16"), [("file.empty", None)]),
        (b"\xa0\n", [("file.empty", None)]),
        (b"PK\x03\x04....xl/workbook.xml", [("file.not_csv", None)]),
        (b"%PDF-1.7", [("file.not_csv", None)]),
        (b"<!DOCTYPE html><table>", [("file.not_csv", None)]),
        (file_of(ROW, "a\0b").encode(), [("file.not_csv", 3)]),
        (HEADER.encode("utf-16-le"), [("file.not_csv", 1)]),
        (file_of(ROW).encode("utf-32"), [("file.not_csv", 1)]),
        (file_of("José", "\x81").encode("latin-1"), [("file.undecodable", 3)]),
        (file_of("Á", "x").encode() + b"\xe9\n", [("file.undecodable", 4)]),
        (file_of(ROW).encode("utf-16") + b"a", [("file.undecodable", 3)]),
        (file_of(ROW, "x").rstrip().encode("utf-16") + b"a", [("file.undecodable", 3)]),
        (HEADER.encode("utf-16") + b"a", [("file.undecodable", 1)]),
        (file_of(ROW, 'a,"b', ROW).encode(), [("file.unclosed_quote", 3)]),
        (('"' + file_of(ROW)).encode(), [("file.unclosed_quote", 1)]),
        (HEADER.encode(), [("file.no_rows", None)]),
        (file_of("", ", ,", '"",'), [("file.no_rows", None)]),
        (b"x" * 100_000, [("file.not_csv", 1)]),
        (b'"' + b"x" * 2_000_000, [("file.unclosed_quote", 1)]),
        (b'"' + b"x\n" * 50_000 + b'"\n', [("file.unclosed_quote", 1)]),
        (file_of(ROW, "x" * 9_500_000), [("file.not_csv", 3)]),
        (file_of(ROW, '"' + "x" * 9_500_000), [("file.unclosed_quote", 3)]),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes | str) else None,
)
def test_a_file_is_refused_with_the_row_where_there_is_one(data, problems):
    assert refusal_of(data.encode() if isinstance(data, str) else data) == problems


def test_utf_16_without_its_mark_is_named_for_what_it_is():
    with pytest.raises(FileRefused) as refused:
        ingest([file_of(ROW).encode("utf-16-le")], kind="users")
    assert "UTF-16" in refused.value.problems[0].message


def test_a_header_at_fault_and_a_quote_that_never_closes_are_both_told():
    data = file_of(ROW, '"').replace("schoolId", "schoolid").encode()
    assert refusal_of(data) == [("header.wrong_case", 1), ("file.unclosed_quote", 3)]


def test_a_first_row_that_is_too_long_for_a_header_is_told_as_such():
    with pytest.raises(FileRefused) as refused:
        ingest([b"x" * 1_000_000 + b",userId\ns1,a\n"], kind="users")
    assert [(p.code, p.row) for p in refused.value.problems] == [("file.not_csv", 1)]
    assert refused.value.problems[0].message == (
        "The file is not a CSV file: row 1 is longer than 65,536 bytes, "
        "where a header has short names of columns."
    )


def test_the_limits_are_inclusive():
    data = file_of(ROW, "", ROW).encode()
    assert ingest([data], kind="users", limits=Limits(len(data), 3)).rows == 3
    assert refusal_of(data, limits=Limits(len(data) - 1, 3)) == [("file.too_large", None)]
    assert refusal_of(data, limits=Limits(len(data), 2)) == [("file.too_many_rows", None)]


def test_nothing_is_read_after_a_refusal():
    def pieces():
        yield b"x,y\n" * 600_000 + b"\0" * 2_000_000
        raise AssertionError("read on")

    assert refusal_of(pieces()) == [("file.not_csv", 600_001)]


def test_a_faulty_header_is_told_with_all_that_is_wrong_though_it_shows_megabytes_below():
    header = HEADER.replace("schoolId", "schoolid") + ","
    rows = [ROW + ","] * 100_000
    data = "\n".join([header, *rows, f"{ROW},x", f'{ROW},"x']).encode()
    assert refusal_of(data + b'"') == [("header.wrong_case", 1), ("header.blank", 1)]
    assert refusal_of(data) == [
        ("header.wrong_case", 1),
        ("header.blank", 1),
        ("file.unclosed_quote", 100_003),
    ]
    assert refusal_of(data.replace(b"\n", b"\n\x81\xff", 90_000)) == [("file.undecodable", 2)]


def test_memory_stays_the_same_however_large_the_file_is():
    def peak(blocks):
        block = (ROW + "é\r\n").encode() * 40_000
        tracemalloc.start()
        ingest([file_of(ROW).encode(), *[block] * blocks], kind="users")
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    assert peak(12) < 1.2 * peak(3)


pieces = st.sampled_from(
    [
        HEADER,
        HEADER.replace("Id", "ID"),
        "\r\n",
        "\n",
        "\r",
        ",",
        '"',
        '"a"',
        "é",
        " ",
        "\0",
        "userId",
        ";",
        ROW,
    ]
)
files = st.binary(max_size=60) | st.lists(
    st.tuples(pieces, st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-16-le"])).map(
        lambda part: part[0].encode(part[1])
    ),
    max_size=12,
).map(b"".join)


@given(st.booleans(), files, st.integers(1, 50), st.integers(1, 40))
@example(False, b"\xff\xfe", 1, 1)
@example(False, b"\xff\xfea", 1, 1)
@example(True, b"\r", 1, 1)
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_taken_in_or_refused_and_the_size_of_the_blocks_does_not_matter(
    with_header, data, size, block
):
    data = (HEADER + "\n").encode() + data if with_header else data

    def outcome(block_bytes):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module.in_blocks, "__defaults__", (block_bytes,))
            try:
                return ingest([data[at : at + size] for at in range(0, len(data), size)], kind="users")
            except FileRefused as refused:
                return sorted({problem.code for problem in refused.problems})

    whole, in_parts = outcome(1 << 20), outcome(block)
    if isinstance(whole, IngestedFile) or isinstance(in_parts, IngestedFile):
        assert whole == in_parts
    if isinstance(whole, IngestedFile):
        assert sum(chunk.rows for chunk in whole.chunks) == whole.rows


def test_chunks_are_told_as_soon_as_they_are_cut_all_but_the_last():
    data, told = (file_of() + "x\n" * 140_000).encode(), []
    file = ingest(
        [data[at : at + 70_000] for at in range(0, len(data), 70_000)],
        kind="users",
        on_chunk=lambda chunk, columns, encoding: told.append((chunk, columns, encoding)),
    )
    assert told == [(chunk, file.columns, file.encoding) for chunk in file.chunks[:-1]]
    assert len(told) == 2


def test_no_chunk_is_told_of_a_file_whose_header_is_at_fault():
    told = []
    with pytest.raises(FileRefused):
        ingest([b"userID\n" + b"x\n" * 140_000], kind="users", on_chunk=lambda *found: told.append(found))
    assert told == []
