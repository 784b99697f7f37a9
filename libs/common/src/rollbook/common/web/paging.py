"""Lists in pages: `{items, next}`, continued by an opaque cursor."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import request

from rollbook.common.web.json_body import is_storable
from rollbook.common.web.problems import Problem

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many items are wanted, and after which key (a tuple of strings; None: from the start)."""

    limit: int
    after: tuple[str, ...] | None


def requested_page(key_length: int) -> PageRequest:
    """The page that the query string asks for; `key_length` is how many parts a key has.

    Raises:
        Problem: 422 for a limit that is not 1 to 200, or a cursor that is not ours.
    """
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MAX_LIMIT):
        raise Problem(422, "bad_limit", f"limit is a whole number from 1 to {MAX_LIMIT}.")
    cursor = request.args.get("cursor")
    return PageRequest(int(text), _read(cursor, key_length) if cursor else None)


def page(
    items: Sequence[dict[str, Any]], wanted: PageRequest, keys: Sequence[tuple[str, ...]]
) -> dict[str, Any]:
    """The page to answer with: of one more item than the limit, if there is one, and of each one's key."""
    more = len(items) > wanted.limit
    following = _write(keys[wanted.limit - 1]) if more else None
    return {"items": list(items[: wanted.limit]), "next": following}


def requested_offsets(count: int) -> tuple[int, tuple[int, ...]]:
    """The limit, and the cursor of a list that goes on at so many offsets (all 0 at first).

    Raises:
        Problem: 422 as `requested_page`.
    """
    wanted = requested_page(count)
    texts = wanted.after or ("0",) * count
    if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts):
        raise bad_cursor()
    return wanted.limit, tuple(map(int, texts))


def following(offsets: tuple[int, ...] | None) -> str | None:
    """The cursor that goes on at these offsets; None at the end."""
    return None if offsets is None else _write(tuple(map(str, offsets)))


def bad_cursor() -> Problem:
    """The answer to a cursor that no page gave."""
    return Problem(422, "bad_cursor", "Use the cursor as the previous page's next gave it, or none.")


def _write(key: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str, key_length: int) -> tuple[str, ...]:
    try:
        key = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        key = None
    whole = isinstance(key, list) and len(key) == key_length
    if not (whole and all(isinstance(part, str) and is_storable(part) for part in key)):
        raise bad_cursor()
    return tuple(key)
