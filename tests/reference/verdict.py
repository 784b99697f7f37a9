"""A second reading of the data dictionary: what `rollbook validate` must say of any bytes.

Written from the sentences of the specification alone, in plain Python, one cell at a time, sharing no code
with the product: it is slow, and easy to compare with the text.  The tests hold the product to it on made-up
damage of every sort.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from reference.header import check_header
from reference.reading import Refused, read_records, read_text
from reference.rules import findings_of


@dataclass
class Verdict:
    """`refused` with problems (code, got, expected, row), else what was read and found.

    `rows` counts the records, `rejected` those of them with an error.  A finding is (row, column, code,
    severity, related rows).
    """

    word: str
    problems: list[tuple] = field(default_factory=list)
    rows: int = 0
    rejected: int = 0
    findings: list[tuple] = field(default_factory=list)


def verdict(data, kind="users", today=None):
    """What is to be said of a file."""
    try:
        columns, below, guessed = _read(data, kind)
    except Refused as refused:
        return Verdict("refused", problems=refused.problems)
    findings = findings_of(below, columns, kind, today or datetime.now(UTC).date())
    if guessed:
        findings.add((1, "file", "file.encoding_guessed", "warning", ()))
    rejected = len({row for row, _, _, severity, _ in findings if severity == "error"})
    word = "rejected" if rejected else "accepted"
    return Verdict(word, [], len(below), rejected, in_order(findings, columns))


def _read(data, kind):
    """(the columns by position, the records below the header, whether the encoding was guessed)."""
    text, guessed = read_text(data)
    records, opened_in = read_records(text)
    unclosed = []
    if opened_in is not None:
        unclosed = [("file.unclosed_quote", None, None, opened_in)]
        records.pop()
    if not records:
        raise Refused(*unclosed)
    columns = check_header(records, kind, unclosed)
    below = [record for record in records[1:] if not record.is_blank]
    if not below:
        raise Refused(("file.no_rows", None, None, None))
    return columns, below, guessed


def in_order(findings, columns):
    """By row, then column in file order with `row` first, then code."""
    places = {"file": -2, "row": -1} | {name: at for at, name in enumerate(columns) if name}
    return sorted(findings, key=lambda one: (one[0], places[one[1]], one[2]))
