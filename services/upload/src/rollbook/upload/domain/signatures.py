"""Files that are no text, known by their first bytes."""

from typing import Final

_SIGNATURES: Final = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"PK\x07\x08", "a part of a ZIP archive"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an XZ archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or other Office document"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "a rich text document"),
)
_MARKUP: Final = ((b"<?xml", "an XML document"), (b"<!doctype html", "a web page"), (b"<html", "a web page"))


def kind_by_signature(beginning: bytes) -> str | None:
    """What the file is ("a PDF document") if its first bytes say that it is no CSV, else None."""
    for signature, kind in _SIGNATURES:
        if beginning.startswith(signature):
            if kind == "a ZIP archive" and _is_workbook(beginning):
                return "an Excel workbook (.xlsx)"
            return kind
    text = beginning[:100].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((kind for signature, kind in _MARKUP if text.startswith(signature)), None)


def looks_like_utf_16(beginning: bytes) -> bool:
    """Whether every other byte is NUL, as in English text in UTF-16."""
    sample = beginning[:64]
    return max(sample[0::2].count(0), sample[1::2].count(0)) > len(sample) // 3


def _is_workbook(beginning: bytes) -> bool:
    return b"xl/" in beginning or b"[Content_Types].xml" in beginning[:1000]
