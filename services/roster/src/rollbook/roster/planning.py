"""Making an upload's plan: its rows read, held against the stored roster, and what follows from them."""

import io
import json
from dataclasses import dataclass
from typing import Any, cast

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common import rows_file
from rollbook.common.contracts.events import FileValidated
from rollbook.common.dictionary import Kind, users
from rollbook.common.dictionary import names as n
from rollbook.common.object_store import ObjectStore
from rollbook.roster.domain import change_set, comparison, counting, reidentification
from rollbook.roster.domain import records as r
from rollbook.roster.ports import Roster

_AS_WRITTEN = (n.ACTION, n.USER_ROLE, n.USER_EMAIL)


@dataclass(frozen=True, slots=True)
class Plan:
    """What comparing a file gave.  `rows`: all of them, `rejected` after every check."""

    rows: pl.DataFrame
    accepted: pl.DataFrame
    state: r.Frames
    errors: pl.DataFrame
    warnings: pl.DataFrame
    changes: r.Frames

    def counts(self, kind: str) -> pl.DataFrame:
        """The lines of summary.csv."""
        if kind == r.DEMOGRAPHICS:
            return counting.count_demographics(self.rows, self.changes)
        return counting.count(self.rows, self.changes, self.state[r.PERSON].select(n.USER_ID, n.USER_ROLE))


def read_rows(store: ObjectStore, event: FileValidated) -> pl.DataFrame:
    """All rows of a file, with what the check across records rejected marked."""
    columns = [
        name
        for name in rows_file.schema(_kind(event))
        if not name.startswith("written.") or name in {rows_file.written(column) for column in _AS_WRITTEN}
    ]
    empty = pl.DataFrame(schema={k: v for k, v in rows_file.schema(_kind(event)).items() if k in columns})
    parts = [rows_file.decode(store.get(key), columns) for key in event.row_files]
    rows = pl.concat([empty, *parts])
    if event.rejected_rows_key:
        rows = reject(rows, rows_file.decode(store.get(event.rejected_rows_key)))
    if n.ACTION in rows.columns:
        rows = rows.with_columns(pl.col(n.ACTION).replace("", users.ADD))
    return rows


def reject(rows: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """The rows, with those that have a line in `more` (column `row`) rejected too."""
    marked = more.select(pl.col("row").cast(pl.UInt32), pl.lit(value=True).alias("_too")).unique("row")
    joined = rows.join(marked, on="row", how="left", maintain_order="left")
    rejected = pl.col("rejected") | pl.col("_too").fill_null(value=False)
    return joined.with_columns(rejected.alias("rejected")).drop("_too")


def make(roster: Roster, event: FileValidated, district: Any, rows: pl.DataFrame) -> Plan:
    """Compare the rows with the district's stored roster."""
    accepted = rows.filter(~pl.col("rejected"))
    if event.kind == r.DEMOGRAPHICS:
        state = roster.state(event.district_id, (r.PERSON, r.DEMOGRAPHICS))
        errors = comparison.demographics_errors(accepted, state)
        return follow(rows, state, errors)
    state = roster.state(event.district_id, r.USERS)
    rules = rules_of(district, event.uploaded_by.sub, event.school_scope)
    known = state[r.PERSON][n.USER_EMAIL].unique()
    emails = accepted.filter(pl.col(n.USER_EMAIL) != "")[n.USER_EMAIL].unique()
    new = emails.filter(~emails.is_in(known.implode()))
    elsewhere = roster.emails_elsewhere(event.district_id, new)
    return follow(rows, state, comparison.errors(accepted, state, elsewhere, rules))


def rules_of(district: Any, sub: str, scope: tuple[str, ...] | None) -> comparison.Rules:
    """What may be changed in a district by somebody whose schools are `scope`."""
    return comparison.Rules(
        enrollment_source=district.enrollment_source,
        allow_school_creation=district.allow_school_creation,
        uploader=sub,
        scope=scope,
    )


def follow(rows: pl.DataFrame, state: r.Frames, errors: pl.DataFrame) -> Plan:
    """The plan of the rows that are left once those with errors are rejected."""
    rows = reject(rows, errors)
    accepted = rows.filter(~pl.col("rejected"))
    if n.ACTION not in rows.columns:
        changes = change_set.plan_demographics(accepted, state)
        return Plan(rows, accepted, state, errors, errors.clear(), changes)
    warned = comparison.warnings(accepted, rows, state)
    return Plan(rows, accepted, state, errors, warned, change_set.plan(accepted, state))


def findings(found: pl.DataFrame, event: FileValidated) -> pl.DataFrame:
    """The findings frame of what was found in the event's file."""
    positions = {name: place for place, name in enumerate(event.header, 1) if name is not None}
    return fnd.complete(found, _kind(event), positions)


def changes_key(upload_id: str, record: str, *, anew: bool = False) -> str:
    """Where the changes of one record type are stored, as they were shown or as they were made anew."""
    return f"uploads/{upload_id}/changes{'-anew' if anew else ''}/{record}.parquet"


def put_changes(store: ObjectStore, upload_id: str, changes: r.Frames, *, anew: bool = False) -> None:
    """Store a change set; one that is made anew never replaces the one that was shown."""
    for record, frame in changes.items():
        store.put(changes_key(upload_id, record, anew=anew), rows_file.encode(frame))


def get_changes(store: ObjectStore, upload_id: str, kind: str, *, anew: bool = False) -> r.Frames:
    """A stored change set."""
    records = (r.DEMOGRAPHICS,) if kind == r.DEMOGRAPHICS else r.USERS
    return {
        record: pl.read_parquet(io.BytesIO(store.get(changes_key(upload_id, record, anew=anew))))
        for record in records
    }


def rejected_key(upload_id: str) -> str:
    """Where the rows lie that the preview rejected, for planning anew."""
    return f"uploads/{upload_id}/changes/rejected.parquet"


def decode_rows(data: bytes) -> pl.DataFrame:
    """The row numbers of a rejected rows file."""
    return rows_file.decode(data)


def offer_new_ids(store: ObjectStore, event: FileValidated, plan: Plan) -> pl.DataFrame:
    """Keep, and give, the people of a file who seem to have a new userId (`reidentification.SCHEMA`)."""
    offered = pl.DataFrame(schema=reidentification.SCHEMA)
    if event.kind != r.DEMOGRAPHICS:
        offered = reidentification.candidates(plan.rows, plan.state[r.PERSON], plan.errors)
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


def _kind(event: FileValidated) -> Kind:
    return cast("Kind", event.kind)
