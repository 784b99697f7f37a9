"""Taking in a file in one pass: hash, encoding, header, records and chunks, in constant memory."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol

import numpy as np

from rollbook.common.tabular import Chunk, ChunkTable, Encoding, scan_records
from rollbook.common.tabular.bits import bits_outside_ascii, count_before
from rollbook.common.tabular.encodings import as_text
from rollbook.common.tabular.records import Records
from rollbook.common.tabular.tokenizer import cells_of, is_blank, tidy
from rollbook.common.tabular.white_space import WHITE_SPACE
from rollbook.upload.domain.blank_columns import BlankColumns
from rollbook.upload.domain.fingerprint import Fingerprint
from rollbook.upload.domain.header import ROWS_SEARCHED, Header, check_header, holds_known_name
from rollbook.upload.domain.problem import FileRefused, Problem, problem
from rollbook.upload.domain.signatures import kind_by_signature, looks_like_utf_16
from rollbook.upload.domain.text_source import TextSource, in_blocks

MAX_HEADER_BYTES: Final = 64 * 1024
MAX_RECORD_BYTES: Final = 8 * 1024 * 1024
"""A longer record is a quotation mark gone astray; the limit keeps memory constant, here and in a chunk."""

SAMPLES: Final = 3
SAMPLE_CHARACTERS: Final = 100

_CERTAINLY_TEXT: Final = re.compile(rb'[^\t\n\v\f\r ,"\x80-\xff]')


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be; `max_rows` counts the records below the header, blank ones included."""

    max_bytes: int = 1024**3
    max_rows: int = 10_000_000


OnChunk = Callable[[Chunk, tuple[str | None, ...], Encoding], None]
"""Takes a chunk, with the columns and the encoding of the file as far as they are known by now: both may turn
out to be others, and the file may still be refused."""


class Sink(Protocol):
    """Where the bytes go while they are looked at.  After a refusal, drop what was written."""

    def write(self, block: bytes) -> None:
        """Take the next bytes of the file as uploaded."""

    def write_transcript(self, block: bytes) -> None:
        """Take the next bytes of the UTF-8 transcript; called for a UTF-16 file only."""


@dataclass(frozen=True, slots=True)
class IngestedFile:
    """A file whose header is in order.

    `columns`: the column of each header cell in file order, None for an ignored one.  `rows`: records below
    the header, blank ones included.  `chunks` lie in the stored file, or in its UTF-8 transcript where
    `encoding` is UTF-16.  `guessed_samples`: where the encoding is Windows-1252 because nothing else fits, up
    to three different cells that hold a character outside ASCII.
    """

    sha256: str
    size_bytes: int
    encoding: Encoding
    columns: tuple[str | None, ...]
    rows: int
    chunks: tuple[Chunk, ...]
    guessed_samples: tuple[str, ...]


def ingest(
    pieces: Iterable[bytes],
    *,
    kind: str,
    limits: Limits | None = None,
    sink: Sink | None = None,
    fingerprint: Fingerprint | None = None,
    on_chunk: OnChunk | None = None,
) -> IngestedFile:
    """Take in a file of this kind ("users" or "demographics") from its bytes, in pieces of any size.

    `on_chunk` is told of chunks as soon as they are cut, all but the last.

    Raises FileRefused: for a file that is no text or is too large as soon as that is known, so that the rest
    of `pieces` is not read and a `fingerprint` given is that of what was; for the header at the end of the
    file, with all of its problems, since a column without a name is one only if a cell below it is filled.
    """
    taking = _Ingest(kind, limits or Limits(), sink, fingerprint or Fingerprint())
    return taking.run(pieces, on_chunk or (lambda *_: None))


class _Ingest:
    def __init__(self, kind: str, limits: Limits, sink: Sink | None, fingerprint: Fingerprint) -> None:
        self.kind, self.limits, self.sink, self.fingerprint = kind, limits, sink, fingerprint
        self.source = TextSource()
        self.size = 0  # of the blocks looked at; the fingerprint is ahead of it
        self.tail = b""  # the beginning of a record that the text so far does not end
        self.passed = 0  # bytes of text before the tail
        self.records = 0
        self.first_records: list[bytes] = []
        self.only_white_space = True
        self.header: Header | None = None
        self.blank_columns = BlankColumns([])
        self.held_back: list[tuple[Records, int]] = []
        self.table: ChunkTable | None = None
        self.has_rows = False
        self.samples: list[str] = []

    def run(self, pieces: Iterable[bytes], on_chunk: OnChunk) -> IngestedFile:
        told = 0
        for block, final in in_blocks(self.fingerprint.over(pieces)):
            self._take(block)
            text = self.source.feed(block, final=final)
            if self.source.encoding is Encoding.UTF_16 and self.sink is not None:
                self.sink.write_transcript(text)
            self._read(text, final=final)
            if self.table is not None and self.header is not None and not self.header.problems:
                for chunk in self.table.chunks[told:]:
                    on_chunk(chunk, self.header.columns, self.source.encoding)
                told = len(self.table.chunks)
        return self._finished()

    def _take(self, block: bytes) -> None:
        self.size += len(block)
        if self.size > self.limits.max_bytes:
            self._refuse(problem("file.too_large", expected=f"{self.limits.max_bytes:,}"))
        what = None if self.source.begun else kind_by_signature(block)
        if what:
            self._refuse(problem("file.not_csv", got=what, reason=f"it is {what}"))
        if self.sink is not None:
            self.sink.write(block)

    def _read(self, text: bytes, *, final: bool) -> None:
        """Find the records that the text ends, and look at them."""
        buffer = self.tail + text
        records = scan_records(buffer, final=final)
        self._refuse_unreadable(text, records)
        if self.only_white_space:
            self.only_white_space = not as_text(text).strip(WHITE_SPACE)
        if final and records.open_quote:
            complete = scan_records(buffer, final=False)
            self._look(complete, final=True)
            self._refuse(problem("file.unclosed_quote", row=self.records + len(complete.ends) + 1))
        end = int(records.ends[-1]) if len(records.ends) else 0
        self._look(records, final=final)
        self.records += len(records.ends)
        self.passed += end
        self.tail = buffer[end:]
        limit = MAX_RECORD_BYTES if self.records or self.only_white_space else MAX_HEADER_BYTES
        if len(self.tail) > limit:
            self._refuse_endless(quoted=records.open_quote, row=self.records + 1)
        if self.records - 1 > self.limits.max_rows:
            self._refuse(problem("file.too_many_rows", expected=f"{self.limits.max_rows:,}"))

    def _refuse_unreadable(self, text: bytes, records: Records) -> None:
        """Refuse a file that is no text, for whichever comes first; no header can be judged in it."""
        nul, at = text.find(0), self.source.undecodable_at
        at = None if at is None else max(at - self.passed, 0)
        if nul >= 0 and (at is None or len(self.tail) + nul < at):
            row = self._row(records, len(self.tail) + nul)
            reason = f"row {row} holds a NUL character"
            if looks_like_utf_16(text):
                reason = "it looks like text in UTF-16 (“Unicode”) without the mark that says so"
            raise FileRefused([problem("file.not_csv", row=row, reason=reason)])
        if at is not None:
            encodings = "UTF-16" if self.source.encoding is Encoding.UTF_16 else "UTF-8 or Windows-1252"
            # What cannot be read stands after the text like a character: within a record that is not ended.
            row = self._row(scan_records(records.data + b"?"), at)
            raise FileRefused([problem("file.undecodable", expected=encodings, row=row)])

    def _row(self, records: Records, offset: int) -> int:
        return self.records + records.index_at(offset) + 1

    def _refuse_endless(self, *, quoted: bool, row: int) -> NoReturn:
        if quoted:
            self._refuse(problem("file.unclosed_quote", row=row))
        too_long = f"row {row} is too long to be a row of a table"
        if row == 1:
            too_long = (
                f"row 1 is longer than {MAX_HEADER_BYTES:,} bytes, where a header has short names of columns"
            )
        self._refuse(problem("file.not_csv", row=row, reason=too_long))

    def _look(self, records: Records, *, final: bool) -> None:
        if len(records.ends):
            self._add_to_table(records)
            self._collect_samples(records)
            self._collect_first(records)
        if self.only_white_space:
            return
        first_row = self.records + 1
        if self.header is None:
            self.held_back.append((records, first_row))
            self._judge_header(final=final)
        elif len(records.ends):
            self._look_below_header(records, first_row)

    def _add_to_table(self, records: Records) -> None:
        ends = records.ends + self.passed + self.source.bom_bytes
        if self.table is None:
            header = records.data[: records.ends[0]].rstrip(b"\r\n")
            if len(header) > MAX_HEADER_BYTES:
                self._refuse_endless(quoted=b"\n" in header or b"\r" in header, row=1)
            self.table = ChunkTable(offset=int(ends[0]))
            ends = ends[1:]
        self.table.add(ends)

    def _collect_first(self, records: Records) -> None:
        missing = ROWS_SEARCHED - len(self.first_records)
        for start, end in zip(records.starts[:missing], records.ends[:missing], strict=True):
            self.first_records.append(records.data[start : min(end, start + MAX_HEADER_BYTES)])

    def _judge_header(self, *, final: bool) -> None:
        """Judge the header as soon as enough rows are there, then what was held back below it."""
        if not self.first_records:
            return
        rows = [_tidy_cells(record) for record in self.first_records]
        if not (final or len(rows) == ROWS_SEARCHED or holds_known_name(rows[0])):
            return
        self.header = check_header(rows, [as_text(record) for record in self.first_records], self.kind)
        self.blank_columns = BlankColumns(list(self.header.blank))
        for records, first_row in self.held_back:
            if len(records.ends):
                self._look_below_header(records, first_row)
        self.held_back.clear()

    def _settle_encoding(self) -> None:
        """Read what looked like letters of UTF-8 as what they are in a file that is not UTF-8."""
        if self.source.encoding is not Encoding.WINDOWS_1252:
            return
        self.blank_columns.read_as_windows_1252()
        first = [record.decode("cp1252").encode() for record in self.first_records]
        if first != self.first_records:
            rows = [_tidy_cells(record) for record in first]
            self.header = check_header(rows, [as_text(record) for record in first], self.kind)
            self.blank_columns.keep(self.header.blank)

    def _look_below_header(self, records: Records, first_row: int) -> None:
        below = 1 if first_row == 1 else 0
        if not self.has_rows:
            self.has_rows = _any_text(records, below)
        if below:
            begin = int(records.ends[0])
            records, first_row = scan_records(records.data[begin : int(records.ends[-1])]), 2
        self.blank_columns.look(records, first_row)

    def _collect_samples(self, records: Records) -> None:
        """Keep cells with a byte outside ASCII: they are wanted if the file turns out not to be UTF-8."""
        if len(self.samples) >= SAMPLES or self.source.encoding is Encoding.UTF_16 or records.data.isascii():
            return
        starts = records.starts
        foreign = count_before(bits_outside_ascii(records.array), records.ends)
        for at in np.flatnonzero(np.diff(foreign, prepend=0))[: 4 * SAMPLES]:
            record = records.data[starts[at] : records.ends[at]].decode("cp1252", "replace").encode()
            for cell in _tidy_cells(record):
                sample = cell[:SAMPLE_CHARACTERS]
                if not sample.isascii() and sample not in self.samples and len(self.samples) < SAMPLES:
                    self.samples.append(sample)

    def _finished(self) -> IngestedFile:
        if self.only_white_space:
            self._refuse(problem("file.empty"))
        if self.header is None or self.table is None:
            raise RuntimeError("the header of a file with text in it was not judged")
        self._settle_encoding()
        if self.header.problems or self.blank_columns.filled:
            self._refuse()
        if not self.has_rows:
            self._refuse(problem("file.no_rows"))
        chunks = self.table.finish()
        guessed = self.source.encoding is Encoding.WINDOWS_1252
        return IngestedFile(
            sha256=self.fingerprint.sha256,
            size_bytes=self.fingerprint.size_bytes,
            encoding=self.source.encoding,
            columns=self.header.columns,
            rows=self.table.rows,
            chunks=chunks,
            guessed_samples=tuple(self.samples) if guessed else (),
        )

    def _refuse(self, *more: Problem) -> NoReturn:
        """Refuse the file for what is wrong with its header by now, and for more."""
        if self.header is None:
            raise FileRefused(more)
        self._settle_encoding()
        filled = self.blank_columns.filled
        problems = self.header.problems_with(filled)
        raise FileRefused((*problems, *more), self.header.corrected_line(filled) if problems else "")


def _tidy_cells(record: bytes) -> list[str]:
    return [tidy(cell) for cell in cells_of(record)]


def _any_text(records: Records, first: int) -> bool:
    """Whether any record from this index on is not blank."""
    begin = int(records.starts[first]) if first < len(records.ends) else int(records.ends[-1])
    end = int(records.ends[-1])
    if _CERTAINLY_TEXT.search(records.data, begin, end):
        return True
    starts = records.starts
    return any(
        not is_blank(records.data[starts[at] : records.ends[at]]) for at in range(first, len(records.ends))
    )
