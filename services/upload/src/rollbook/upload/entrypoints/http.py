"""The HTTP interface: districts, templates and uploads."""

# flask-smorest ships no types, so every route is decorated by something untyped.
# mypy: disable-error-code="untyped-decorator"

import dataclasses
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, cast

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from rollbook.common.contracts import events as e
from rollbook.common.dictionary import DICTIONARY, Kind
from rollbook.common.dictionary.as_json import as_json
from rollbook.common.dictionary.templates import template
from rollbook.common.web.identity import identity, require
from rollbook.common.web.paging import page, requested_page
from rollbook.common.web.problems import Problem, not_found
from rollbook.upload.domain.district import District, district_from
from rollbook.upload.domain.states import BUSY
from rollbook.upload.entrypoints.presentation import problems_of, shown
from rollbook.upload.ports import Upload
from rollbook.upload.receiving import NotNow, Receiving, Request

CONTENT_TYPES: Final = frozenset(
    {
        "text/csv",
        "application/csv",
        "application/vnd.ms-excel",
        "application/octet-stream",
        "text/plain",
        "multipart/form-data",
    }
)
WATCH_SECONDS: Final = 25.0
_POLL_SECONDS: Final = 0.5
_BLOCK: Final = 1 << 20


def make_blueprint(receiving: Receiving) -> Blueprint:
    """The routes of the upload service."""
    blueprint = Blueprint("upload", __name__, description="Districts, templates and uploads.")
    _add_districts(blueprint, receiving)
    _add_uploads(blueprint, receiving)
    _add_actions(blueprint, receiving)
    return blueprint


def _add_districts(blueprint: Blueprint, receiving: Receiving) -> None:
    @blueprint.put("/districts/<district_id>")
    @require("support")
    def put_district(district_id: str) -> Any:
        """Create or change a district."""
        body = _json_body()
        if "\0" in district_id:
            raise not_found("district")
        with receiving.unit_of_work() as uow:
            uploads = receiving.uploads_in(uow)
            before = uploads.district(district_id, lock=True)
            new, faults = district_from(district_id, before.version + 1 if before else 1, body)
            if new is None:
                raise Problem(422, "invalid_district", "Correct the fields listed in errors.", errors=faults)
            active = bool(before and before.active) and not new.schools_without_unique_id()
            new = dataclasses.replace(new, active=active)
            uploads.save_district(new)
            uow.outbox.add(_changed(new))
            uow.commit()
        return jsonify(_district(new)), 200 if before else 201

    @blueprint.post("/districts/<district_id>/batch-upload")
    @require("support")
    def activate(district_id: str) -> Any:
        """Activate batch upload for a district."""
        with receiving.unit_of_work() as uow:
            uploads = receiving.uploads_in(uow)
            found = uploads.district(district_id, lock=True)
            if found is None:
                raise not_found("district")
            without = found.schools_without_unique_id()
            if without:
                raise Problem(
                    409,
                    "schools_without_unique_id",
                    "Give each of these schools a schoolId of its own.",
                    schools=without,
                )
            active = dataclasses.replace(found, active=True)
            uploads.save_district(active)
            uow.commit()
        return jsonify(_district(active))

    @blueprint.get("/batch-upload")
    @require()
    def feature() -> Any:
        """Whether batch upload is active for the caller's district."""
        with receiving.unit_of_work() as uow:
            found = receiving.uploads_in(uow).district(identity().district_id)
        active = bool(found and found.active)
        return jsonify(
            active=active,
            reason=None if active else "Batch upload has not been activated for your district.",
            whatToDo=None if active else "Ask support to activate it.",
            limits={"maxBytes": receiving.limits.max_bytes, "maxRows": receiving.limits.max_rows},
            enrollmentSource=found.enrollment_source if found else None,
        )

    @blueprint.get("/templates/<kind>.csv")
    @require()
    def download_template(kind: str) -> Any:
        """A header with sample rows."""
        answer = Response(template(_kind(kind)), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
        return answer

    @blueprint.get("/data-dictionary/<kind>")
    @require()
    def dictionary(kind: str) -> Any:
        """What a file may hold, and every finding."""
        return jsonify(as_json(_kind(kind)))


def _add_uploads(blueprint: Blueprint, receiving: Receiving) -> None:
    @blueprint.post("/uploads")
    @require("system", "enrollment")
    def upload_file() -> Any:
        """Upload a file."""
        who = identity()
        wanted = Request(
            district_id=who.district_id,
            kind=_query_kind(),
            file_name=_file_name(),
            by=e.Person(who.sub, who.name),
            school_scope=who.school_ids,
            idempotency_key=_idempotency_key(),
        )
        if request.mimetype not in CONTENT_TYPES:
            raise Problem(415, "unsupported_media_type", "Send the file as text/csv.")
        upload = _now(lambda: receiving.receive(wanted, _pieces))
        if upload.status == "refused":
            return _refused(upload).response()
        return jsonify(shown(upload, 0)), 201, {"Location": f"/api/v1/uploads/{upload.upload_id}"}

    @blueprint.get("/uploads")
    @require()
    def list_uploads() -> Any:
        """The district's uploads, newest first."""
        wanted = requested_page(2)
        with receiving.unit_of_work() as uow:
            uploads = receiving.uploads_in(uow)
            try:
                found = uploads.listed(identity().district_id, wanted.limit + 1, wanted.after)
            except ValueError:
                raise Problem(422, "bad_cursor", "Use the cursor as the previous page gave it.") from None
            items = [shown(one, uploads.rows_done(one.upload_id)) for one in found]
        return jsonify(page(items, wanted, [(one.uploaded_at.isoformat(), one.upload_id) for one in found]))

    @blueprint.get("/uploads/<upload_id>")
    @require()
    def get_upload(upload_id: str) -> Any:
        """One upload: status, progress, counts of findings."""
        return jsonify(_look(receiving, upload_id)[1])

    @blueprint.get("/uploads/<upload_id>/events")
    @require()
    def watch(upload_id: str) -> Any:
        """The same as server-sent events, until it waits or ends; connect again after half a minute."""
        first = _look(receiving, upload_id)
        district_id = identity().district_id
        events = _events(first, lambda: _look(receiving, upload_id, district_id))
        return Response(events, mimetype="text/event-stream")

    @blueprint.get("/uploads/<upload_id>/file")
    @require()
    def download(upload_id: str) -> Any:
        """The bytes as uploaded."""
        upload, _ = _look(receiving, upload_id)
        try:
            blocks = receiving.store.stream(f"uploads/{upload.upload_id}/file")
        except FileNotFoundError:
            raise not_found("file") from None
        answer = Response(blocks, mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{upload.kind}.csv"'
        return answer


def _add_actions(blueprint: Blueprint, receiving: Receiving) -> None:
    @blueprint.post("/uploads/<upload_id>/process")
    @require("system", "enrollment")
    def process(upload_id: str) -> Any:
        """Apply the accepted rows."""
        upload, _ = _look(receiving, upload_id)
        body = _json_body() if request.content_length else {}
        accepted_only, approval = body.get("acceptedRowsOnly", False), body.get("approval") or {}
        reason = approval.get("reason") or "" if isinstance(approval, dict) else None
        if not isinstance(accepted_only, bool) or not isinstance(reason, str) or len(reason) > 1000:
            raise Problem(
                422, "invalid_request", "Send {acceptedRowsOnly: boolean, approval: {reason: text}}."
            )
        who = identity()
        person = e.Person(who.sub, who.name)
        done = _now(
            lambda: receiving.process(
                upload.upload_id, person, accepted_rows_only=accepted_only, reason=reason.strip()
            )
        )
        return jsonify(_look(receiving, done.upload_id)[1]), 202

    @blueprint.post("/uploads/<upload_id>/cancel")
    @require("system", "enrollment")
    def cancel(upload_id: str) -> Any:
        """Give an upload up."""
        upload, _ = _look(receiving, upload_id)
        who = identity()
        done = _now(lambda: receiving.cancel(upload.upload_id, e.Person(who.sub, who.name)))
        return jsonify(_look(receiving, done.upload_id)[1])


def _look(
    receiving: Receiving, upload_id: str, district_id: str | None = None
) -> tuple[Upload, dict[str, Any]]:
    with receiving.unit_of_work() as uow:
        uploads = receiving.uploads_in(uow)
        upload = uploads.get(upload_id) if "\0" not in upload_id else None
        if upload is None or upload.district_id != (district_id or identity().district_id):
            raise not_found("upload")
        return upload, shown(upload, uploads.rows_done(upload_id))


def _events(
    first: tuple[Upload, dict[str, Any]], look: Callable[[], tuple[Upload, dict[str, Any]]]
) -> Iterator[str]:
    yield "retry: 2000\n\n"
    (upload, seen), end = first, time.monotonic() + WATCH_SECONDS
    yield _event(seen)
    while upload.status in BUSY and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
        upload, now = look()
        if now != seen:
            seen = now
            yield _event(seen)


def _event(state: dict[str, Any]) -> str:
    return f"event: status\ndata: {json.dumps(state)}\n\n"


def _now(act: Callable[[], Upload]) -> Upload:
    try:
        return act()
    except NotNow as hindrance:
        raise Problem(409, hindrance.code, hindrance.detail) from None


def _refused(upload: Upload) -> Problem:
    refusal = upload.refusal or {}
    codes = problems_of(upload)
    status = 413 if "file.too_large" in codes else 422
    detail = "The file was refused; problems says why, and what to do."
    return Problem(status, "file_refused", detail, id=upload.upload_id, uploadStatus="refused", **refusal)


def _pieces() -> Iterable[bytes]:
    if request.mimetype != "multipart/form-data":
        return iter(lambda: request.stream.read(_BLOCK), b"")
    part = request.files.get("file")
    if part is None:
        raise Problem(422, "no_file", "Send the file in the multipart field named file.")
    return iter(lambda: part.stream.read(_BLOCK), b"")


def _json_body() -> dict[str, Any]:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise Problem(400, "bad_json", "Send a JSON object.")
    if re.search(r"\\u0000|[\ud800-\udfff]", json.dumps(body, ensure_ascii=False)):
        raise Problem(422, "bad_text", "Texts must not hold NUL characters or lone surrogates.")
    return body


def _kind(kind: str) -> Kind:
    if kind not in DICTIONARY:
        raise not_found("kind of file")
    return cast("Kind", kind)


def _query_kind() -> str:
    kind = request.args.get("kind", "users")
    if kind not in DICTIONARY:
        raise Problem(422, "unknown_kind", "kind is users or demographics.")
    return kind


def _file_name() -> str:
    """The name to show: the last part of a path, without control characters."""
    name = re.split(r"[/\\]", request.args.get("filename", ""))[-1]
    return "".join(character for character in name if character.isprintable())[:255]


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 255 or not key.isprintable():
        raise Problem(422, "bad_idempotency_key", "An Idempotency-Key has at most 255 printable characters.")
    return key or None


def _changed(district: District) -> e.DistrictChanged:
    limits = district.thresholds
    return e.DistrictChanged(
        upload_id="",
        district_id=district.district_id,
        version=district.version,
        name=district.name,
        enrollment_source=district.enrollment_source,
        allow_school_creation=district.allow_school_creation,
        thresholds=e.Thresholds(
            float(limits["updatedPercent"]), float(limits["removedPercent"]), int(limits["fromRecords"])
        ),
        schools=tuple(e.School(school, name) for school, name in district.schools if school),
    )


def _district(district: District) -> dict[str, Any]:
    return {
        "districtId": district.district_id,
        "version": district.version,
        "name": district.name,
        "enrollmentSource": district.enrollment_source,
        "allowSchoolCreation": district.allow_school_creation,
        "thresholds": district.thresholds,
        "schools": [{"schoolId": school, "name": name} for school, name in district.schools],
        "batchUpload": district.active,
    }
