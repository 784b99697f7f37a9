"""Answers in the language that the caller asks for with Accept-Language."""

from collections.abc import Callable, Collection
from typing import Any, Final

from flask import Flask, Response, json, request

from rollbook.common.translation import LANGUAGES, Sentences, sentences

_SAID: Final = frozenset(
    {"message", "messageIfKnown", "howToFix", "howToFixIfKnown", "when", "rule", "description", "because",
     "given", "title", "detail", "reason", "whatToDo", "heldReasons", "text"}
)  # fmt: skip
"""Members of an answer that hold what the services say."""
_BY_FIELD: Final = "errors"
"""The member of a problem that says by field what is wrong."""
_SAID_BY_PEOPLE: Final = frozenset({"approval", "hold", "chain"})
"""Members in which a `reason` is a person's own words; those of the chain are facts with a hash."""


def answer_in_their_language(app: Flask, below: str) -> None:
    """Make every JSON answer of the routes `below` a path speak the caller's language.

    Files are not touched: they are the same bytes for everybody.
    """

    @app.after_request
    def _translate(answer: Response) -> Response:
        if not request.path.startswith(below) or not answer.is_json or answer.is_streamed:
            return answer
        language = their_language()
        in_their_language(answer)
        if language != LANGUAGES[0]:
            said = json.loads(answer.get_data())
            answer.set_data(json.dumps(_translated(said, sentences(language))))
        return answer


def their_language(known: Collection[str] = LANGUAGES) -> str:
    """The one of the known languages that the caller likes best, else English (RFC 4647, lookup).

    Not Werkzeug's `best_match`: to that, whoever likes en-US first and es next is a Spaniard.
    """
    liked = (language for language, quality in request.accept_languages if quality > 0)
    found = (language.lower().partition("-")[0] for language in liked)
    return next((language for language in found if language in known), LANGUAGES[0])


def in_their_language(answer: Response) -> Response:
    """The answer, saying that it is in the caller's language and would be another for others."""
    answer.vary.add("Accept-Language")
    answer.content_language.add(their_language())
    return answer


def into_their_language() -> Callable[[Any], Any]:
    """What translates JSON data for this request, also when the request is over."""
    own = sentences(their_language())
    return lambda data: _translated(data, own)


def _member(name: str, value: Any, own: Sentences) -> Any:
    if name == _BY_FIELD and isinstance(value, dict):
        return {field: _translated(fault, own, said=True) for field, fault in value.items()}
    return _translated(value, own, said=name in _SAID)


def _translated(data: Any, own: Sentences, *, said: bool = False) -> Any:
    match data:
        case dict():
            return {
                name: value if name in _SAID_BY_PEOPLE else _member(name, value, own)
                for name, value in data.items()
            }
        case list():
            return [_translated(value, own, said=said) for value in data]
        case str() if said:
            return own.translate(data)
        case _:
            return data
