"""Tokens for a code."""

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from rollbook.embedded.issuer import VALID_SECONDS, Issuer
from rollbook.embedded.sign_in.codes import Codes, Grant
from rollbook.embedded.sign_in.people import DemoPerson


def add_tokens(provider: Blueprint, issuer: Issuer, codes: Codes) -> None:
    """Add the token endpoint."""

    @provider.post("/token")
    def token() -> Any:
        """The access token that Rollbook's API takes, and an ID token.  Errors by RFC 6749, 5.2."""
        form = request.form
        if form.get("grant_type") != "authorization_code":
            return _refused("unsupported_grant_type", "grant_type must be authorization_code.")
        grant = codes.redeem(form.get("code", ""))
        asked_by = (form.get(name, "") for name in ("client_id", "redirect_uri", "code_verifier"))
        if grant is None or not grant.belongs_to(*asked_by):
            return _refused("invalid_grant", "The code was used, is too old, or was given to somebody else.")
        return jsonify(
            {
                "access_token": _access_token(issuer, grant.person),
                "id_token": _id_token(issuer, grant),
                "token_type": "Bearer",
                "expires_in": VALID_SECONDS,
            }
        )


def _refused(error: str, description: str) -> tuple[Response, int]:
    return jsonify(error=error, error_description=description), 400


def _access_token(issuer: Issuer, person: DemoPerson) -> str:
    schools: dict[str, Any] = {} if person.school_ids is None else {"school_ids": list(person.school_ids)}
    return issuer.token(person.district_id, person.roles, person.name, **schools)


def _id_token(issuer: Issuer, grant: Grant) -> str:
    now = int(time.time())
    claims = {
        "iss": issuer.iss,
        "sub": grant.person.sub,
        "aud": grant.client_id,
        "iat": now,
        "exp": now + VALID_SECONDS,
        "name": grant.person.name,
    }
    return issuer.signed(claims | ({"nonce": grant.nonce} if grant.nonce else {}))
