"""The roster, or some people of it, as a file that uploads again without a change."""

# mypy: disable-error-code="untyped-decorator"

from collections.abc import Iterator
from functools import partial
from typing import Final

import polars as pl
from flask import Response, request
from flask_smorest import Blueprint

from rollbook.common import report_csv
from rollbook.common.web.description import TEXT, TEXTS, described, query
from rollbook.common.web.identity import identity, require
from rollbook.common.web.json_body import json_object
from rollbook.common.web.problems import Problem
from rollbook.roster.domain.roster_file import ROLES, Selection
from rollbook.roster.ports import Directory

MOST_SELECTED: Final = 5_000
"""Whom somebody picks from lists by hand; whoever wants more wants a school, or all."""
_WANTED: Final = (
    query("type", "Which people.", *ROLES),
    query("schoolId", "Those of this school."),
    query("userId", "These people; several separated by commas, or the parameter several times."),
)
_SELECTED: Final = {
    "type": {**TEXT, "enum": list(ROLES)},
    "userIds": {**TEXTS, "minItems": 1, "maxItems": MOST_SELECTED},
}


def add_export(blueprint: Blueprint, directory: Directory) -> None:
    """Add the routes of the roster as a file."""
    csv = partial(described, blueprint, produces="text/csv")

    @blueprint.get("/export/users.csv")
    @csv(*_WANTED, problems=(422,))
    @require()
    def _export() -> Response:
        """The roster, or the selected people, as a file that uploads again without a change."""
        given = request.args.getlist("userId")
        people = tuple(one for several in given for one in several.split(",") if one)
        school = request.args.get("schoolId") or None
        return roster(Selection(_type(request.args.get("type", "all")), school_id=school, user_ids=people))

    @blueprint.post("/export/users.csv")
    @csv(body=_SELECTED, problems=(400, 413, 422))
    @require()
    def _export_selected() -> Response:
        """The same of more people than fit into an address: `{type, userIds}`."""
        body = json_object()
        return roster(Selection(_type(body.get("type", "all")), user_ids=_people(body.get("userIds"))))

    def roster(selection: Selection) -> Response:
        return csv_answer("users.csv", directory.roster_rows(identity().district_id, selection))


def csv_answer(name: str, parts: Iterator[pl.DataFrame]) -> Response:
    """A download in parts: the first one brings the header."""

    def _bytes() -> Iterator[bytes]:
        for number, part in enumerate(parts):
            yield report_csv.write(part, header=number == 0)

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_bytes(), mimetype="text/csv", headers=headers)


def _type(given: object) -> str:
    if not isinstance(given, str) or given not in ROLES:
        raise Problem(422, "bad_type", f"type is one of {', '.join(ROLES)}.")
    return given


def _people(given: object) -> tuple[str, ...]:
    if isinstance(given, list) and 1 <= len(given) <= MOST_SELECTED:
        people = tuple(one for one in given if isinstance(one, str))
        if len(people) == len(given):
            return people
    raise Problem(422, "bad_userIds", f"Send {{type, userIds}} with 1 to {MOST_SELECTED:,} texts in userIds.")
