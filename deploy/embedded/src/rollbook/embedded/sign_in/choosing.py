"""The page on which whoever comes chooses a person, and the code that this gives."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, redirect, request

from rollbook.common.web.templates import style_source, templates_in
from rollbook.embedded.sign_in.codes import Codes, Grant
from rollbook.embedded.sign_in.people import DemoPerson
from rollbook.embedded.sign_in.requests import AuthorizationRequest, Faulty, Unanswerable

_HERE: Final = Path(__file__).parent
_STYLE: Final = (_HERE / "page.css").read_text()
_POLICY: Final = (
    f"default-src 'none'; style-src {style_source(_STYLE)}; "
    "base-uri 'none'; frame-ancestors 'none'; form-action"
)
_TEMPLATE: Final = templates_in(_HERE).get_template("page.html")


def add_choosing(
    provider: Blueprint,
    people: Sequence[DemoPerson],
    portals: Callable[[], Sequence[str]],
    codes: Codes,
) -> None:
    """Add the authorization endpoint."""
    by_sub = {person.sub: person for person in people}

    @provider.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        """Show whom one can be; then send the chosen person's code to where the request said."""
        try:
            asked = AuthorizationRequest.read(request.args, portals())
            asked.check()
        except Unanswerable as reason:
            return _page(400, "'none'", people=people, refusal=str(reason), home=f"{portals()[0]}/")
        except Faulty as fault:
            return redirect(fault.answer, 303)
        if request.method == "GET":
            # A browser holds the redirect that answers a form to form-action, too.
            return _page(200, f"'self' {asked.origin}", people=people, refusal="")
        # The form is sent to the very address that showed it, so the request stands there still.
        person = by_sub.get(request.form.get("person", ""))
        if person is None:
            return redirect(asked.answered(error="access_denied"), 303)
        grant = Grant(person, asked.client_id, asked.redirect_uri, asked.code_challenge, asked.nonce)
        return redirect(asked.answered(code=codes.issue(grant)), 303)


def _page(status: int, form_action: str, **facts: Any) -> Response:
    answer = Response(_TEMPLATE.render(facts, style=_STYLE), status, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = f"{_POLICY} {form_action}"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
