"""What the reports service answers over HTTP: the history, reports, their files and an archive of them."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any, Final

from flask import Response, request
from flask_smorest import Blueprint

from rollbook.common.object_store import ObjectStore
from rollbook.common.web.identity import require
from rollbook.common.web.paging import page, requested_page
from rollbook.common.web.problems import Problem, not_found
from rollbook.reports.entrypoints.archive import archive
from rollbook.reports.entrypoints.checkpoints import add_checkpoints
from rollbook.reports.entrypoints.visibility import visible_districts
from rollbook.reports.ports import STAGES, Filters, History, Signer

FILES: Final = ("summary.csv", "errors.csv", "corrections.csv", "follow-up-errors.csv")


def make_blueprint(history: History, store: ObjectStore, signer: Signer | None) -> Blueprint:
    """The reports' views, below /api/v1; without a `signer` there are no checkpoints."""
    blueprint = Blueprint("reports", __name__, url_prefix="/reports", description="History and reports.")

    @require()
    def _find() -> Any:
        wanted = requested_page(2)
        after = None
        if wanted.after:
            after = (_moment(wanted.after[0], "cursor"), wanted.after[1])
        items = history.find(_filters(), after, wanted.limit + 1)
        return page(items, wanted, [(item["uploadedAt"], item["uploadId"]) for item in items])

    @require("auditor")
    def _export() -> Response:
        reports = ((described(found), _paths(found)) for found in history.every(_filters()))
        blocks = archive(reports, store.stream, lambda data: hashlib.sha256(data).hexdigest())
        headers = {"Content-Disposition": 'attachment; filename="reports.zip"'}
        return Response(blocks, mimetype="application/zip", headers=headers)

    @require()
    def _get(upload_id: str) -> Any:
        return described(_found(history, upload_id))

    @require()
    def _file(upload_id: str, name: str) -> Response:
        file = newest_file(_found(history, upload_id), name)
        if file is None:
            raise Problem(404, "report_not_found", _why_absent(name))
        answer = Response(content_type=file["contentType"])
        answer.set_etag(file["sha256"])
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        if request.if_none_match.contains(file["sha256"]):
            answer.status_code = 304
            return answer
        answer.headers["Content-Length"] = str(file["sizeBytes"])
        if request.method != "HEAD":
            answer.response = _stream(store, file["key"])
        return answer

    add_checkpoints(blueprint, signer)
    blueprint.add_url_rule("", "find", _find)
    blueprint.add_url_rule("/export.zip", "export", _export)
    blueprint.add_url_rule("/<string:upload_id>", "get", _get)
    for name in FILES:
        blueprint.add_url_rule(
            f"/<string:upload_id>/{name}", name.removesuffix(".csv"), _file, defaults={"name": name}
        )
    return blueprint


def described(found: dict[str, Any]) -> dict[str, Any]:
    """A report as JSON: what is known of the upload, its figures, findings by code, files and hashes."""
    made = [found["reports"][stage] for stage in STAGES if stage in found["reports"]]
    last = made[-1] if made else None
    base = f"/api/v1/reports/{found['uploadId']}"
    files = [file for name in FILES if (file := newest_file(found, name)) is not None]
    return {key: value for key, value in found.items() if key != "reports"} | {
        "summary": last["counts"] if last else [],
        "findings": [group for report in made for group in report["findings"]],
        "files": [
            {key: file[key] for key in ("name", "sha256", "sizeBytes", "contentType")}
            | {"href": f"{base}/{file['name']}"}
            for file in files
        ],
    }


def newest_file(found: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The file of this name in the latest stage that has one."""
    for stage in reversed(STAGES):
        for file in found["reports"].get(stage, {}).get("files", []):
            if file["name"] == name:
                newest: dict[str, Any] = file
                return newest
    return None


def _paths(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**file, "path": f"{found['uploadId']}/{stage}/{file['name']}"}
        for stage in STAGES
        for file in found["reports"].get(stage, {}).get("files", [])
    ]


def _stream(store: ObjectStore, key: str) -> Iterator[bytes]:
    try:
        return store.stream(key)
    except FileNotFoundError:
        raise Problem(503, "report_unavailable", "The file cannot be read now; try again later.") from None


def _why_absent(name: str) -> str:
    if name == "follow-up-errors.csv":
        return "Nothing failed while this upload was applied, or it has not been applied yet."
    return "This report is not made yet, or the file was refused; look at the status of the upload."


def _found(history: History, upload_id: str) -> dict[str, Any]:
    found = history.get(upload_id, visible_districts())
    if found is None:
        raise not_found("report")
    return found


def _filters() -> Filters:
    given = request.args
    since, until = given.get("from", ""), given.get("to", "")
    return Filters(
        districts=visible_districts(),
        since=_moment(since, "from") if since else None,
        until=_end(until) if until else None,
        school_id=given.get("schoolId", ""),
        uploaded_by=given.get("uploadedBy", ""),
        status=given.get("status", ""),
        kind=given.get("kind", ""),
        text=given.get("q", ""),
    )


def _end(text: str) -> dt.datetime:
    """The first moment after `to`: a day counts whole."""
    moment = _moment(text, "to")
    return moment + (dt.timedelta(days=1) if len(text) == len("2026-01-31") else dt.timedelta(microseconds=1))


def _moment(text: str, name: str) -> dt.datetime:
    """A day (its beginning) or a time; UTC where no zone is given."""
    try:
        moment = dt.datetime.fromisoformat(text.replace(" ", "+"))  # a + that was not quoted in the address
    except ValueError:
        raise Problem(
            422, f"bad_{name}", f"{name} is a day or a time, as 2026-01-31 or 2026-01-31T08:00:00Z."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
