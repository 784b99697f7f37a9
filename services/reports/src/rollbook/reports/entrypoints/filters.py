"""What the query string of the history asks for."""

import datetime as dt
from collections.abc import Collection
from typing import Final

from flask import request

from rollbook.common.web.description import query
from rollbook.common.web.problems import Problem
from rollbook.reports.entrypoints.visibility import visible_districts
from rollbook.reports.ports import KINDS, STATUSES, Filters

MAX_TEXT: Final = 255
FILTERS: Final = (
    query("from", "Uploaded on this day or later, or at this time."),
    query("to", "Uploaded on this day or earlier, or at this time."),
    query("schoolId", "Those that name this school."),
    query("uploadedBy", "Those of the person with this name or ID."),
    query("status", "Those of this status.", *STATUSES),
    query("kind", "Those of this kind.", *KINDS),
    query("q", "Part of a file name, person, school or upload ID; of one or two letters, its beginning."),
)


def requested_filters() -> Filters:
    """The filters that a request names.

    Raises:
        Problem: 422 for a value that cannot be meant; its code and text name the parameter.
    """
    since, until = text_of("from"), text_of("to")
    return Filters(
        districts=visible_districts(),
        since=moment(since, "from") if since else None,
        until=_end(until) if until else None,
        school_id=text_of("schoolId"),
        uploaded_by=text_of("uploadedBy"),
        status=one_of("status", STATUSES),
        kind=one_of("kind", KINDS),
        text=text_of("q"),
    )


def moment(text: str, name: str) -> dt.datetime:
    """A day (its beginning) or a time; UTC where no zone is given."""
    try:
        found = dt.datetime.fromisoformat(text.replace(" ", "+"))  # a + that was not quoted in the address
        return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise _bad(name, "is a day or a time, as 2026-01-31 or 2026-01-31T08:00:00Z") from None


def _end(text: str) -> dt.datetime:
    """The first moment after `to`: a day counts whole."""
    found = moment(text, "to")
    is_day = len(text) == len("2026-01-31")
    try:
        return found + (dt.timedelta(days=1) if is_day else dt.timedelta(microseconds=1))
    except OverflowError:
        return found


def text_of(name: str) -> str:
    """A parameter of the query string, trimmed; "" where it is absent.

    Raises:
        Problem: 422 where it is too long.
    """
    text = request.args.get(name, "").strip()
    if len(text) > MAX_TEXT:
        raise _bad(name, f"is at most {MAX_TEXT} characters")
    return text


def one_of(name: str, known: Collection[str]) -> str:
    """The same of a parameter that is one of some words; Problem 422 where it is another."""
    text = text_of(name)
    if text and text not in known:
        raise _bad(name, f"is one of {', '.join(known)}")
    return text


def _bad(name: str, wanted: str) -> Problem:
    return Problem(422, f"bad_{name}", f"{name} {wanted}.", parameter=name)
