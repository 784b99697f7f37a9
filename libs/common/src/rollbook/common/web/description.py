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
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "code", "detail")},
        "status": {"type": "integer"},
    },
}

_CONDITIONS: Final = tuple(
    {"in": "header", "name": name, "description": text, "schema": {"type": "string"}}
    for name, text in (
        ("If-Match", "The ETag of what the caller means."),
        ("If-None-Match", "The ETag of what the caller has."),
        ("Range", "One part of the bytes, as `bytes=0-1023`."),
        ("If-Range", "The ETag that the part must be of."),
    )
)
_WITHOUT_CONTENT: Final = (204, 304)
TEXT: Final[Schema] = {"type": "string"}
PERHAPS: Final[Schema] = {"type": ["string", "null"]}
NUMBER: Final[Schema] = {"type": "integer"}
PERHAPS_NUMBER: Final[Schema] = {"type": ["integer", "null"]}
YES_OR_NO: Final[Schema] = {"type": "boolean"}
OBJECT: Final[Schema] = {"type": "object"}
PERHAPS_OBJECT: Final[Schema] = {"type": ["object", "null"]}
OBJECTS: Final[Schema] = {"type": "array", "items": OBJECT}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}
PERSON: Final[Schema] = {"type": "object", "properties": {"sub": TEXT, "name": TEXT}}


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
    produces: str | None = None,
    status: int = 200,
    also: Mapping[int, str] | None = None,
    body: Mapping[str, Schema] | None = None,
    needs_body: bool = True,
    paged: bool = False,
    problems: tuple[int, ...] = (),
) -> Callable[[V], V]:
    """Describe a view: its parameters, the members of its body and of its answer, and its problems.

    Instead of `answer`, JSON with these members, a view may have an answer of a media type that it
    `produces`, or none.  `also` says what other statuses mean that are no problem.  Put it below the
    decorator of the route.
    """
    content = _content(answer, produces)
    fields: dict[str, Any] = {
        "parameters": [*parameters, *(_PAGE if paged else ())],
        "responses": {str(status): {"description": "Done.", **content}}
        | {
            str(other): {"description": text, **({} if other in _WITHOUT_CONTENT else content)}
            for other, text in (also or {}).items()
        }
        | {str(problem): problem_answer(f"{TITLES[problem]}.") for problem in (401, *problems)},
    }
    if body is not None:
        schema = {"type": "object", "properties": dict(body)}
        fields["requestBody"] = {
            "required": needs_body,
            "content": {"application/json": {"schema": schema}},
        }
    decorate: Callable[[V], V] = blueprint.doc(**fields)
    return decorate


def described_file(blueprint: Blueprint, produces: str, problems: tuple[int, ...]) -> Callable[[V], V]:
    """Describe a view that gives a stored file: whole, a part of it, or that it is still the same."""
    also = {206: "The part that was asked for.", 304: "Not changed."}
    return described(blueprint, *_CONDITIONS, produces=produces, also=also, problems=(*problems, 412, 416))


def problem_answer(text: str) -> dict[str, Any]:
    """An answer that is a problem."""
    return {"description": text, "content": {"application/problem+json": {"schema": _PROBLEM}}}


def _content(answer: Mapping[str, Schema] | None, produces: str | None) -> dict[str, Any]:
    if answer is not None:
        schema = {"type": "object", "properties": dict(answer), "required": list(answer)}
        return {"content": {"application/json": {"schema": schema}}}
    return {"content": {produces: {"schema": {"type": "string"}}}} if produces else {}
