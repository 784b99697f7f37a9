"""Errors as RFC 9457 problem details, each with a stable `code`."""

from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

log = structlog.get_logger(__name__)

TITLES = {
    400: "The request cannot be read",
    401: "Sign in",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible here",
    409: "Not possible now",
    410: "No longer kept",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Not a kind of content that is accepted here",
    416: "The file has no such part",
    421: "Not at this address",
    422: "The request holds something wrong",
    428: "A condition is needed",
    500: "Something went wrong here",
    503: "Not available now",
}


class Problem(Exception):
    """An answer that is an error.  `code` is stable; `detail` says what to do; `extra` become members."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.extra = status, code, detail, extra
        self.headers = headers or {}

    def response(self) -> Response:
        """The problem as `application/problem+json`."""
        text = problem_json(self.status, self.code, self.detail, **self.extra)
        answer = Response(text, self.status, mimetype="application/problem+json")
        answer.headers.extend(self.headers)
        if self.status == 401:
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer


def problem_json(status: int, code: str, detail: str, **extra: Any) -> bytes:
    """A problem document; `extra` become members."""
    title = TITLES.get(status, "The request failed")
    members = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        **extra,
    }
    return json.dumps(members).encode()


def not_found(what: str) -> Problem:
    """The answer for what is not there, or not this caller's to see: the two are the same from outside."""
    return Problem(404, "not_found", f"There is no such {what} here.")


def answer_with_problems(app: Flask) -> None:
    """Make every error of an application a problem, those of Flask and unexpected ones included."""

    @app.errorhandler(Problem)
    def _of_ours(problem: Problem) -> Response:
        return problem.response()

    @app.errorhandler(HTTPException)
    def _of_flask(error: HTTPException) -> Response:
        status = error.code or 500
        data = getattr(error, "data", None) or {}
        fields = data.get("messages") if isinstance(data, dict) else None
        extra = {"errors": fields} if fields else {}
        code = (error.name or "error").lower().replace(" ", "_")
        answer = Problem(status, code, str(error.description or error.name), **extra).response()
        for name, value in error.get_headers():
            if name.lower() in {"allow", "retry-after"}:
                answer.headers[name] = value
        return answer

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        log.exception("request failed", error=type(error).__name__)
        return Problem(
            500, "internal", "Nothing was changed.  Try again; if it lasts, tell support."
        ).response()
