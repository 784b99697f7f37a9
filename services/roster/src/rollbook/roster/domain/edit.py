"""A direct edit of one record: read and checked as if it were the one row of a file."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from rollbook.common.checks.check_records import check_records
from rollbook.common.dictionary import DICTIONARY
from rollbook.common.dictionary import names as n
from rollbook.common.tabular import Encoding, read_chunk
from rollbook.roster.domain import records as r
from rollbook.roster.domain.change_set import UPDATED, before

EDITABLE: Final = {
    r.PERSON: tuple(name for name in r.SHAPES[r.PERSON].fields if name != r.ACTIVE),
    r.CLASS: tuple(name for name in r.SHAPES[r.CLASS].fields if name != n.SCHOOL_ID),
}
"""The fields that a direct edit may set.  A class never changes its school, as in a file."""

Record = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """`findings`: what is wrong in the cells.  `rows`: the one row, as kept.  `after`: the record."""

    findings: pl.DataFrame
    rows: pl.DataFrame
    after: dict[str, str]


def edited(record: str, stored: Record, fields: Mapping[str, str | None], today: date) -> Edit:
    """The stored record with these fields set; None and "" take a value away."""
    wanted = {name: "" if value is None else value for name, value in fields.items()}
    header = DICTIONARY["users"].names
    buffer = io.StringIO()
    csv.writer(buffer).writerow([({**stored, **wanted}).get(name, "") for name in header])
    cells = read_chunk(buffer.getvalue().encode(), columns=header, encoding=Encoding.UTF_8, first_row=2)
    checked = check_records(cells, header=header, kind="users", today=today)
    # The row of a class names no person, so what is said of people is not said of it.
    concerned = list(r.SHAPES[record].columns)
    found = checked.findings.filter(pl.col("column").is_in(concerned))
    kept = checked.rows.row(0, named=True)
    return Edit(found, checked.rows, {**stored, **{name: kept[name] or "" for name in wanted}})


def change_of(record: str, stored: Record, after: Record) -> r.Frames:
    """The change set of one updated record, of those of users.csv; no record where nothing differs."""
    frames = {name: empty(name) for name in r.USERS}
    if any(stored[name] != after[name] for name in r.SHAPES[record].fields):
        kind = record
        if record == r.PERSON:
            kind = r.STUDENT if stored[n.USER_ROLE] == r.STUDENT else r.STAFF
        line = {
            **{name: after[name] for name in r.SHAPES[record].columns},
            **{before(name): stored[name] for name in r.SHAPES[record].fields},
            "change": UPDATED,
            "recordType": kind,
            "school": stored[n.SCHOOL_ID],
            "row": None,
        }
        frames[record] = pl.DataFrame([line], schema=empty(record).schema)
    return frames


def empty(record: str) -> pl.DataFrame:
    """A change set's frame without a change."""
    shape = r.SHAPES[record]
    meta = ("change", "recordType", "school", "row")
    columns = (*shape.keys, *meta, *shape.fields, *map(before, shape.fields))
    return pl.DataFrame(schema={name: pl.UInt32() if name == "row" else pl.String() for name in columns})
