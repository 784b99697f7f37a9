"""The files of a report: stored once, so that the hash is the ETag and any part can be had."""

# mypy: disable-error-code="untyped-decorator"

from collections.abc import Iterator
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from rollbook.common.object_store import ObjectStore
from rollbook.common.web.description import described_file
from rollbook.common.web.identity import identity, require
from rollbook.common.web.problems import Problem
from rollbook.common.web.stored_file import StoredFile, answer_with_file
from rollbook.reports.domain.retention import part_of
from rollbook.reports.entrypoints.history import report_of
from rollbook.reports.entrypoints.presentation import FILES, newest_file
from rollbook.reports.ports import History, Reads


def add_files(blueprint: Blueprint, history: History, reads: Reads, store: ObjectStore) -> None:
    """Add a route for each file of a report."""

    @described_file(blueprint, "text/csv", problems=(404, 410, 503))
    @require()
    def download(upload_id: str, name: str) -> Response:
        """A file of the report; conditional requests and ranges as RFC 9110 has them."""
        answer = answer_with_file(_stored(kept_file(history, upload_id, name), store))
        if request.method == "GET" and answer.status_code in {200, 206}:
            reads.note(upload_id, identity(), name)
        return answer

    for name in FILES:
        endpoint = name.removesuffix(".csv")
        blueprint.add_url_rule(f"/<string:upload_id>/{name}", endpoint, download, defaults={"name": name})


def kept_file(history: History, upload_id: str, name: str) -> dict[str, Any]:
    """What is known of a file of a report.

    Raises:
        Problem: 404 where it is not made, or not for the caller to see; 410 where it was removed.
    """
    found = report_of(history, upload_id)
    file = newest_file(found, name)
    if file is None:
        raise Problem(404, "report_not_found", _why_absent(name))
    if (removed := found["removed"].get(part_of(name))) is not None:
        raise Problem(410, "removed", f"{name} is no longer kept; it was removed on {removed[:10]}.")
    return file


def _stored(file: dict[str, Any], store: ObjectStore) -> StoredFile:
    return StoredFile(
        name=file["name"],
        sha256=file["sha256"],
        size_bytes=file["sizeBytes"],
        content_type=file["contentType"],
        stream=lambda start, length: _stream(store, file["key"], start, length),
    )


def _stream(store: ObjectStore, key: str, start: int, length: int) -> Iterator[bytes]:
    try:
        return store.stream(key, start, length)
    except FileNotFoundError:
        raise Problem(503, "report_unavailable", "The file cannot be read now; try again later.") from None


def _why_absent(name: str) -> str:
    if name == "follow-up-errors.csv":
        return "Nothing failed while this upload was applied, or it has not been applied yet."
    return "This report is not made yet, or the file was refused; look at the status of the upload."
