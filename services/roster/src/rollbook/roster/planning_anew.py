"""Making a plan a second time, at Process: the roster has changed since, or people get a new ID first."""

import dataclasses
from typing import Any

import polars as pl

from rollbook.common import rows_file
from rollbook.common.contracts.events import FileValidated, ProcessingRequested
from rollbook.common.dictionary import names as n
from rollbook.common.object_store import ObjectStore
from rollbook.roster import planning
from rollbook.roster.domain import records as r
from rollbook.roster.domain import reidentification as re_id
from rollbook.roster.domain.reconciliation import changed_rows, changed_since
from rollbook.roster.ports import Roster
from rollbook.roster.reading import FileRows


@dataclasses.dataclass(frozen=True, slots=True)
class Confirmed:
    """The confirmed new IDs: those that were given, and those that no longer could be (as of SCHEMA)."""

    given: pl.DataFrame
    refused: pl.DataFrame


def confirm_new_ids(event: ProcessingRequested, roster: Roster, store: ObjectStore) -> Confirmed | None:
    """Give their new IDs to those who are confirmed and still are as they were offered.

    None where nobody is confirmed.
    """
    if not (event.re_identify_all or event.re_identify):
        return None
    offered = planning.offered_new_ids(store, event.upload_id)
    if not event.re_identify_all:
        offered = offered.filter(pl.col(re_id.TO).is_in(event.re_identify))
    if offered.is_empty():
        return None
    people = roster.state(event.district_id, (r.PERSON,))[r.PERSON]
    given = offered.join(
        people, left_on=[re_id.FROM, n.USER_EMAIL], right_on=[n.USER_ID, n.USER_EMAIL], how="semi"
    ).join(people, left_on=re_id.TO, right_on=n.USER_ID, how="anti")
    new_ids = given.select(pl.col(re_id.TO).alias(n.USER_ID), pl.col(re_id.FROM).alias(re_id.BEFORE_ID))
    roster.rename_people(event.district_id, new_ids)
    return Confirmed(given, offered.join(given, on=re_id.TO, how="anti"))


def plan_anew(
    roster: Roster,
    file: FileValidated,
    district: Any,
    store: ObjectStore,
    *,
    shown: r.Frames,
    confirmed: Confirmed | None,
) -> tuple[planning.Plan, pl.DataFrame]:
    """The change set as the roster is now, and the rows it leaves out since they would do something else.

    `shown` is the change set of the preview.  The rows of people who got their new ID take part, though the
    preview had rejected them.
    """
    rejected = rows_file.decode(store.get(planning.rejected_key(file.upload_id)))
    theirs, lost = rejected.clear(), rejected.clear()
    if confirmed is not None:
        theirs, lost = (_rows_of(people) for people in (confirmed.given, confirmed.refused))
    still = rejected.join(theirs, on="row", how="anti")["row"]
    plan = planning.make(roster, FileRows.of(store, file).rejecting(still), district)
    failed = pl.concat([plan.errors.select("row"), lost]).unique()
    differing = changed_since(shown, plan.changes, plan.accepted).join(theirs, on="row", how="anti")
    changed = pl.concat([changed_rows(plan.rows.join(failed, on="row", how="semi")), differing]).unique("row")
    plan = planning.follow(plan.file, plan.state, changed)
    if confirmed is not None:
        changes = re_id.with_new_ids(plan.changes, confirmed.given, plan.state[r.PERSON])
        plan = dataclasses.replace(plan, changes=changes)
    return plan, changed


def _rows_of(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(pl.col("rows").explode().alias("row")).drop_nulls()
