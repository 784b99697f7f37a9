"""One student, staff member or class: looked at, and edited directly."""

from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from rollbook.common.contracts.events import Person
from rollbook.common.dictionary import names as n
from rollbook.common.dictionary.texts import render
from rollbook.common.web.description import PERHAPS, PERSON, TEXT, described, list_of
from rollbook.common.web.identity import identity, require
from rollbook.common.web.json_body import json_object
from rollbook.common.web.language import into_their_language
from rollbook.common.web.paging import following, requested_offsets
from rollbook.common.web.problems import Problem, not_found
from rollbook.roster.domain import records as r
from rollbook.roster.domain.edit import EDITABLE
from rollbook.roster.domain.representation import etag_of, person_kind
from rollbook.roster.editing import Changed, Editing, EditRequest, Faulty, OutOfScope
from rollbook.roster.entrypoints.addresses import is_of_the_id
from rollbook.roster.ports import Directory, PersonHistory

_PLACES: Final = (("students", r.STUDENT), ("staff", r.STAFF), ("classes", r.CLASS))

_KEYS: Final = {r.STUDENT: n.USER_ID, r.STAFF: n.USER_ID, r.CLASS: n.CLASS_ID}
_ENTRY: Final = {"at": TEXT, "by": PERSON}
_IF_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag of the record that the caller saw.",
    "schema": TEXT,
}


def add_records(blueprint: Blueprint, directory: Directory, editing: Editing, history: PersonHistory) -> None:
    """Add the routes of single records."""
    for path, kind in _PLACES[:2]:
        rule = f"/{path}/<path:key>/history"
        entries = described(blueprint, paged=True, answer=list_of(_ENTRY), problems=(404, 422))
        blueprint.get(rule, endpoint=f"history_{kind}")(entries(_history(directory, history, kind)))
    for path, kind in _PLACES:
        rule = f"/{path}/<path:key>"
        record = {_KEYS[kind]: TEXT}
        shown = described(blueprint, answer=record, also={304: "Not changed."}, problems=(404,))
        blueprint.get(rule, endpoint=f"get_{kind}")(shown(look(directory, kind)))
        edit = described(
            blueprint,
            _IF_MATCH,
            body=dict.fromkeys(EDITABLE[r.CLASS if kind == r.CLASS else r.PERSON], PERHAPS),
            answer=record,
            problems=(400, 403, 404, 409, 412, 413, 422, 428),
        )
        blueprint.patch(rule, endpoint=f"edit_{kind}")(edit(_edit(editing, kind)))


def look(directory: Directory, kind: str) -> Callable[[str], Any]:
    """The view of a single record."""

    @require()
    def _get(key: str) -> Any:
        """One record, with the ETag that an edit needs."""
        found = directory.get(kind, identity().district_id, key)
        if found is None:
            raise not_found(kind)
        return _answer(found)

    return _get


def _history(directory: Directory, history: PersonHistory, kind: str) -> Callable[[str], Any]:
    @require()
    def _entries(key: str) -> Any:
        """What happened to a person: who changed which field, when, by what, from what to what."""
        if is_of_the_id("history"):
            return look(directory, kind)(f"{key}/history")
        (limit, (begin,)), district_id = requested_offsets(1), identity().district_id
        person = directory.get("", district_id, key)
        if person is not None and person_kind(person) != kind:
            raise not_found(kind)
        entries = list(islice(history.entries(district_id, key), begin, begin + limit + 1))
        if person is None and not (begin or entries):  # who was undone has a history still
            raise not_found(kind)
        more = len(entries) > limit
        return {"items": entries[:limit], "next": following((begin + limit,) if more else None)}

    return _entries


def _edit(editing: Editing, kind: str) -> Callable[[str], Any]:
    @require("system", "enrollment")
    def _patch(key: str) -> Any:
        """Set some fields of a record at once; If-Match says which values the caller has seen."""
        who, fields = identity(), _fields(kind, json_object())
        if not request.if_match:
            raise Problem(428, "precondition_required", "Send If-Match with the ETag of the record you saw.")
        wanted = EditRequest(
            district_id=who.district_id,
            kind=kind,
            key=key,
            fields=fields,
            by=Person(who.sub, who.name),
            scope=who.school_ids,
            is_current=request.if_match.contains,
        )
        try:
            record, edit_id = editing.edit(wanted)
        except LookupError:
            raise not_found(kind) from None
        except OutOfScope:
            raise Problem(403, "out_of_scope", f"You may not change a {kind} of this school.") from None
        except Changed:
            raise Problem(
                412, "changed_meanwhile", "The record was changed since you saw it; look at it again."
            ) from None
        except Faulty as faulty:
            raise _invalid(faulty) from None
        answer = _answer(record)
        if edit_id is not None:
            answer.headers["Location"] = f"/api/v1/uploads/{edit_id}"
        return answer

    return _patch


def _fields(kind: str, body: dict[str, Any]) -> dict[str, str | None]:
    editable = EDITABLE[r.CLASS if kind == r.CLASS else r.PERSON]
    faults = {name: "This field cannot be edited." for name in body if name not in editable} | {
        name: "Send text, or null to take the value away."
        for name, value in body.items()
        if name in editable and not (value is None or isinstance(value, str))
    }
    if faults or not body:
        detail = f"Send one or more of: {', '.join(editable)}."
        raise Problem(422, "invalid_fields", detail, errors=faults)
    return body


def _invalid(faulty: Faulty) -> Problem:
    shown = render(faulty.findings, "users").select(
        "column", "code", "severity", "value", "message", "howToFix"
    )
    findings = into_their_language()(shown.to_dicts())  # several sentences in a row are none that is known
    detail = " ".join(one["message"] for one in findings)
    return Problem(422, "invalid_record", detail, findings=findings)


def _answer(record: dict[str, Any]) -> Response:
    answer = jsonify(record)
    answer.set_etag(etag_of(record))
    answer.make_conditional(request)  # 304 for who has it
    return answer
