"""The file in a request: its name, what it is to be taken as, and its bytes as they arrive."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import request
from werkzeug.exceptions import ClientDisconnected

from rollbook.common.dictionary import DICTIONARY
from rollbook.common.web.problems import Problem
from rollbook.upload.entrypoints.multipart import file_part

MULTIPART: Final = "multipart/form-data"
CONTENT_TYPES: Final = frozenset(
    {
        "text/csv",
        "application/csv",
        "application/vnd.ms-excel",
        "application/octet-stream",
        "text/plain",
        MULTIPART,
    }
)
FILE_BODY: Final = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        MULTIPART: {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
    },
}
IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A new one for each file: sent twice, it is taken once.",
    "schema": {"type": "string"},
}
_BLOCK_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file that is on its way; `pieces` raises Problem where its end never comes."""

    kind: str
    name: str
    idempotency_key: str | None
    pieces: Iterator[bytes]


def incoming_file() -> IncomingFile:
    """The file in the request that is being answered.

    Raises:
        Problem: 400, 413, 415 or 422 where there is none, or the request around it is not in order.
    """
    kind, key = _kind(), idempotency_key()
    _check_content()
    name, pieces = "", _body()
    if request.mimetype == MULTIPART:
        name, pieces = file_part(pieces, request.mimetype_params.get("boundary", ""))
    return IncomingFile(kind, _shown_name(request.args.get("filename") or name), key, pieces)


def _check_content() -> None:
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        raise Problem(
            415, "unsupported_content_encoding", "Send the file as it is, without Content-Encoding."
        )
    if request.mimetype not in CONTENT_TYPES:
        raise Problem(
            415,
            "unsupported_media_type",
            "Send the file with Content-Type: text/csv, or as the field named file of multipart/form-data.",
        )


def _body() -> Iterator[bytes]:
    """The body in blocks.  Some servers say nothing where it breaks off, so its length is held to."""
    read, expected = 0, request.content_length
    try:
        while block := request.stream.read(_BLOCK_BYTES):
            read += len(block)
            yield block
    except (ClientDisconnected, OSError):
        raise _broken_off() from None
    if expected is not None and read < expected:
        raise _broken_off()


def _broken_off() -> Problem:
    return Problem(
        400, "incomplete_body", "The file broke off on its way; nothing of it was kept.  Send it again."
    )


def _kind() -> str:
    kind = request.args.get("kind", "users")
    if kind not in DICTIONARY:
        raise Problem(422, "unknown_kind", "kind is users or demographics.")
    return kind


def _shown_name(name: str) -> str:
    """The last part of a path, without control characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(character for character in last if character.isprintable())[:255]


def idempotency_key() -> str | None:
    """The request's Idempotency-Key, if it has one.

    Raises:
        Problem: 422 for one that cannot be kept.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 255 or not key.isprintable():
        raise Problem(422, "bad_idempotency_key", "An Idempotency-Key has at most 255 printable characters.")
    return key or None
