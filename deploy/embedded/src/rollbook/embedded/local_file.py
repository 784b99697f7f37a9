"""A file on this machine, taken in and checked by the services' own code, without server or broker."""

import datetime as dt
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rollbook.common.dictionary import Kind
from rollbook.common.tabular import Chunk, Encoding
from rollbook.embedded.progress import Advance
from rollbook.embedded.temporary_frames import TemporaryFrames
from rollbook.upload.domain.ingest import IngestedFile, ingest
from rollbook.validator.domain.check_chunk import FilePlan, Reading
from rollbook.validator.domain.check_file import CheckedFile, FileCheck

_BLOCK_BYTES = 1 << 20


@dataclass(slots=True)
class _Kept:
    """Keeps the UTF-8 transcript of a UTF-16 file, and of a pipe all that came; else a file lies on disk."""

    file: io.FileIO
    transcript: io.FileIO
    copy: io.FileIO

    def write(self, block: bytes) -> None:
        if not self.file.seekable():
            self.copy.write(block)

    def write_transcript(self, block: bytes) -> None:
        self.transcript.write(block)

    def read(self, encoding: Encoding, offset: int, length: int) -> bytes:
        """Some bytes of the text in which the chunks were found."""
        text = self.file if self.file.seekable() else self.copy
        text = self.transcript if encoding is Encoding.UTF_16 else text
        return os.pread(text.fileno(), length, offset)  # has no position to share, so needs no lock


def check_local_file(path: Path, kind: Kind, folder: Path, advance: Advance) -> CheckedFile:
    """All that can be said of a file alone, with all cores, in memory that only hashes of its keys make grow.

    Chunks are checked while the rest of the file is still read.  `folder` holds the findings, and is the
    caller's to remove; `advance` is told of bytes that are done with.

    Raises:
        FileRefused: with every problem of the file or of its header.
        CannotRun: the folder takes no files.
        OSError: the file cannot be read.
    """
    today = dt.datetime.now(dt.UTC).date()
    with (
        path.open("rb", buffering=0) as file,
        tempfile.TemporaryFile(buffering=0) as transcript,
        tempfile.TemporaryFile(buffering=0) as copy,
    ):
        kept = _Kept(file, transcript, copy)

        def read(chunk: Chunk, reading: Reading) -> bytes:
            data = kept.read(reading.encoding, chunk.offset, chunk.length)
            advance(chunk.length)
            return data

        with FileCheck(read, TemporaryFrames(folder)) as check:

            def found(chunk: Chunk, columns: tuple[str | None, ...], encoding: Encoding) -> None:
                check.start(chunk, Reading(kind, columns, encoding, today))

            taken = ingest(blocks_of(file), kind=kind, sink=kept, on_chunk=found)
            return check.finish(_plan(taken, kind, today))


def blocks_of(file: io.FileIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK_BYTES):
        yield block


def _plan(taken: IngestedFile, kind: Kind, today: dt.date) -> FilePlan:
    return FilePlan(
        kind=kind,
        header=taken.columns,
        encoding=taken.encoding,
        rows=taken.rows,
        chunks=taken.chunks,
        guessed_samples=taken.guessed_samples,
        today=today,
    )
