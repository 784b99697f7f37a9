"""Direct edits in the portal: one record changed at once, and recorded like an upload of one row."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from rollbook.common import findings as fnd
from rollbook.common.contracts.events import Person, RecordEdited, UploadApplied
from rollbook.common.dictionary import names as n
from rollbook.common.object_store import ObjectStore
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.roster import planning
from rollbook.roster.domain import comparison
from rollbook.roster.domain import edit as editing
from rollbook.roster.domain import records as r
from rollbook.roster.domain.change_counts import count_changes
from rollbook.roster.domain.representation import etag_of, person_kind, represented
from rollbook.roster.ports import EmailTaken, OpenRecords, OpenRoster, Records, Roster


class Faulty(Exception):
    """What is wrong with the new values: `findings`, a findings frame."""

    def __init__(self, findings: pl.DataFrame) -> None:
        super().__init__("the new values are not accepted")
        self.findings = findings


class Changed(Exception):
    """The record is not the one that was looked at."""


class OutOfScope(Exception):
    """The record belongs to a school that this person may not change."""


@dataclass(frozen=True, slots=True)
class EditRequest:
    """Who sets which fields of which record (`kind`: staff, student, class); `is_current` judges an ETag."""

    district_id: str
    kind: str
    key: str
    fields: Mapping[str, str | None]
    by: Person
    scope: tuple[str, ...] | None
    is_current: Callable[[str], bool]


class Editing:
    """Edits records, each in a transaction of its own."""

    def __init__(
        self,
        unit_of_work: Callable[[], UnitOfWork],
        open_roster: OpenRoster,
        open_records: OpenRecords,
        store: ObjectStore,
    ) -> None:
        self._unit_of_work, self._store = unit_of_work, store
        self._open_roster, self._open_records = open_roster, open_records

    def edit(self, request: EditRequest) -> tuple[dict[str, object], str | None]:
        """Set the fields; gives the record as it is now, and the edit's ID, None where nothing differed.

        Raises LookupError where there is no such record, OutOfScope, Changed, or Faulty.
        """
        try:
            return self._edit(request)
        except EmailTaken:  # another district stored the address just now, and is seen this time
            return self._edit(request)

    def _edit(self, request: EditRequest) -> tuple[dict[str, object], str | None]:
        with self._unit_of_work() as uow:
            roster, records = self._open_roster(uow.connection), self._open_records(uow.connection)
            district = roster.district(request.district_id, lock=True)
            record = r.CLASS if request.kind == r.CLASS else r.PERSON
            stored = records.find(record, request.district_id, request.key) if district else None
            if stored is None or (record == r.PERSON and person_kind(stored) != request.kind):
                raise LookupError(request.key)
            if request.scope is not None and stored[n.SCHOOL_ID] not in request.scope:
                raise OutOfScope
            if not request.is_current(etag_of(_represented(records, request, record, stored))):
                raise Changed
            edit = editing.edited(record, stored, request.fields, dt.datetime.now(dt.UTC).date())
            found = pl.concat([edit.findings, _against_the_roster(roster, records, request, district, edit)])
            if found.filter(pl.col("severity") == "error").height:
                raise Faulty(fnd.in_order(found))
            changes = editing.change_of(record, stored, edit.after)
            edit_id = None if all(frame.is_empty() for frame in changes.values()) else str(uuid.uuid4())
            if edit_id is not None:
                self._record(edit_id, request, changes, roster, uow)
            shown = _represented(records, request, record, edit.after)
            uow.commit()
            return shown, edit_id

    def _record(
        self, edit_id: str, request: EditRequest, changes: r.Frames, roster: Roster, uow: UnitOfWork
    ) -> None:
        now, district_id = dt.datetime.now(dt.UTC), request.district_id
        roster.apply(district_id, changes)
        counts = planning.counts_json(count_changes(changes))
        for stage in ("preview", "applied"):
            self._store.put(planning.counts_key(edit_id, stage), counts)
        planning.put_changes(self._store, edit_id, changes)
        roster.note_applied(edit_id, district_id, changes, request.by, kind="users")
        uow.outbox.add(
            RecordEdited(edit_id, district_id, f"Edit of {request.kind} {request.key}", request.by, now),
            UploadApplied(edit_id, district_id, now, 0, 0, planning.counts_key(edit_id, "applied")),
        )


def _represented(
    records: Records, request: EditRequest, record: str, fields: Mapping[str, str]
) -> dict[str, object]:
    demographics = None
    if record == r.PERSON:
        demographics = records.find(r.DEMOGRAPHICS, request.district_id, request.key)
    return represented(fields, demographics)


def _against_the_roster(
    roster: Roster, records: Records, request: EditRequest, district: object, edit: editing.Edit
) -> pl.DataFrame:
    """What is wrong with a person's row by itself sound, held against the stored roster."""
    if request.kind == r.CLASS or edit.findings.height:
        return fnd.empty()
    rules = planning.rules_of(district, request.by.sub, request.scope)
    rules = replace(rules, allow_school_creation=False)  # a row of a file brings its school, an edit does not
    rows = edit.rows.with_columns(pl.lit("add").alias(n.ACTION))
    elsewhere = roster.emails_elsewhere(request.district_id, rows[n.USER_EMAIL])
    state = records.around(request.district_id, edit.after)
    return fnd.complete(comparison.errors(rows, state, elsewhere, rules), "users", {})
