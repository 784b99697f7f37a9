"""What a file may hold: the template to fill in, and the dictionary."""

# mypy: disable-error-code="untyped-decorator"

from typing import Any, cast

from flask import Response, jsonify
from flask_smorest import Blueprint

from rollbook.common.dictionary import DICTIONARY, Kind
from rollbook.common.dictionary.as_json import as_json
from rollbook.common.dictionary.templates import template
from rollbook.common.web.description import described
from rollbook.common.web.identity import require
from rollbook.common.web.problems import not_found


def add_documents(blueprint: Blueprint) -> None:
    """Add the routes of templates and dictionary."""

    @blueprint.get("/templates/<kind>.csv")
    @described(blueprint, produces="text/csv", problems=(404,))
    @require()
    def download_template(kind: str) -> Any:
        """A header with sample rows."""
        answer = Response(template(_kind(kind)), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
        return answer

    @blueprint.get("/data-dictionary/<kind>")
    @described(blueprint, answer={}, problems=(404,))
    @require()
    def dictionary(kind: str) -> Any:
        """What a file may hold, and every finding."""
        return jsonify(as_json(_kind(kind)))


def _kind(kind: str) -> Kind:
    if kind not in DICTIONARY:
        raise not_found("kind of file")
    return cast("Kind", kind)
