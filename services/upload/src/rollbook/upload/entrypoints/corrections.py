"""Mending a file on the screen: some cells of an upload replaced, taken in as a new upload."""

# mypy: disable-error-code="untyped-decorator"

import dataclasses
from typing import Any, Final

from flask_smorest import Blueprint

from rollbook.common.web.description import described
from rollbook.common.web.identity import identity, require
from rollbook.common.web.json_body import json_object
from rollbook.common.web.problems import Problem
from rollbook.upload.correcting import Uncorrectable, correct
from rollbook.upload.domain.corrected_file import RowEdit
from rollbook.upload.domain.problem import FileRefused
from rollbook.upload.entrypoints.incoming_file import idempotency_key
from rollbook.upload.entrypoints.uploads import check_kept, file_removed, look, now, received, request_of
from rollbook.upload.ports import EDIT, UNDO, Looking
from rollbook.upload.receiving import Receiving

MOST_ROWS: Final = 1_000
_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
_ROW: Final = {
    "type": "object",
    "required": ["row"],
    "properties": {
        "row": {"type": "integer", "description": "As in the reports: the header is row 1."},
        "cells": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "New values by column.",
        },
        "line": {
            **_TEXTS,
            "description": "Instead of cells: every cell of the row, in order.",
        },
    },
}


def add_corrections(blueprint: Blueprint, receiving: Receiving, looking: Looking) -> None:
    """Add the route of corrections."""

    @blueprint.post("/uploads/<upload_id>/corrections")
    @described(
        blueprint,
        body={"rows": {"type": "array", "maxItems": MOST_ROWS, "items": _ROW}},
        answer={"id": {"type": "string"}, "status": {"type": "string"}},
        status=201,
        problems=(403, 404, 409, 410, 413, 422),
    )
    @require("system", "enrollment")
    def make_corrections(upload_id: str) -> Any:
        """Replace some cells of an uploaded file and take the corrected one in as a new upload.

        It is answered like POST /uploads, Idempotency-Key included.  All other bytes of the file stay as they
        are; one in Windows-1252 becomes UTF-8 where a new cell needs it.
        """
        original, _ = look(looking, upload_id, identity().district_id)
        edits = _edits(json_object())
        if original.kind in {UNDO, EDIT} or original.status == "refused":
            raise Problem(
                409, "no_file_kept", "No file is kept of this upload; correct yours and upload it again."
            )
        check_kept(original, receiving.store)
        wanted = request_of(original.kind, original.file_name, idempotency_key())
        try:
            return received(now(lambda: correct(receiving, original, edits, wanted)))
        except Uncorrectable as error:
            faults = [dataclasses.asdict(fault) for fault in error.faults]
            more = f"  {len(faults) - 1} more in errors." if len(faults) > 1 else ""
            raise Problem(
                422, "invalid_corrections", f"{faults[0]['message']}{more}", errors=faults
            ) from None
        except FileNotFoundError:
            raise file_removed() from None
        except FileRefused as error:
            raise Problem(
                409, "file_refused", f"The file would be refused today: {error}", id=upload_id
            ) from None


def _edits(body: dict[str, Any]) -> list[RowEdit]:
    rows = body.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS or not all(map(_is_edit, rows)):
        raise Problem(
            422,
            "invalid_request",
            f"Send {{rows: [{{row: number, cells: {{column: text}}}}]}} of 1 to {MOST_ROWS:,} rows; "
            "instead of cells a row may have line: the texts of all its cells.",
        )
    return [
        RowEdit(one["row"], one.get("cells", {}), tuple(one["line"]) if "line" in one else None)
        for one in rows
    ]


def _is_edit(one: Any) -> bool:
    if not isinstance(one, dict) or type(one.get("row")) is not int or len(one) != 2:
        return False
    cells, line = one.get("cells"), one.get("line")
    values = cells.values() if isinstance(cells, dict) else line if isinstance(line, list) else ()
    return bool(values) and all(isinstance(value, str) for value in values)
