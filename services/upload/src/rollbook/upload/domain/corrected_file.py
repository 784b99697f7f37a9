"""A stored file with some cells replaced, and every other byte as it was.

The replacements are cut into the bytes as they stream by: nothing is held but those and a chunk at a time.
"""

import codecs
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rollbook.common.dictionary.errors_column import own_columns
from rollbook.common.tabular import Chunk, Encoding, cells_needed, scan_records
from rollbook.common.tabular.encodings import UTF_8_BOM, UTF_16_BOMS, EncodingJudge, to_utf8
from rollbook.common.tabular.records import Records
from rollbook.common.tabular.tokenizer import cell_spans, is_blank, without_line_end
from rollbook.upload.domain.ingest import IngestedFile

_MUST_BE_QUOTED: Final = frozenset(',"\r\n')
_CODECS: Final = {Encoding.UTF_8: "utf-8", Encoding.UTF_16: "utf-8", Encoding.WINDOWS_1252: "cp1252"}
"""How the stored text is read: that of a UTF-16 file is its transcript."""


@dataclass(frozen=True, slots=True)
class RowEdit:
    """New values for cells of a row, by column; or (`line`) for all of its cells in the file's order."""

    row: int
    cells: Mapping[str, str]
    line: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an edit cannot be made."""

    row: int
    column: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Splice:
    """Text to stand in the place of the bytes from `start` up to `end`."""

    start: int
    end: int
    text: str


def planned(
    file: IngestedFile, header_line: Sequence[str], edits: Sequence[RowEdit], read: Callable[[Chunk], bytes]
) -> tuple[list[Splice], list[Fault]]:
    """What to cut into the stored text, in order; and everything that is wrong with the edits, by row."""
    by_row: dict[int, RowEdit] = {}
    faults: list[Fault] = []
    for edit in edits:
        if edit.row in by_row:
            faults.append(Fault(edit.row, None, "row_twice", f"Row {edit.row} is given twice; give it once."))
        by_row[edit.row] = edit
        faults += _unknown(edit, file)
    splices: list[Splice] = []
    own = own_columns(file.columns, header_line)
    for chunk in file.chunks:
        wanted = [row for row in sorted(by_row) if 0 <= row - chunk.first_row < chunk.rows]
        if not wanted:
            continue
        records = scan_records(read(chunk))
        for row in wanted:
            found = _record(records, row - chunk.first_row, by_row[row], file, own)
            if isinstance(found, Fault):
                faults.append(found)
            else:
                splices += (Splice(chunk.offset + a, chunk.offset + b, text) for a, b, text in found)
    return splices, sorted(faults, key=lambda fault: fault.row)


def _unknown(edit: RowEdit, file: IngestedFile) -> Iterator[Fault]:
    if not 2 <= edit.row <= file.rows + 1:
        there = "its only record is row 2" if file.rows == 1 else f"its records are rows 2 to {file.rows + 1}"
        text = f"There is no row {edit.row} in the file; {there}."
        yield Fault(edit.row, None, "unknown_row", text)
    for column in edit.cells:
        if column not in file.columns:
            names = ", ".join(name for name in file.columns if name is not None)
            yield Fault(
                edit.row, column, "unknown_column", f"The file has no column {column}; it has {names}."
            )


def _record(
    records: Records, index: int, edit: RowEdit, file: IngestedFile, own: Sequence[int]
) -> list[tuple[int, int, str]] | Fault:
    """What to cut into the record of an edit, by offsets in its chunk."""
    begin, width = int(records.starts[index]), len(file.columns)
    record = without_line_end(records.data[begin : int(records.ends[index])])
    if edit.line is not None:
        if len(edit.line) not in {width, len(own)}:
            given = "1 was given" if len(edit.line) == 1 else f"{len(edit.line)} were given"
            text = f"Row {edit.row} needs {len(own)} cells, and {given}."
            return Fault(edit.row, None, "wrong_number_of_cells", text)
        line = edit.line
        if len(line) < width:  # without the column of errors
            by_column = dict(zip(own, line, strict=True))
            line = tuple(by_column.get(at, "") for at in range(width))
        return [(begin, begin + len(record), ",".join(map(quoted, line)))]
    spans = [] if index in records.bad else cell_spans(record)
    surplus = record[spans[width][0] :] if len(spans) > width else b""
    if len(spans) < cells_needed(file.columns) or not is_blank(to_utf8(surplus, file.encoding)):
        what = "1 cell" if len(spans) == 1 else f"{len(spans)} cells"
        what = "a bad quote" if index in records.bad else what
        text = f"Row {edit.row} has {what} where the header has {width}; give all of its cells as line."
        return Fault(edit.row, None, "not_by_cells", text)
    places = (
        (file.columns.index(column), cell) for column, cell in edit.cells.items() if column in file.columns
    )
    return [(begin + spans[at][0], begin + spans[at][1], quoted(cell)) for at, cell in sorted(places)]


def quoted(cell: str) -> str:
    """The cell as it is written in a file."""
    return '"' + cell.replace('"', '""') + '"' if _MUST_BE_QUOTED.intersection(cell) else cell


def corrected(
    encoding: Encoding, bom: bytes, splices: Sequence[Splice], blocks: Callable[[], Iterable[bytes]]
) -> Iterator[bytes]:
    """The bytes of the corrected file; `blocks` gives the stored text, `bom` are the file's first two bytes.

    A file in Windows-1252 comes in UTF-8 with a BOM where it could not be read as before.
    """
    if encoding is Encoding.UTF_16:
        yield bom
        yield from _spliced(blocks(), splices, "utf-8", UTF_16_BOMS[bom])
    elif encoding is Encoding.WINDOWS_1252 and not _stays_windows_1252(splices, blocks):
        yield UTF_8_BOM
        yield from _spliced(blocks(), splices, "cp1252", "utf-8")
    else:
        yield from _spliced(blocks(), splices, _CODECS[encoding], _CODECS[encoding])


def _stays_windows_1252(splices: Sequence[Splice], blocks: Callable[[], Iterable[bytes]]) -> bool:
    """Whether the new cells can be written so, and the whole is not taken for UTF-8 without the old ones."""
    try:
        for splice in splices:
            splice.text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    judge, ascii_only = EncodingJudge(), True
    for block in _spliced(blocks(), splices, "cp1252", "cp1252"):
        judge.feed(block)
        ascii_only = ascii_only and block.isascii()
    judge.feed(b"", final=True)
    return ascii_only or judge.encoding is Encoding.WINDOWS_1252


def _spliced(blocks: Iterable[bytes], splices: Iterable[Splice], source: str, target: str) -> Iterator[bytes]:
    """The blocks with the splices in them, from one encoding into another."""
    decoder = codecs.getincrementaldecoder(source)("strict")

    def recoded(part: bytes) -> bytes:
        return part if source == target else decoder.decode(part).encode(target)

    upcoming, passed, kept_from = deque(splices), 0, 0
    for block in blocks:
        end = passed + len(block)
        while upcoming and upcoming[0].start < end:
            splice = upcoming.popleft()
            yield recoded(block[max(kept_from - passed, 0) : splice.start - passed])
            yield splice.text.encode(target)
            kept_from = splice.end
        if kept_from < end:
            yield recoded(block[max(kept_from - passed, 0) :])
            kept_from = end
        passed = end
    for splice in upcoming:  # a blank cell at the very end
        yield splice.text.encode(target)
