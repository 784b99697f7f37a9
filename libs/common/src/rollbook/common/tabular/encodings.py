"""Bytes to text: UTF-8 with or without a BOM, UTF-16 with a BOM, else Windows-1252."""

import codecs
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

UTF_8_BOM: Final = codecs.BOM_UTF8
UTF_16_BOMS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

UNDEFINED_IN_WINDOWS_1252: Final = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")


class Encoding(StrEnum):
    """How the bytes of a file are read as text."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1252 = "windows-1252"


def to_utf8(chunk: bytes, encoding: Encoding) -> bytes:
    """The chunk as UTF-8.

    The chunks of a UTF-16 file are those of its UTF-8 transcript, so only Windows-1252 is converted here.
    Raises UnicodeDecodeError on a byte that Windows-1252 does not define.
    """
    if encoding is Encoding.WINDOWS_1252 and not chunk.isascii():
        return chunk.decode("cp1252").encode()
    return chunk


def as_text(data: bytes) -> str:
    """A piece of a file whose encoding is not settled yet; never raises.

    UTF-8 if it is that, else Windows-1252, with U+FFFD for a byte that this does not define either.
    """
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@dataclass(slots=True)
class EncodingJudge:
    """Finds out in one pass, block by block, whether bytes are UTF-8, Windows-1252 or neither.

    Commas, quotes and line ends are the same bytes in both, so records are found meanwhile, and the answer
    is needed at the end of the file only.  A sequence of bytes may straddle blocks.
    """

    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("strict")
    )
    _position: int = 0
    _not_utf8_at: int | None = None
    _not_windows_1252_at: int | None = None

    def feed(self, block: bytes, *, final: bool = False) -> None:
        """Take the next block; `final` with the last one (it may be empty)."""
        if not block.isascii():
            self._look_for_undefined_bytes(block)
        self._decode(block, final=final)
        self._position += len(block)

    @property
    def encoding(self) -> Encoding:
        """UTF-8 as long as nothing speaks against it."""
        return Encoding.UTF_8 if self._not_utf8_at is None else Encoding.WINDOWS_1252

    @property
    def undecodable_at(self) -> int | None:
        """Offset of the byte at which the last of the two readings fails, None while one still works.

        The later of the two is the culprit: in a UTF-8 file with one stray byte Windows-1252 fails early on
        good characters, in a Windows-1252 file UTF-8 does.
        """
        if self._not_utf8_at is None or self._not_windows_1252_at is None:
            return None
        return max(self._not_utf8_at, self._not_windows_1252_at)

    def _look_for_undefined_bytes(self, block: bytes) -> None:
        if self._not_windows_1252_at is None:
            found = [at for byte in UNDEFINED_IN_WINDOWS_1252 if (at := block.find(byte)) >= 0]
            if found:
                self._not_windows_1252_at = self._position + min(found)

    def _decode(self, block: bytes, *, final: bool) -> None:
        if self._not_utf8_at is not None:
            return
        pending = self._decoder.getstate()[0]
        if not pending and block.isascii():
            return
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            self._not_utf8_at = self._position - len(pending) + error.start


@dataclass(slots=True)
class Utf16Transcriber:
    """UTF-16 blocks (after the BOM) to UTF-8 blocks; a character may straddle blocks."""

    codec: str
    _decoder: codecs.IncrementalDecoder = field(init=False)

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self.codec)("strict")

    def feed(self, block: bytes, *, final: bool = False) -> tuple[bytes, bool]:
        """The block in UTF-8, and whether all of it could be decoded (if not, the text before the fault)."""
        pending = self._decoder.getstate()[0]
        try:
            return self._decoder.decode(block, final).encode(), True
        except UnicodeDecodeError as error:
            return (pending + block)[: error.start].decode(self.codec).encode(), False
