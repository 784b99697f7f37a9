"""What the roster answers over HTTP: previews, changes, the roster, and its export."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import polars as pl
from flask_smorest import Blueprint

from rollbook.common.dictionary import names as n
from rollbook.common.object_store import ObjectStore
from rollbook.common.web.description import OBJECTS, TEXT, described, list_of
from rollbook.common.web.identity import identity, require
from rollbook.common.web.paging import page, requested_page
from rollbook.common.web.problems import not_found
from rollbook.roster import planning
from rollbook.roster.domain import records as r
from rollbook.roster.domain.change_set import field_changes
from rollbook.roster.editing import Editing
from rollbook.roster.entrypoints.addresses import is_of_the_id
from rollbook.roster.entrypoints.changes import add_changes, kept_change_set
from rollbook.roster.entrypoints.export import add_export, csv_answer
from rollbook.roster.entrypoints.lists import add_lists
from rollbook.roster.entrypoints.records import add_records, look
from rollbook.roster.ports import Directory, PersonHistory, RecordLists

_PART_ROWS = 20_000
_PREVIEW = {"uploadId": TEXT, "counts": OBJECTS, "reIdentifications": OBJECTS}


def make_blueprint(
    directory: Directory, store: ObjectStore, editing: Editing, history: PersonHistory, lists: RecordLists
) -> Blueprint:
    """The roster's views, below /api/v1."""
    blueprint = Blueprint("roster", __name__, description="Previews, changes and the stored roster.")

    @require()
    def _preview(upload_id: str) -> Any:
        """What the upload would change, counted, and who seems to have a new userId."""
        known = kept_change_set(directory, upload_id)
        try:
            counts = json.loads(store.get(planning.counts_key(upload_id, "preview")))
        except FileNotFoundError:
            raise not_found("preview") from None
        offered = planning.offered_new_ids(store, upload_id).to_dicts() if known.file else []
        return {"uploadId": upload_id, "counts": counts, "reIdentifications": offered}

    @require()
    def _changes(upload_id: str) -> Any:
        """Every change of a field, before and after."""
        known = kept_change_set(directory, upload_id)
        try:
            changes = planning.get_changes(store, upload_id, known.kind, anew=known.made_anew)
        except FileNotFoundError:
            raise not_found("list of changes") from None
        return csv_answer(f"changes-{upload_id}.csv", _change_lines(changes))

    @require()
    def _enrollments(class_id: str) -> Any:
        """Who is in a class."""
        if is_of_the_id("enrollments"):
            return look(directory, r.CLASS)(f"{class_id}/enrollments")
        wanted = requested_page(1)
        after = wanted.after[0] if wanted.after else ""
        found = directory.enrollments(identity().district_id, class_id, after, wanted.limit + 1)
        if found is None:
            raise not_found("class")
        return page(found, wanted, [(item[n.USER_ID],) for item in found])

    csv = partial(described, blueprint, produces="text/csv")
    for path, description, view in (
        ("/uploads/<upload_id>/preview", described(blueprint, answer=_PREVIEW, problems=(404,)), _preview),
        ("/uploads/<upload_id>/changes.csv", csv(problems=(404,)), _changes),
        (
            "/classes/<path:class_id>/enrollments",
            described(blueprint, paged=True, answer=list_of({n.USER_ID: TEXT}), problems=(404, 422)),
            _enrollments,
        ),
    ):
        blueprint.get(path)(description(view))
    add_export(blueprint, directory)
    add_lists(blueprint, lists)
    add_changes(blueprint, directory, store)
    add_records(blueprint, directory, editing, history)
    return blueprint


def _change_lines(changes: r.Frames) -> Iterator[pl.DataFrame]:
    yield next(field_changes(record, frame.clear()) for record, frame in changes.items())
    for record, frame in changes.items():
        for part in frame.iter_slices(_PART_ROWS):
            yield field_changes(record, part)
