"""The files of a report: stored once, so that the hash is the ETag and any part can be had."""

# mypy: disable-error-code="untyped-decorator"

from collections.abc import Iterator
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from rollbook.common.object_store import ObjectStore
from rollbook.common.web.identity import identity, require
from rollbook.common.web.problems import Problem
from rollbook.reports.domain.retention import part_of
from rollbook.reports.entrypoints.history import report_of
from rollbook.reports.entrypoints.presentation import FILES, newest_file
from rollbook.reports.ports import History, Reads


def add_files(blueprint: Blueprint, history: History, reads: Reads, store: ObjectStore) -> None:
    """Add a route for each file of a report."""

    @require()
    def download(upload_id: str, name: str) -> Response:
        """A file of the report; conditional requests and ranges as RFC 9110 has them."""
        answer = _answer(kept_file(history, upload_id, name), store)
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


def _answer(file: dict[str, Any], store: ObjectStore) -> Response:
    size = file["sizeBytes"]
    answer = Response(content_type=file["contentType"])
    answer.set_etag(file["sha256"])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file["name"]}"'
    if request.if_none_match.contains_weak(file["sha256"]):
        answer.status_code = 304
        return answer
    start, stop = _wanted_range(file) or (0, size)
    if (start, stop) != (0, size):
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if request.method != "HEAD":
        answer.response = _stream(store, file["key"], start, stop - start)
    answer.headers["Content-Length"] = str(stop - start)
    return answer


def _wanted_range(file: dict[str, Any]) -> tuple[int, int] | None:
    """The one range that is asked for, from and up to; None for the whole file, as where several are wanted.

    Raises:
        Problem: 416 for a range that the file does not have.
    """
    size, wanted = file["sizeBytes"], request.range
    condition = request.headers.get("If-Range", "").strip()
    meant = condition in {"", f'"{file["sha256"]}"'}  # a date or a weak tag names no bytes
    if request.method != "GET" or not meant or wanted is None or wanted.units != "bytes":
        return None
    if len(wanted.ranges) != 1:
        return None
    start, stop = wanted.ranges[0]
    start, stop = max(0, size + start) if start < 0 else start, min(size, size if stop is None else stop)
    if start >= stop:
        raise Problem(
            416,
            "range_not_satisfiable",
            f"The file has {size} bytes.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, stop


def _stream(store: ObjectStore, key: str, start: int, length: int) -> Iterator[bytes]:
    try:
        return store.stream(key, start, length)
    except FileNotFoundError:
        raise Problem(503, "report_unavailable", "The file cannot be read now; try again later.") from None


def _why_absent(name: str) -> str:
    if name == "follow-up-errors.csv":
        return "Nothing failed while this upload was applied, or it has not been applied yet."
    return "This report is not made yet, or the file was refused; look at the status of the upload."
