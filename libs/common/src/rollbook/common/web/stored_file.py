"""A stored file as an answer: its hash is the ETag, and any one part of it can be had (RFC 9110)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response, request

from rollbook.common.web.problems import Problem


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of which the bytes never change; `stream` gives so many of them from an offset."""

    name: str
    sha256: str
    size_bytes: int
    content_type: str
    stream: Callable[[int, int], Iterator[bytes]]


def answer_with_file(file: StoredFile) -> Response:
    """The file or the part that is asked for; 304 for who has it, no bytes for HEAD.

    Raises:
        Problem: 412 where another file is meant, 416 for a range that the file does not have.
    """
    size = file.size_bytes
    if request.if_match and not request.if_match.contains(file.sha256):
        raise Problem(412, "other_file", "The file is not the one that If-Match names.")
    answer = Response(content_type=file.content_type)
    answer.set_etag(file.sha256)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    if request.if_none_match.contains_weak(file.sha256):
        answer.status_code = 304
        return answer
    start, stop = _wanted_range(file) or (0, size)
    if (start, stop) != (0, size):
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if request.method != "HEAD":
        answer.response = file.stream(start, stop - start)
    answer.headers["Content-Length"] = str(stop - start)
    return answer


def _wanted_range(file: StoredFile) -> tuple[int, int] | None:
    """The one range that is asked for, from and up to; None for the whole file, as for several ranges."""
    size, wanted = file.size_bytes, request.range
    condition = request.headers.get("If-Range", "").strip()
    meant = condition in {"", f'"{file.sha256}"'}  # a date or a weak tag names no bytes
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
