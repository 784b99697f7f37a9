"""Making an upload's plan: its rows read, held against the stored roster, and what follows from them."""

import io
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final, cast

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common import rows_file
from rollbook.common.contracts.events import FileValidated
from rollbook.common.dictionary import Kind, users
from rollbook.common.dictionary import names as n
from rollbook.common.object_store import ObjectStore
from rollbook.roster.domain import change_set, comparison, counting, reidentification
from rollbook.roster.domain import records as r
from rollbook.roster.domain.enrolling import enrolling
from rollbook.roster.domain.sent import COLUMNS, Sent, gather, leaving
from rollbook.roster.ports import Roster
from rollbook.roster.reading import FileRows

_AS_WRITTEN = tuple(rows_file.written(name) for name in (n.ACTION, n.USER_ROLE, n.USER_EMAIL))
_PART_ROWS: Final = 2**16
SMALL_FILE_ROWS: Final = 20_000
"""Up to so many rows only the stored records are read that the file is about, else all of the district's."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What comparing a file gave.

    `rows`: all of them, of users.csv in short, `rejected` after every check.  `sent`: None for demographics.
    """

    file: FileRows
    rows: pl.DataFrame
    sent: Sent | None
    state: r.Frames
    errors: pl.DataFrame
    warnings: pl.DataFrame
    changes: r.Frames

    @property
    def accepted(self) -> pl.DataFrame:
        """The accepted rows."""
        return self.rows.filter(~pl.col("rejected"))

    def counts(self) -> pl.DataFrame:
        """The lines of summary.csv."""
        if self.sent is None:
            return counting.count_demographics(self.rows, self.changes)
        return counting.count(self.sent, self.changes, self.state[r.PERSON].select(n.USER_ID, n.USER_ROLE))


def make(roster: Roster, file: FileRows, district: Any) -> Plan:
    """Compare a file with the district's stored roster."""
    district_id = file.event.district_id
    if file.kind == r.DEMOGRAPHICS:
        state = roster.state(district_id, (r.PERSON, r.DEMOGRAPHICS))
        accepted = file.all(_demographics_columns()).filter(~pl.col("rejected"))
        return follow(file, state, comparison.demographics_errors(accepted, state, file.event.school_scope))
    sent, state = _sent_and_stored(roster, file)
    rules = rules_of(district, file.event.uploaded_by.sub, file.event.school_scope)
    emails = sent.people.filter(pl.col(n.USER_EMAIL) != "").select(n.USER_EMAIL).unique()
    new = emails.join(state[r.PERSON], on=n.USER_EMAIL, how="anti")[n.USER_EMAIL]
    elsewhere = roster.emails_elsewhere(district_id, new)
    in_doubt = comparison.rows_in_doubt(sent, state, elsewhere, rules)
    if in_doubt is None:
        return _follow_users(file, sent, state, _no_findings())
    errors = [
        comparison.errors(part.filter(in_doubt), state, elsewhere, rules) for part in _accepted_parts(file)
    ]
    return follow(file, state, pl.concat(errors))


def rules_of(district: Any, sub: str, scope: tuple[str, ...] | None) -> comparison.Rules:
    """What may be changed in a district by somebody whose schools are `scope`."""
    return comparison.Rules(
        enrollment_source=district.enrollment_source,
        allow_school_creation=district.allow_school_creation,
        uploader=sub,
        scope=scope,
    )


def follow(file: FileRows, state: r.Frames, errors: pl.DataFrame) -> Plan:
    """The plan of the rows that are left once those with errors are rejected."""
    file = file.rejecting(errors["row"])
    if file.kind == r.DEMOGRAPHICS:
        rows = file.all(_demographics_columns())
        changes = change_set.plan_demographics(rows.filter(~pl.col("rejected")), state)
        return Plan(file, rows, None, state, errors, errors.clear(), changes)
    return _follow_users(file, gather(file.parts(COLUMNS)), state, errors)


def _follow_users(file: FileRows, sent: Sent, state: r.Frames, errors: pl.DataFrame) -> Plan:
    going, kept = leaving(sent), sent
    if going.len():
        kept = replace(gather(file.parts(COLUMNS), going), rows=sent.rows, people=sent.people)
    pairs = enrolling(sent, state)
    warned = comparison.warnings(sent, state, pairs)
    return Plan(file, sent.rows, sent, state, errors, warned, change_set.plan(kept, state, pairs))


def _sent_and_stored(roster: Roster, file: FileRows) -> tuple[Sent, r.Frames]:
    """What the file sends, and what is stored; read at the same time where it is much."""
    district_id = file.event.district_id
    if file.event.rows <= SMALL_FILE_ROWS:
        sent = gather(file.parts(COLUMNS))
        about = comparison.everybody(sent), sent.classes[n.CLASS_ID].unique()
        return sent, roster.state_about(district_id, *about)
    with ThreadPoolExecutor(1, "state") as beside:
        reading = beside.submit(roster.state, district_id, r.USERS)
        return gather(file.parts(COLUMNS)), reading.result()


def _accepted_parts(file: FileRows) -> Iterator[pl.DataFrame]:
    for part in file.parts([*COLUMNS, *_AS_WRITTEN]):
        yield part.filter(~pl.col("rejected")).with_columns(pl.col(n.ACTION).replace("", users.ADD))


def _no_findings() -> pl.DataFrame:
    strings = ("code", "value", "suggestion", n.USER_ID, n.CLASS_ID)
    return pl.DataFrame(schema={"row": pl.UInt32(), **dict.fromkeys(strings, pl.String())})


def _demographics_columns() -> list[str]:
    return [name for name in rows_file.schema("demographics") if not name.startswith("written.")]


def findings(found: pl.DataFrame, event: FileValidated) -> pl.DataFrame:
    """The findings frame of what was found in the event's file."""
    positions = {name: place for place, name in enumerate(event.header, 1) if name is not None}
    return fnd.complete(found, cast("Kind", event.kind), positions)


def changes_key(upload_id: str, record: str, *, anew: bool = False) -> str:
    """Where the changes of one record type are stored, as they were shown or as they were made anew."""
    return f"uploads/{upload_id}/changes{'-anew' if anew else ''}/{record}.parquet"


def put_changes(store: ObjectStore, upload_id: str, changes: r.Frames, *, anew: bool = False) -> None:
    """Store a change set; one that is made anew never replaces the one that was shown."""
    for record, frame in changes.items():
        store.put(changes_key(upload_id, record, anew=anew), rows_file.encode(frame))


def get_changes(store: ObjectStore, upload_id: str, kind: str, *, anew: bool = False) -> r.Frames:
    """A stored change set."""
    return {
        record: pl.read_parquet(io.BytesIO(store.get(changes_key(upload_id, record, anew=anew))))
        for record in records_of(kind)
    }


def records_of(kind: str) -> tuple[str, ...]:
    """The record types of a change set of users or demographics."""
    return (r.DEMOGRAPHICS,) if kind == r.DEMOGRAPHICS else r.USERS


def change_parts(store: ObjectStore, key: str, columns: Sequence[str] = ()) -> Iterator[pl.DataFrame]:
    """The stored changes of one record type (`changes_key`) in parts, at least one; `columns`: only these."""
    stored = rows_file.scan([store.get(key)])
    rows = stored.select(pl.len()).collect().item()
    wanted = stored.select(columns) if columns else stored
    for first in range(0, max(rows, 1), _PART_ROWS):
        yield wanted.slice(first, _PART_ROWS).collect()


def rejected_key(upload_id: str) -> str:
    """Where the rows lie that the preview rejected, for planning anew."""
    return f"uploads/{upload_id}/changes/rejected.parquet"


def offer_new_ids(store: ObjectStore, event: FileValidated, plan: Plan) -> pl.DataFrame:
    """Keep, and give, the people of a file who seem to have a new userId (`reidentification.SCHEMA`)."""
    offered = pl.DataFrame(schema=reidentification.SCHEMA)
    if plan.errors.height and event.kind != r.DEMOGRAPHICS:
        refused = plan.errors["row"].unique().implode()
        rows = pl.concat([part.filter(pl.col("row").is_in(refused)) for part in plan.file.parts(COLUMNS)])
        named = plan.rows[n.USER_ID].unique()
        people = plan.state[r.PERSON]
        offered = reidentification.candidates(rows, named, people, plan.errors, event.school_scope)
    store.put(_new_ids_key(event.upload_id), rows_file.encode(offered))
    return offered


def offered_new_ids(store: ObjectStore, upload_id: str) -> pl.DataFrame:
    """The people who seemed to have a new userId when the file was compared."""
    return pl.read_parquet(io.BytesIO(store.get(_new_ids_key(upload_id))))


def _new_ids_key(upload_id: str) -> str:
    return f"uploads/{upload_id}/changes/new-ids.parquet"


def counts_key(upload_id: str, stage: str) -> str:
    """Where the counts of a stage (preview, applied) are stored."""
    return f"uploads/{upload_id}/counts-{stage}.json"


def counts_json(counts: pl.DataFrame) -> bytes:
    """Counts as JSON: a list of objects in the order of summary.csv."""
    return json.dumps(counts.to_dicts(), ensure_ascii=False).encode()
