"""Who is calling: a JWT of any OIDC provider, checked against its published keys."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from flask import current_app, g, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rollbook.common.web.json_body import is_storable
from rollbook.common.web.problems import Problem

ALGORITHMS: Final = ["RS256", "ES256", "EdDSA", "Ed25519"]
LEEWAY_SECONDS: Final = 30
KEYS_LAST_SECONDS: Final = 300.0
_RETRY_KEYS_SECONDS: Final = 5.0

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller: `roles` of system, enrollment, auditor, support; `school_ids` None is all schools.

    `district_ids`: the districts that an auditor may look at, None is all of them.
    """

    sub: str
    name: str
    district_id: str
    roles: frozenset[str]
    school_ids: tuple[str, ...] | None
    district_ids: tuple[str, ...] | None = None


class TokenVerifier:
    """Checks tokens: signature by JWKS (fetched again when a key is unknown), issuer, audience, times."""

    def __init__(self, jwks_url: str, issuer: str, audience: str) -> None:
        self._jwks_url = jwks_url
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    def verify(self, token: str) -> Identity:
        """The identity in a token.

        Raises:
            Problem: 401 for any token that is not good, whatever is wrong with it.
        """
        decoded = self._decode(token)
        claims = decoded.claims
        try:
            self._claims.validate(claims)
        except JoseError as error:
            raise _bad_token(f"the token is not valid here ({error.error})") from None
        roles, schools, districts = (
            claims.get("roles", []),
            claims.get("school_ids"),
            claims.get("district_ids"),
        )
        texts = (claims["sub"], claims.get("name", ""), claims.get("district_id", ""))
        if not (
            all(map(_is_text, texts))
            and _is_list_of_texts(roles)
            and all(ids is None or _is_list_of_texts(ids) for ids in (schools, districts))
        ):
            raise _bad_token("a claim of the token is not of its type")
        return Identity(
            sub=claims["sub"],
            name=claims.get("name", "") or claims["sub"],
            district_id=claims.get("district_id", ""),
            roles=frozenset(roles),
            school_ids=None if schools is None else tuple(sorted(set(schools))),
            district_ids=None if districts is None else tuple(sorted(set(districts))),
        )

    def _decode(self, token: str) -> jwt.Token:
        for fresh in (False, True):
            try:
                return jwt.decode(token, self._key_set(fresh=fresh), algorithms=ALGORITHMS)
            except (JoseError, ValueError, TypeError, KeyError, RecursionError):
                continue
        raise _bad_token("the token cannot be read, or its signature is not by a known key")

    def _key_set(self, *, fresh: bool) -> KeySet:
        with self._lock:
            age = time.monotonic() - self._fetched_at
            if self._keys is None or age > KEYS_LAST_SECONDS or (fresh and age > _RETRY_KEYS_SECONDS):
                try:
                    # The address is an operator's setting, never a caller's.
                    with urllib.request.urlopen(self._jwks_url, timeout=5) as answer:  # noqa: S310
                        self._keys = KeySet.import_key_set(json.load(answer))
                except (OSError, ValueError, JoseError):
                    if self._keys is None:
                        raise Problem(
                            503, "keys_unavailable", "The keys of the identity provider cannot be read now."
                        ) from None
                self._fetched_at = time.monotonic()
            return self._keys


def identity() -> Identity:
    """Who is calling.

    Raises:
        Problem: 401 without a good token.
    """
    if "identity" not in g:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _bad_token("send an Authorization header with a Bearer token")
        verifier: TokenVerifier = current_app.extensions["token_verifier"]
        g.identity = verifier.verify(token.strip())
    found: Identity = g.identity
    return found


def require(*roles: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A view for callers who have all these roles; without any: for everyone who is signed in."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            missing = sorted(set(roles) - identity().roles)
            if missing:
                needed = " and ".join(roles)
                raise Problem(
                    403, "forbidden", f"This needs the right {needed}; ask your administrator for it."
                )
            return view(*args, **kwargs)

        return guarded

    return decorate


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and is_storable(value)


def _bad_token(why: str) -> Problem:
    return Problem(401, "unauthorized", f"Sign in again: {why}.")
