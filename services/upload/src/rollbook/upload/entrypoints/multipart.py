"""The field `file` of a multipart body, as it arrives: neither memory nor a disk holds the whole of it."""

from collections.abc import Iterable, Iterator
from typing import Final

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from rollbook.common.web.problems import Problem

FIELD: Final = "file"
MAX_PARTS: Final = 100
_MAX_BUFFER_BYTES: Final = 1 << 20
"""What is kept while a boundary or the head of a part is looked for; more than any block of the body."""


def file_part(body: Iterable[bytes], boundary: str) -> tuple[str, Iterator[bytes]]:
    """The name of the file ("" where the part has none) and its bytes.

    Raises:
        Problem: 422 without such a field; 400 or 413 for a body that is no multipart or breaks off, perhaps
            only while the bytes are taken.
    """
    if not boundary:
        raise _unreadable()
    events = _events(body, boundary.encode("latin-1", "replace"))
    for event in events:
        if isinstance(event, File | Field) and event.name == FIELD:
            return getattr(event, "filename", ""), _bytes_of_part(events)
    raise Problem(422, "no_file", f"Send the file in the multipart field named {FIELD}.")


def _bytes_of_part(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if isinstance(event, Data):
            if event.data:
                yield event.data
            if not event.more_data:
                break
    for event in events:  # to the end, so that a body that breaks off is noticed
        if isinstance(event, File | Field) and event.name == FIELD:
            raise Problem(422, "several_files", "Send one file at a time.")


def _events(body: Iterable[bytes], boundary: bytes) -> Iterator[Event]:
    decoder, parts = MultipartDecoder(boundary, _MAX_BUFFER_BYTES), 0
    for piece in body:
        for event in _decoded(decoder, piece):
            parts += isinstance(event, File | Field)
            if parts > MAX_PARTS:
                raise Problem(
                    413, "too_many_parts", f"Send at most {MAX_PARTS} fields, one of them the file."
                )
            yield event
    try:
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), Epilogue):
            yield event
    except ValueError:
        raise Problem(
            400, "incomplete_body", "The file broke off on its way; nothing of it was kept.  Send it again."
        ) from None


def _decoded(decoder: MultipartDecoder, piece: bytes) -> Iterator[Event]:
    try:
        decoder.receive_data(piece)
        while not isinstance(event := decoder.next_event(), NeedData):
            yield event
    except (ValueError, RequestEntityTooLarge):
        raise _unreadable() from None


def _unreadable() -> Problem:
    return Problem(400, "bad_multipart", "The body is not multipart/form-data as its Content-Type announces.")
