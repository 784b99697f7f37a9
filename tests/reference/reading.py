"""Section 1 of the data dictionary, word by word and one character at a time: bytes to text to records."""

import unicodedata
from dataclasses import dataclass, field

# The Unicode property White_Space, and U+FEFF.  Python's own str.strip() also takes U+001C to U+001F.
WHITE_SPACE = frozenset(
    "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
)
LINE_ENDS = ("\r", "\n")
SIGNATURES = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a",
    b"GIF89a",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh",
)  # fmt: skip


class Refused(Exception):
    """The file is refused.

    Attributes:
        problems: (code, got, expected, row) each, as far as the specification gives them; else None.
    """

    def __init__(self, *problems):
        super().__init__(problems)
        self.problems = list(problems)


@dataclass
class Record:
    """One record: its row number, its text without the line end, its cells without their quotes."""

    row: int
    text: str = ""
    cells: list[str] = field(default_factory=list)
    bad_quote: bool = False

    @property
    def is_blank(self):
        """Whether all cells are blank after trimming."""
        return all(trimmed(cell) == "" for cell in self.cells)


def trimmed(cell):
    """The cell without outer white space."""
    first, last = 0, len(cell)
    while first < last and cell[first] in WHITE_SPACE:
        first += 1
    while last > first and cell[last - 1] in WHITE_SPACE:
        last -= 1
    return cell[first:last]


def clean(cell):
    """The cell as it is judged: trimmed, then in normal form C."""
    return unicodedata.normalize("NFC", trimmed(cell))


def read_text(data):
    """(text without its BOM, whether its encoding was guessed)."""
    if data.startswith(SIGNATURES):
        raise Refused(("file.not_csv", None, None, None))
    text, guessed = _decoded(data)
    if trimmed(text) == "":
        raise Refused(("file.empty", None, None, None))
    if "\0" in text:
        raise Refused(("file.not_csv", None, None, None))
    return text, guessed


def _decoded(data):
    for bom, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(bom):
            try:
                return data[2:].decode(codec), False
            except UnicodeDecodeError as error:
                raise _undecodable(data[2:][: error.start].decode(codec)) from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    not_utf_8 = _fails_at(data, "utf-8")
    if not_utf_8 is None:
        return data.decode("utf-8"), False
    not_windows_1252 = _fails_at(data, "cp1252")
    if not_windows_1252 is None:
        return data.decode("cp1252"), True
    # Of the two readings the one that holds longer is nearer to the truth, and ends at the culprit.
    raise _undecodable(data[: max(not_utf_8, not_windows_1252)].decode("cp1252", "replace"))


def _fails_at(data, codec):
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _undecodable(text_before):
    """The text stops in the row that is being read there; a NUL before says that it is no text at all."""
    if "\0" in text_before:
        return Refused(("file.not_csv", None, None, None))
    records, _ = read_records(text_before + "x")
    return Refused(("file.undecodable", None, None, records[-1].row))


def read_records(text):
    """(records, the header first; the row in which a quoted cell opens that never closes, or None)."""
    records, at = [], 0
    while at < len(text):
        record, begin = Record(row=len(records) + 1), at
        records.append(record)
        ended = False
        while not ended:
            at, cell, bad, closed = _cell(text, at, record.bad_quote)
            record.cells.append(cell)
            record.bad_quote = record.bad_quote or bad
            record.text = text[begin:at]
            if not closed:
                return records, record.row
            if at == len(text):
                ended = True
            elif text[at] == ",":
                at += 1
            else:
                at += 2 if text[at : at + 2] == "\r\n" else 1
                ended = True
    return records, None


def _cell(text, at, unquoted):
    """(where its end is, the cell, whether text follows its closing quote, whether its quote is closed).

    A cell with text after its closing quote is given as it is written.
    """
    begin = at
    if text[at : at + 1] != '"' or unquoted:
        at = _end_of_text(text, at)
        return at, text[begin:at], False, True
    cell = ""
    at += 1
    while text[at : at + 1] != '"' or text[at + 1 : at + 2] == '"':
        if at == len(text):
            return at, cell, False, False
        cell += text[at]
        at += 2 if text[at] == '"' else 1
    end = _end_of_text(text, at + 1)
    bad = end > at + 1
    return end, text[begin:end] if bad else cell, bad, True


def _end_of_text(text, at):
    while at < len(text) and text[at] != "," and text[at] not in LINE_ENDS:
        at += 1
    return at
