"""The findings of a report and the rejected records, in pages, for people who mend them on a screen."""

# mypy: disable-error-code="untyped-decorator"

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import jsonify, request
from flask_smorest import Blueprint

from rollbook.common.object_store import ObjectStore
from rollbook.common.web.description import described, list_of, query
from rollbook.common.web.identity import identity, require
from rollbook.common.web.paging import bad_cursor, following, requested_offsets
from rollbook.common.web.problems import Problem
from rollbook.reports.domain import finding_pages, rejected_rows
from rollbook.reports.domain.stored_csv import NoRecord, StoredCsv
from rollbook.reports.entrypoints.files import kept_file
from rollbook.reports.entrypoints.filters import one_of, text_of
from rollbook.reports.ports import History, Reads

STAGES: Final = {"validation": "errors.csv", "follow-up": "follow-up-errors.csv"}
SEVERITIES: Final = ("error", "warning")
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer"}
_OF_CELL: Final = {
    **dict.fromkeys(("column", "code", "severity", "value", "message", "howToFix"), _TEXT),
    "relatedRows": {"type": "array", "items": _NUMBER},
}
_FINDING: Final = {"row": _NUMBER, **_OF_CELL, "userId": _TEXT, "classId": _TEXT}
_REJECTED: Final = {
    "row": _NUMBER,
    "cells": {"type": "array", "items": _TEXT},
    "findings": {"type": "array", "items": {"type": "object", "properties": _OF_CELL}},
}

T = TypeVar("T")


def add_findings(blueprint: Blueprint, history: History, reads: Reads, store: ObjectStore) -> None:
    """Add the routes of findings and rejected rows."""

    @blueprint.get("/<string:upload_id>/findings")
    @described(
        blueprint,
        query("stage", "validation, or follow-up: what failed while applying.", *STAGES),
        query("code", "Those of this code."),
        query("column", "Those in this column; row for those of a whole record."),
        query("severity", "Those of this severity.", *SEVERITIES),
        query("value", "Those of this very value."),
        paged=True,
        answer=list_of(_FINDING),
        problems=(404, 410, 422),
    )
    @require()
    def findings(upload_id: str) -> Any:
        """The lines of errors.csv in their order.

        With a filter a page may hold fewer items than `limit`, even none, while there is a `next`.
        """
        name = STAGES[one_of("stage", STAGES) or "validation"]
        wanted = finding_pages.Wanted(
            text_of("code"), text_of("column"), one_of("severity", SEVERITIES), request.args.get("value", "")
        )
        limit, (start,) = requested_offsets(1)
        file = _stored(history, store, upload_id, name)
        items, after = _read(lambda: finding_pages.page(file, start, wanted, limit))
        reads.note(upload_id, identity(), name)
        return jsonify(items=items, next=following(None if after is None else (after,)))

    @blueprint.get("/<string:upload_id>/rejected-rows")
    @described(
        blueprint,
        paged=True,
        answer={**list_of(_REJECTED), "columns": {"type": "array", "items": _TEXT}},
        problems=(404, 410, 422),
    )
    @require()
    def rejected(upload_id: str) -> Any:
        """The rejected records as uploaded, each with what was found in it, in the order of the file.

        `columns` are the file's own; a record's surplus cells come after those of its columns, and cells that
        it lacks are "".  A page of large cells holds fewer items than `limit`.
        """
        limit, offsets = requested_offsets(2)
        corrections = _stored(history, store, upload_id, "corrections.csv")
        errors = _stored(history, store, upload_id, "errors.csv")
        items, after = _read(lambda: rejected_rows.page(corrections, errors, (offsets[0], offsets[1]), limit))
        reads.note(upload_id, identity(), "corrections.csv")
        return jsonify(columns=rejected_rows.columns(corrections), items=items, next=following(after))


def _stored(history: History, store: ObjectStore, upload_id: str, name: str) -> StoredCsv:
    file = kept_file(history, upload_id, name)
    return StoredCsv(lambda start, length: store.get_range(file["key"], start, length), file["sizeBytes"])


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except NoRecord:
        raise bad_cursor() from None
    except FileNotFoundError:
        raise Problem(503, "report_unavailable", "The file cannot be read now; try again later.") from None
