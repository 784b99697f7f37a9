"""Uploads: sent, looked at, processed, cancelled."""

# mypy: disable-error-code="untyped-decorator"

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from flask import jsonify, request
from flask_smorest import Blueprint

from rollbook.common.contracts import events as e
from rollbook.common.dictionary import DICTIONARY
from rollbook.common.web.description import described, described_file, list_of, query
from rollbook.common.web.identity import identity, require
from rollbook.common.web.json_body import json_object
from rollbook.common.web.paging import bad_cursor, page, requested_page
from rollbook.common.web.problems import Problem, not_found
from rollbook.common.web.stored_file import StoredFile, answer_with_file
from rollbook.upload.deciding import Deciding, Decision
from rollbook.upload.domain.states import NotNow
from rollbook.upload.entrypoints.incoming_file import FILE_BODY, IDEMPOTENCY_KEY, incoming_file
from rollbook.upload.entrypoints.presentation import (
    DECISION,
    UPLOAD,
    as_it_stands,
    as_received,
    problems_of,
    shown,
)
from rollbook.upload.ports import FileStore, Looking, Upload
from rollbook.upload.receiving import KeyReused, Receiving, Request
from rollbook.upload.stored_file import file_key

_MOST_NEW_IDS: Final = 1000  # they travel in one message


def add_uploads(blueprint: Blueprint, receiving: Receiving, looking: Looking, store: FileStore) -> None:
    """Add the routes on which files come in and are looked at."""

    @blueprint.post("/uploads")
    @described(
        blueprint,
        query("kind", "What the file holds.", *DICTIONARY),
        query("filename", "Its name, where the body has none."),
        IDEMPOTENCY_KEY,
        answer=UPLOAD,
        status=201,
        problems=(400, 403, 409, 413, 415, 422),
    )
    @blueprint.doc(requestBody=FILE_BODY)
    @require("system", "enrollment")
    def upload_file() -> Any:
        """Upload a file."""
        file = incoming_file()
        wanted = request_of(file.kind, file.name, file.idempotency_key)
        return received(now(lambda: receiving.receive(wanted, file.pieces)))

    @blueprint.get("/uploads")
    @described(
        blueprint,
        query("idempotencyKey", "The one that a request with this Idempotency-Key made, if it did."),
        paged=True,
        answer=list_of(UPLOAD),
        problems=(422,),
    )
    @require()
    def list_uploads() -> Any:
        """The district's uploads, newest first."""
        wanted, key = requested_page(2), request.args.get("idempotencyKey")
        if key is not None:
            with looking() as uploads:
                made = uploads.by_key(identity().district_id, key)
                items = [] if made is None else [as_it_stands(made, uploads)]
            return jsonify(page(items, wanted, ()))
        after = (_moment(wanted.after[0]), wanted.after[1]) if wanted.after else None
        with looking() as uploads:
            found = uploads.listed(identity().district_id, wanted.limit + 1, after)
            items = [as_it_stands(one, uploads) for one in found]
        return jsonify(page(items, wanted, [(one.uploaded_at.isoformat(), one.upload_id) for one in found]))

    @blueprint.get("/uploads/<upload_id>")
    @described(blueprint, answer=UPLOAD, problems=(404,))
    @require()
    def get_upload(upload_id: str) -> Any:
        """One upload: status, progress, counts of findings."""
        return jsonify(look(looking, upload_id, identity().district_id)[1])

    @blueprint.get("/uploads/<upload_id>/file")
    @described_file(blueprint, "text/csv", problems=(404, 410))
    @require()
    def download(upload_id: str) -> Any:
        """The bytes as uploaded."""
        upload, _ = look(looking, upload_id, identity().district_id)
        check_kept(upload, store)
        return answer_with_file(
            StoredFile(
                name=f"{upload.kind}.csv",
                sha256=upload.sha256 or "",
                size_bytes=upload.size_bytes or 0,
                content_type="text/csv",  # in whatever encoding it came
                stream=lambda start, length: store.stream(file_key(upload.upload_id), start, length),
            )
        )


def add_decisions(blueprint: Blueprint, deciding: Deciding, looking: Looking) -> None:
    """Add the routes on which a person decides what becomes of an upload."""

    @blueprint.post("/uploads/<upload_id>/process")
    @described(
        blueprint,
        body=DECISION,
        needs_body=False,
        answer=UPLOAD,
        status=202,
        problems=(400, 403, 404, 409, 422),
    )
    @require("system", "enrollment")
    def process(upload_id: str) -> Any:
        """Apply the accepted rows."""
        who = identity()
        look(looking, upload_id, who.district_id)
        decision = _decision(json_object(optional=True))
        now(lambda: deciding.process(upload_id, e.Person(who.sub, who.name), decision))
        return jsonify(look(looking, upload_id, who.district_id)[1]), 202

    @blueprint.post("/uploads/<upload_id>/cancel")
    @described(blueprint, answer=UPLOAD, problems=(403, 404, 409))
    @require("system", "enrollment")
    def cancel(upload_id: str) -> Any:
        """Give an upload up."""
        who = identity()
        look(looking, upload_id, who.district_id)
        now(lambda: deciding.cancel(upload_id, e.Person(who.sub, who.name)))
        return jsonify(look(looking, upload_id, who.district_id)[1])

    @blueprint.post("/uploads/<upload_id>/undo")
    @described(blueprint, answer=UPLOAD, status=202, problems=(403, 404, 409))
    @require("system", "enrollment")
    def undo(upload_id: str) -> Any:
        """Put back what the upload changed."""
        who = identity()
        look(looking, upload_id, who.district_id)
        undone = now(lambda: deciding.undo(upload_id, e.Person(who.sub, who.name), who.school_ids))
        answer = look(looking, upload_id, who.district_id)[1]
        return jsonify(answer), 202, {"Location": f"/api/v1/uploads/{undone.undone_by}"}


def look(looking: Looking, upload_id: str, district_id: str) -> tuple[Upload, dict[str, Any]]:
    """An upload, and how it is shown.

    Raises:
        Problem: 404 for one that is not there or another district's.
    """
    with looking() as uploads:
        upload = uploads.get(upload_id)
        if upload is None or upload.district_id != district_id:
            raise not_found("upload")
        return upload, as_it_stands(upload, uploads)


def check_kept(upload: Upload, store: FileStore) -> None:
    """See that the file of an upload is there.

    Raises:
        Problem: 404 where there never was one, 410 where it is gone.
    """
    if upload.kind not in DICTIONARY or upload.status == "refused":
        raise not_found("file")
    try:
        store.size(file_key(upload.upload_id))
    except FileNotFoundError:
        raise file_removed() from None


def file_removed() -> Problem:
    """The answer for a file that was kept once."""
    return Problem(410, "file_removed", "The file is no longer kept; its report says since when.")


def _decision(body: dict[str, Any]) -> Decision:
    accepted_only, approval = body.get("acceptedRowsOnly", False), body.get("approval")
    approval = {} if approval is None else approval
    reason = approval.get("reason") if isinstance(approval, dict) else None
    reason = "" if reason is None else reason
    confirmed = body.get("confirmReIdentifications", False)
    new_ids = confirmed if isinstance(confirmed, list) else []
    if (
        not isinstance(accepted_only, bool)
        or not isinstance(approval, dict)
        or not isinstance(reason, str)
        or len(reason) > 1000
        or not isinstance(confirmed, bool | list)
        or len(new_ids) > _MOST_NEW_IDS
        or not all(isinstance(one, str) and len(one) <= 100 for one in new_ids)
    ):
        raise Problem(
            422,
            "invalid_request",
            "Send {acceptedRowsOnly: true or false, approval: {reason: text of at most 1000 characters}, "
            f"confirmReIdentifications: true, false or a list of at most {_MOST_NEW_IDS} new userIds}}.",
        )
    return Decision(accepted_only, reason.strip(), confirmed is True, tuple(new_ids))


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise bad_cursor() from None


def request_of(kind: str, file_name: str, key: str | None) -> Request:
    """What the caller wants to have taken in."""
    who = identity()
    return Request(who.district_id, kind, file_name, e.Person(who.sub, who.name), who.school_ids, key)


def received(upload: Upload) -> Any:
    """The answer to a file that was received, or refused."""
    if upload.status == "refused":
        return _refused(upload).response()
    answer = shown(as_received(upload), 0)
    return jsonify(answer), 201, {"Location": answer["links"]["self"]}


def now(act: Callable[[], Upload]) -> Upload:
    """Do it.

    Raises:
        Problem: 409 where the state of things forbids it, 422 for a key that was used for something else.
    """
    try:
        return act()
    except NotNow as hindrance:
        raise Problem(409, hindrance.code, hindrance.detail) from None
    except KeyReused:
        raise Problem(
            422,
            "idempotency_key_reused",
            "This Idempotency-Key was used for another file; take a new key for each file.",
        ) from None


def _refused(upload: Upload) -> Problem:
    status = 413 if "file.too_large" in problems_of(upload) else 422
    detail = "The file was refused; problems says why, and what to do."
    return Problem(
        status, "file_refused", detail, id=upload.upload_id, uploadStatus="refused", **(upload.refusal or {})
    )
