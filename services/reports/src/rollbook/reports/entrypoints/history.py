"""The history of uploads, each one's report, an archive of them, and who has read them."""

# mypy: disable-error-code="untyped-decorator"

import hashlib
from collections.abc import Iterator
from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from rollbook.common.object_store import ObjectStore
from rollbook.common.web.description import described, list_of
from rollbook.common.web.identity import Identity, identity, require
from rollbook.common.web.paging import bad_cursor, page, requested_page
from rollbook.common.web.problems import not_found
from rollbook.reports.entrypoints.archive import archive
from rollbook.reports.entrypoints.filters import FILTERS, moment, requested_filters
from rollbook.reports.entrypoints.presentation import ITEM, READ, REPORT, all_files, as_json
from rollbook.reports.entrypoints.visibility import visible_districts
from rollbook.reports.ports import Filters, History, Reads


def add_history(blueprint: Blueprint, history: History, reads: Reads, store: ObjectStore) -> None:
    """Add the routes of the history."""

    @blueprint.get("")
    @described(blueprint, *FILTERS, paged=True, answer=list_of(ITEM), problems=(422,))
    @require()
    def find() -> Any:
        """The history of uploads, newest first."""
        wanted = requested_page(2)
        after = (moment(wanted.after[0], "cursor"), wanted.after[1]) if wanted.after else None
        items = history.find(requested_filters(), after, wanted.limit + 1)
        return jsonify(page(items, wanted, [(item["uploadedAt"], item["uploadId"]) for item in items]))

    @blueprint.get("/export.zip")
    @described(blueprint, *FILTERS, produces="application/zip", problems=(403, 422))
    @require("auditor")
    def export() -> Any:
        """All reports that the filters of the history name, in one archive with their SHA-256 sums."""
        found = _each_noted(requested_filters(), identity())
        blocks = archive(
            ((as_json(one), all_files(one)) for one in found),
            store.stream,
            lambda data: hashlib.sha256(data).hexdigest(),
        )
        headers = {"Content-Disposition": 'attachment; filename="reports.zip"'}
        return Response(blocks, mimetype="application/zip", headers=headers)

    @blueprint.get("/<string:upload_id>")
    @described(blueprint, answer=REPORT, problems=(404,))
    @require()
    def get(upload_id: str) -> Any:
        """What was uploaded, by whom, what was found and changed, with hashes and the place in the chain."""
        found = report_of(history, upload_id)
        reads.note(upload_id, identity(), "report")
        return jsonify(as_json(found))

    @blueprint.get("/<string:upload_id>/reads")
    @described(blueprint, paged=True, answer=list_of(READ), problems=(403, 404, 422))
    @require("auditor")
    def who_read(upload_id: str) -> Any:
        """Who has read this report, when and which part of it, latest first."""
        report_of(history, upload_id)
        wanted = requested_page(1)
        before = _number(wanted.after[0]) if wanted.after else None
        items = reads.of(upload_id, before, wanted.limit + 1)
        keys = [(str(item.pop("number")),) for item in items]
        return jsonify(page(items, wanted, keys))

    def _each_noted(filters: Filters, caller: Identity) -> Iterator[dict[str, Any]]:
        for one in history.every(filters):
            reads.note(one["uploadId"], caller, "export.zip")
            yield one


def report_of(history: History, upload_id: str) -> dict[str, Any]:
    """An upload's report.

    Raises:
        Problem: 404 where there is none that the caller may see.
    """
    found = history.get(upload_id, visible_districts())
    if found is None:
        raise not_found("report")
    return found


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise bad_cursor()
    return int(text)
