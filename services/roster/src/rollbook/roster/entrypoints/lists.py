"""Lists of schools, staff, students and classes: searched, filtered, counted, in pages."""

from collections.abc import Callable
from typing import Any, Final

from flask import request
from flask_smorest import Blueprint

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.common.web.description import described, list_of, query
from rollbook.common.web.identity import identity, require
from rollbook.common.web.paging import page, requested_page
from rollbook.common.web.problems import Problem
from rollbook.roster.domain import records as r
from rollbook.roster.domain.record_list import STATUSES, Wanted
from rollbook.roster.ports import RecordLists

MAX_TEXT: Final = 255
_TEXT: Final = {"type": "string"}
_LISTS: Final = (
    ("schools", r.SCHOOL, ()),
    ("staff", r.PERSON, users.STAFF),
    ("students", r.PERSON, (users.STUDENT,)),
    ("classes", r.CLASS, ()),
)
_MORE: Final[dict[str, dict[str, Any]]] = {
    r.SCHOOL: {},
    r.PERSON: {n.SCHOOL_NAME: _TEXT},
    r.CLASS: {n.SCHOOL_NAME: _TEXT, "students": {"type": "integer"}, "teachers": {"type": "array"}},
}


def add_lists(blueprint: Blueprint, lists: RecordLists) -> None:
    """Add the routes of lists."""
    for path, record, roles in _LISTS:
        filters = [query("q", "Those with all these words in their ID, names or e-mail."),
                   query("schoolId", "Those of this school.")]  # fmt: skip
        if record != r.SCHOOL:
            filters.append(query("grade", "Those of this grade."))
        if record == r.PERSON:
            filters.append(query("status", "Those who are there, or have left.", *STATUSES))
        columns = dict.fromkeys(r.SHAPES[record].columns, _TEXT)
        answer = list_of(columns | _MORE[record])
        describe = described(
            blueprint,
            *filters,
            paged=True,
            answer={**answer, "total": {"type": "integer"}, "totalIsExact": {"type": "boolean"}},
            problems=(422,),
        )
        view = _listing(lists, record, roles)
        blueprint.get(f"/{path}", endpoint=path)(describe(view))


def _listing(lists: RecordLists, record: str, roles: tuple[str, ...]) -> Callable[[], Any]:
    (key,) = r.SHAPES[record].keys

    @require()
    def _list() -> Any:
        """The records by their ID, and how many there are."""
        page_wanted = requested_page(1)
        after = page_wanted.after[0] if page_wanted.after else ""
        found = lists.page(record, identity().district_id, _wanted(roles), after, page_wanted.limit + 1)
        items = page(found.items, page_wanted, [(item[key],) for item in found.items])
        return {**items, "total": found.total, "totalIsExact": True}

    return _list


def _wanted(roles: tuple[str, ...]) -> Wanted:
    given = {name: request.args.get(name, "") for name in ("q", "schoolId", "grade", "status")}
    for name, value in given.items():
        if len(value) > MAX_TEXT:
            raise Problem(422, f"bad_{name}", f"{name} is at most {MAX_TEXT} characters.", parameter=name)
    if given["status"] not in {"", *STATUSES}:
        raise Problem(422, "bad_status", f"status is one of {', '.join(STATUSES)}.", parameter="status")
    return Wanted(given["q"], given["schoolId"], given["grade"], given["status"], roles)
