"""The provider, all its endpoints together, for one client: the pages of Rollbook."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import Blueprint, Response, jsonify, redirect, request, url_for

from rollbook.embedded.issuer import Issuer
from rollbook.embedded.sign_in.choosing import add_choosing
from rollbook.embedded.sign_in.codes import Codes
from rollbook.embedded.sign_in.people import DemoPerson
from rollbook.embedded.sign_in.tokens import add_tokens

_FOR_SCRIPTS: Final = frozenset({"sign_in.configuration", "sign_in.keys", "sign_in.token"})
"""Endpoints that the pages call by script, from another origin where they are served at one."""

Portals = Callable[[], Sequence[str]]
"""Gives the origins whose pages may sign in, the usual one first."""


def make_provider(
    issuer: Issuer, people: Sequence[DemoPerson], portals: Sequence[str] = (), codes: Codes | None = None
) -> Blueprint:
    """A provider at which these people can be chosen; nobody, where there are none.

    `portals`: the origins whose pages may sign in; without any, the provider's own.
    """
    provider = Blueprint("sign_in", __name__)
    codes = codes or Codes()
    allowed: Portals = lambda: portals or (request.host_url.rstrip("/"),)  # noqa: E731
    _add_configuration(provider, issuer)
    add_choosing(provider, people, allowed, codes)
    add_tokens(provider, issuer, codes)
    _add_end(provider, allowed)

    @provider.after_request
    def finish(answer: Response) -> Response:
        answer.headers["Cache-Control"] = "no-store"
        origin = request.headers.get("Origin")
        if origin in portals and request.endpoint in _FOR_SCRIPTS:
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers.add("Vary", "Origin")
        return answer

    return provider


def _add_configuration(provider: Blueprint, issuer: Issuer) -> None:
    @provider.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        return jsonify(
            issuer=issuer.iss,
            authorization_endpoint=url_for(".authorize", _external=True),
            token_endpoint=url_for(".token", _external=True),
            end_session_endpoint=url_for(".end_session", _external=True),
            jwks_uri=url_for(".keys", _external=True),
            response_types_supported=["code"],
            grant_types_supported=["authorization_code"],
            code_challenge_methods_supported=["S256"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["ES256"],
            token_endpoint_auth_methods_supported=["none"],
            scopes_supported=["openid", "profile"],
        )

    @provider.get("/jwks.json")
    def keys() -> Any:
        return jsonify(issuer.public_keys())


def _add_end(provider: Blueprint, portals: Portals) -> None:
    @provider.get("/end-session")
    def end_session() -> Any:
        """Back to the portal: there is no session here to end."""
        wanted = request.args.get("post_logout_redirect_uri", "")
        homes = [f"{portal}/" for portal in portals()]
        return redirect(wanted if wanted in homes else homes[0], 303)
