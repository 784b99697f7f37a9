"""A file on this machine, taken in and checked by the services' own code, without server or broker."""

import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Self

from rollbook.common.dictionary import Kind
from rollbook.common.tabular import Encoding
from rollbook.upload.domain.ingest import IngestedFile, ingest
from rollbook.validator.domain.check_chunk import FilePlan
from rollbook.validator.domain.check_file import CheckedFile, check_file

_BLOCK_BYTES = 1 << 20


@dataclass(slots=True)
class _Kept:
    """Keeps the UTF-8 transcript of a UTF-16 file, and of a pipe all that came; else a file lies on disk."""

    is_pipe: bool
    transcript: BinaryIO = field(default_factory=tempfile.TemporaryFile)
    copy: BinaryIO = field(default_factory=tempfile.TemporaryFile)

    def write(self, block: bytes) -> None:
        if self.is_pipe:
            self.copy.write(block)

    def write_transcript(self, block: bytes) -> None:
        self.transcript.write(block)

    def text_of(self, file: BinaryIO, encoding: Encoding) -> BinaryIO:
        """Where the text lies in which the chunks were found."""
        text = self.transcript if encoding is Encoding.UTF_16 else self.copy if self.is_pipe else file
        if text is not file:
            text.flush()
        return text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.transcript.close()
        self.copy.close()


def check_local_file(path: Path, kind: Kind) -> CheckedFile:
    """All that can be said of a file alone, with all cores; memory stays bounded by chunks and key columns.

    Raises:
        FileRefused: with every problem of the file or of its header.
        OSError: it cannot be read.
    """
    with path.open("rb") as file, _Kept(is_pipe=not file.seekable()) as kept:
        taken = ingest(_blocks(file), kind=kind, sink=kept)
        text = kept.text_of(file, taken.encoding)
        # pread has no position to share, so the threads need no lock.
        return check_file(lambda offset, length: os.pread(text.fileno(), length, offset), _plan(taken, kind))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK_BYTES):
        yield block


def _plan(taken: IngestedFile, kind: Kind) -> FilePlan:
    return FilePlan(
        kind=kind,
        header=taken.columns,
        encoding=taken.encoding,
        rows=taken.rows,
        chunks=taken.chunks,
        guessed_samples=taken.guessed_samples,
        today=dt.datetime.now(dt.UTC).date(),
    )
