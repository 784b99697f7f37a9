"""What the OpenAPI document says of a route beside its docstring: parameters, answers, problems."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from flask_smorest import Blueprint

from rollbook.common.web.paging import DEFAULT_LIMIT, MAX_LIMIT
from rollbook.common.web.problems import TITLES

Schema = Mapping[str, Any]
V = TypeVar("V", bound=Callable[..., Any])

_NEXT: Final = {"type": ["string", "null"], "description": "The cursor of the next page; null at the end."}
_PAGE: Final = (
    {
        "in": "query",
        "name": "cursor",
        "description": "The previous page's next.",
        "schema": {"type": "string"},
    },
    {
        "in": "query",
        "name": "limit",
        "description": "The most items wanted.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    },
)
_PROBLEM: Final = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "code", "detail")},
        "status": {"type": "integer"},
    },
}


def query(name: str, text: str, *one_of: str) -> dict[str, Any]:
    """A parameter of the query string, perhaps one of some words."""
    schema = {"type": "string", **({"enum": list(one_of)} if one_of else {})}
    return {"in": "query", "name": name, "description": text, "schema": schema}


def list_of(item: Schema) -> dict[str, Schema]:
    """The members of a page of items with these members."""
    return {"items": {"type": "array", "items": {"type": "object", "properties": dict(item)}}, "next": _NEXT}


def described(
    blueprint: Blueprint,
    *parameters: Mapping[str, Any],
    answer: Mapping[str, Schema] | None = None,
    status: int = 200,
    body: Mapping[str, Schema] | None = None,
    paged: bool = False,
    problems: tuple[int, ...] = (),
) -> Callable[[V], V]:
    """Describe a view: its parameters, the members of its body and of its answer (if JSON), its problems.

    Put it below the decorator of the route.
    """
    done: dict[str, Any] = {"description": "Done."}
    if answer is not None:
        done["content"] = {"application/json": {"schema": {"type": "object", "properties": dict(answer)}}}
    fields: dict[str, Any] = {
        "parameters": [*parameters, *(_PAGE if paged else ())],
        "responses": {str(status): done}
        | {
            str(problem): {
                "description": f"{TITLES[problem]}.",
                "content": {"application/problem+json": {"schema": _PROBLEM}},
            }
            for problem in (401, *problems)
        },
    }
    if body is not None:
        schema = {"type": "object", "properties": dict(body)}
        fields["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    decorate: Callable[[V], V] = blueprint.doc(**fields)
    return decorate
