"""An upload as people and programs see it."""

import dataclasses
from typing import Any, Final

from rollbook.common.web import description as d
from rollbook.upload.domain.states import FINAL, VALIDATING, Facts
from rollbook.upload.ports import EDIT, UNDO, Upload, Uploads

UPLOAD: Final = {
    **dict.fromkeys(("id", "status", "reason", "kind", "filename", "uploadedAt"), d.TEXT),
    "uploadedBy": d.PERSON,
    **dict.fromkeys(("sha256", "undoes", "undoneBy"), d.PERHAPS),
    **dict.fromkeys(("sizeBytes", "acceptedRows"), d.PERHAPS_NUMBER),
    "progress": {
        "type": "object",
        "properties": {"stage": d.TEXT, "rowsDone": d.NUMBER, "rows": d.NUMBER},
    },
    "findings": {
        "type": "object",
        "properties": {"errors": d.PERHAPS_NUMBER, "warnings": d.PERHAPS_NUMBER},
    },
    "heldReasons": d.TEXTS,
    "reIdentifications": d.PERHAPS_NUMBER,
    "approval": {"type": ["object", "null"]},
    "links": d.OBJECT,
}
"""An upload."""
DECISION: Final = {
    "acceptedRowsOnly": d.YES_OR_NO,
    "approval": {"type": "object", "properties": {"reason": d.TEXT}},
    "confirmReIdentifications": {"type": ["boolean", "array"], "items": d.TEXT},
}
"""What a person decides with Process."""


def shown(upload: Upload, rows_done: int) -> dict[str, Any]:
    """The JSON of an upload."""
    here, reports = f"/api/v1/uploads/{upload.upload_id}", f"/api/v1/reports/{upload.upload_id}"
    facts = upload.facts
    return {
        "id": upload.upload_id,
        "status": upload.status,
        "reason": upload.reason,
        "kind": upload.kind,
        "filename": upload.file_name,
        "uploadedBy": {"sub": upload.sub, "name": upload.person_name},
        "uploadedAt": upload.uploaded_at.isoformat(),
        "sha256": upload.sha256,
        "sizeBytes": upload.size_bytes,
        "progress": {"stage": _stage(upload), "rowsDone": rows_done, "rows": upload.rows or 0},
        "findings": {"errors": facts.errors, "warnings": facts.warnings},
        "acceptedRows": facts.accepted_rows,
        "heldReasons": list(facts.held_reasons),
        "reIdentifications": facts.re_identifications,
        "approval": upload.approval,
        "undoes": upload.undoes,
        "undoneBy": upload.undone_by,
        **(upload.refusal or {}),
        "links": {
            "self": here,
            "events": f"{here}/events",
            "preview": f"{here}/preview",
            "changes": f"{here}/changes.csv",
            "report": reports,
            "summary": f"{reports}/summary.csv",
            **({} if upload.kind in {UNDO, EDIT} else _links_of_the_file(here, reports)),
            **({"undo": f"/api/v1/uploads/{upload.undone_by}"} if upload.undone_by else {}),
        },
    }


def _links_of_the_file(here: str, reports: str) -> dict[str, str]:
    return {
        "file": f"{here}/file",
        "errors": f"{reports}/errors.csv",
        "corrections": f"{reports}/corrections.csv",
    }


def as_it_stands(upload: Upload, uploads: Uploads) -> dict[str, Any]:
    """The JSON of an upload, with how far it is."""
    return shown(upload, uploads.rows_done(upload.upload_id))


def as_received(upload: Upload) -> Upload:
    """The upload as it was when its file came: a repeated request gets the answer of the first."""
    return dataclasses.replace(upload, status=VALIDATING, reason="", facts=Facts())


def problems_of(upload: Upload) -> set[str]:
    """The codes for which a file was refused."""
    return {problem["code"] for problem in (upload.refusal or {}).get("problems", ())}


def _stage(upload: Upload) -> str:
    if upload.status == VALIDATING:
        if upload.facts.file_errors is None:
            return "checking"
        return "comparing" if upload.facts.roster_errors is None else "reporting"
    if upload.status in FINAL:
        return "done"
    if upload.status != "processing":
        return "waiting"
    return "undoing" if upload.undone_by else "applying"
