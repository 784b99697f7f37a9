"""The bytes of a file as the text whose records are looked for, in blocks of about 1 MiB."""

from collections.abc import Iterable, Iterator
from typing import Final

from rollbook.common.tabular.encodings import (
    UTF_8_BOM,
    UTF_16_BOMS,
    Encoding,
    EncodingJudge,
    Utf16Transcriber,
)

BLOCK_BYTES: Final = 1024 * 1024


def in_blocks(pieces: Iterable[bytes], size: int = BLOCK_BYTES) -> Iterator[tuple[bytes, bool]]:
    """The same bytes in blocks of `size`, each with whether it is the last one; at least one block."""
    previous: bytes | None = None
    for block in _blocks(pieces, size):
        if previous is not None:
            yield previous, False
        previous = block
    yield previous or b"", True


def _blocks(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    pending = bytearray()
    for piece in pieces:
        if len(piece) == size and not pending:
            yield piece  # without a copy
            continue
        for at in range(0, len(piece), size):
            pending += piece[at : at + size]
            if len(pending) >= size:
                yield bytes(pending[:size])
                del pending[:size]
    if pending:
        yield bytes(pending)


class TextSource:
    """Turns blocks into text in an encoding that keeps commas, quotes and line ends as single ASCII bytes.

    UTF-8 and Windows-1252 pass as they are (without BOM), UTF-16 is transcribed to UTF-8.
    """

    def __init__(self) -> None:
        self.begun = False
        self.bom_bytes = 0
        self._judge = EncodingJudge()
        self._transcriber: Utf16Transcriber | None = None
        self._passed = 0
        self._broken_at: int | None = None

    @property
    def encoding(self) -> Encoding:
        """As far as is known by now."""
        return self._judge.encoding if self._transcriber is None else Encoding.UTF_16

    @property
    def undecodable_at(self) -> int | None:
        """The offset in the text given so far at which no encoding fits any more."""
        return self._judge.undecodable_at if self._transcriber is None else self._broken_at

    def feed(self, block: bytes, *, final: bool) -> bytes:
        """The text of the next block."""
        if not self.begun:
            self.begun = True
            block = self._without_bom(block)
        if self._transcriber is None:
            self._judge.feed(block, final=final)
            return block
        text, whole = self._transcriber.feed(block, final=final)
        self._passed += len(text)
        if not whole:
            self._broken_at = self._passed
        return text

    def _without_bom(self, block: bytes) -> bytes:
        if block.startswith(UTF_8_BOM):
            self.bom_bytes = len(UTF_8_BOM)
        elif block[:2] in UTF_16_BOMS:
            self._transcriber = Utf16Transcriber(UTF_16_BOMS[block[:2]])
            return block[2:]
        return block[self.bom_bytes :]
