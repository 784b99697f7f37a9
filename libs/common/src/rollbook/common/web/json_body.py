"""The JSON object in a request's body."""

import json
from typing import Any, Final

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from rollbook.common.web.problems import Problem

MAX_BYTES: Final = 8 << 20
"""A district with tens of thousands of schools; the body is held in memory."""


def json_object(*, optional: bool = False) -> dict[str, Any]:
    """The object; an empty one where there is no body and it is `optional`.

    Raises:
        Problem: 400 for what is no JSON object, 413 for too large a one, 422 for texts with NUL characters or
            lone surrogates, which no database takes.
    """
    request.max_content_length = MAX_BYTES
    try:
        data = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Problem(413, "body_too_large", f"Send at most {MAX_BYTES:,} bytes of JSON.") from None
    if optional and not data.strip():
        return {}
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Problem(400, "bad_json", "Send a JSON object.")
    if not _is_storable(body):
        raise Problem(422, "bad_text", "Texts must not hold NUL characters or lone surrogates.")
    return body


def is_storable(text: str) -> bool:
    """Whether a database takes this text: neither a NUL character nor a lone surrogate is in it."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _is_storable(value: Any) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(is_storable(name) and _is_storable(item) for name, item in value.items())
    return not isinstance(value, list) or all(map(_is_storable, value))
