"""The changes of an upload field by field, in pages: changes.csv for a screen."""

# mypy: disable-error-code="untyped-decorator"

import io
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import polars as pl
from flask import request
from flask_smorest import Blueprint

from rollbook.common.object_store import ObjectStore
from rollbook.common.web.description import described, list_of, query
from rollbook.common.web.identity import identity, require
from rollbook.common.web.paging import following, requested_offsets
from rollbook.common.web.problems import Problem, not_found
from rollbook.roster.domain import change_set as c
from rollbook.roster.domain import records as r
from rollbook.roster.planning import changes_key
from rollbook.roster.ports import Directory

TYPES: Final = (r.SCHOOL, r.STAFF, r.STUDENT, r.CLASS, r.ENROLLMENT, r.DEMOGRAPHICS)
KINDS: Final = (c.CREATED, c.UPDATED, c.REMOVED)
_RECORDS: Final = 200
"""Changed records that are turned into lines at a time; the places in a list are counted by it."""
_TEXTS: Final = ("recordType", "key", "schoolId", "change", "field", "before", "after")

Place = tuple[int, int, int]
"""Where a line is: in which kind of records, from which record on, as which of the lines of those records."""


def add_changes(blueprint: Blueprint, directory: Directory, store: ObjectStore) -> None:
    """Add the route of changes."""

    @blueprint.get("/uploads/<upload_id>/changes")
    @described(
        blueprint,
        query("recordType", "Those of such records.", *TYPES),
        query("schoolId", "Those of this school."),
        query("change", "Those of such a change.", *KINDS),
        query("key", "Those of one record: its ID; userId, a space and classId for an enrollment."),
        paged=True,
        answer=list_of(
            {name: {"type": "string"} for name in _TEXTS} | {"row": {"type": ["integer", "null"]}}
        ),
        problems=(404, 422),
    )
    @require()
    def changes(upload_id: str) -> Any:
        """The lines of changes.csv in their order."""
        limit, (kind, record, line) = requested_offsets(3)
        wanted = _filters()
        known = kept_change_set(directory, upload_id)
        try:
            found = list(islice(_lines(store, known, wanted, (kind, record, line)), limit + 1))
        except FileNotFoundError:
            raise not_found("list of changes") from None
        more = found[limit][0] if len(found) > limit else None
        return {"items": [line for _, line in found[:limit]], "next": following(more)}


def kept_change_set(directory: Directory, upload_id: str) -> Any:
    """The row of the change set of an upload of one's own district.

    Raises:
        Problem: 404 where there is none.
    """
    known = directory.change_set(identity().district_id, upload_id)
    if known is None:
        raise not_found("preview")
    return known


def _filters() -> dict[str, str]:
    """The filters of the query string by the names of the lines."""
    given = {name: request.args.get(name, "") for name in ("recordType", "schoolId", "change", "key")}
    for name, known in (("recordType", TYPES), ("change", KINDS)):
        if given[name] and given[name] not in known:
            raise Problem(422, f"bad_{name}", f"{name} is one of {', '.join(known)}.", parameter=name)
    return {name: value for name, value in given.items() if value}


def _lines(
    store: ObjectStore, known: Any, wanted: Mapping[str, str], start: Place
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The lines from a place on, each with its own."""
    records = (r.DEMOGRAPHICS,) if known.kind == r.DEMOGRAPHICS else r.USERS
    for kind, record in enumerate(records[start[0] :], start[0]):
        data = store.get(changes_key(known.upload_id, record, anew=known.made_anew))
        changed = pl.scan_parquet(io.BytesIO(data)).filter(_matching(record, wanted))
        first, skipped = start[1:] if kind == start[0] else (0, 0)
        while (part := changed.slice(first, _RECORDS).collect()).height:
            lines = c.field_changes(record, part)[skipped:]
            for at, line in enumerate(lines.iter_rows(named=True), skipped):
                yield (kind, first, at), line
            first, skipped = first + _RECORDS, 0


def _matching(record: str, wanted: Mapping[str, str]) -> pl.Expr:
    columns = {
        "recordType": pl.col("recordType"),
        "schoolId": pl.col("school"),
        "change": pl.col("change"),
        "key": pl.concat_str(r.SHAPES[record].keys, separator=" "),
    }
    conditions = [columns[name] == value for name, value in wanted.items()]
    return pl.all_horizontal(conditions) if conditions else pl.lit(value=True)
