"""Checking a small file written in the test."""

import csv
import datetime as dt
import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest

from rollbook.common.dictionary import DICTIONARY, texts
from rollbook.common.tabular import ChunkTable, Encoding, scan_records
from rollbook.validator.domain.check_chunk import FilePlan
from rollbook.validator.domain.check_file import CheckedFile, check_file

TODAY = dt.date(2026, 3, 1)


def plan_for(data: bytes, kind: str, header: list[str | None], chunk_rows: int = 65_536) -> FilePlan:
    """The plan of a file whose header ends with the first line feed."""
    begin = data.index(b"\n") + 1
    table = ChunkTable(begin, max_rows=chunk_rows)
    table.add(scan_records(data[begin:]).ends + begin)
    chunks = table.finish()
    return FilePlan(kind, tuple(header), Encoding.UTF_8, table.rows, chunks, (), TODAY)


def check_bytes(data: bytes, kind: str, header: list[str | None], chunk_rows: int = 65_536) -> CheckedFile:
    """What is wrong in a file given as bytes."""
    plan = plan_for(data, kind, header, chunk_rows)
    return check_file(lambda offset, length: data[offset : offset + length], plan, workers=1)


@dataclass
class Found:
    """The findings of a file, as flat tables."""

    frame: pl.DataFrame
    checked: CheckedFile

    def flat(self, *columns: str) -> list[tuple[Any, ...]]:
        """The findings, these columns of them."""
        return self.frame.select(columns or ("row", "column", "code")).rows()


def table(text: str) -> list[dict[str, str]]:
    """The rows of an indented CSV literal."""
    lines = textwrap.dedent(text).strip("\n")
    return list(csv.DictReader(io.StringIO(lines), skipinitialspace=True))


def to_csv(columns: list[str], rows: list[dict[str, str]]) -> bytes:
    """The bytes of a file with these rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def completed(row: dict[str, str]) -> dict[str, str]:
    """A row of users.csv with sound cells in the columns that the test does not mention."""
    action = (row.get("action") or "").strip()
    whole = {name: (value or "").strip(" ") for name, value in row.items()}
    if action in {"remove", "deactivate"}:
        return {"schoolId": "001"} | whole
    role = whole.get("userRole", "student")
    mailbox = whole.get("userId", "x1").encode().hex()[:60] or "x"
    return {
        "schoolId": "001",
        "userRole": role,
        "userId": "x1",
        "userFirstName": "Ana",
        "userLastName": "Lee",
        "userEmail": f"{mailbox}@example.org",
        "userGrade": "07" if role == "student" else "",
        "className": "A class" if whole.get("classId") else "",
    } | whole


@pytest.fixture
def check() -> Callable[..., Found]:
    """Checks a CSV literal whose columns are those that matter to the test."""

    def _check(text: str, kind: str = "users") -> Found:
        columns = list(DICTIONARY[kind].names)
        rows = table(text)
        if kind == "users":
            rows = [completed(row) for row in rows]
        checked = check_bytes(to_csv(columns, rows), kind, list(columns))
        return Found(texts.render(checked.findings(), kind), checked)

    return _check
