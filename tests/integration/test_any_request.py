"""Whatever is asked, and with whatever token: every service has an answer, on both databases."""

import base64
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from rollbook.embedded import composition

EVERY_ROLE = ("system", "enrollment", "auditor", "support")
LISTS = ("/uploads", "/schools", "/staff", "/students", "/classes", "/reports")
FILTERS = (
    "q",
    "schoolId",
    "grade",
    "status",
    "kind",
    "uploadedBy",
    "from",
    "to",
    "type",
    "userId",
    "limit",
    "cursor",
    "code",
    "column",
    "severity",
    "value",
    "stage",
    "recordType",
    "change",
    "key",
)
TIMES = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31", "0001-01-01", "2026-W01-1")


class Caller:
    """Calls without waiting for what they set going."""

    def __init__(self, rollbook, token):
        self._client, self._token = rollbook.app.test_client(), token

    def call(self, method, path, **options):
        headers = {"Authorization": f"Bearer {self._token}"}
        return self._client.open(f"/api/v1{path}", method=method, headers=headers, **options)


@pytest.fixture(scope="module")
def caller(rollbook):
    return Caller(rollbook, rollbook.token(rollbook.open_district().district, EVERY_ROLE))


def routes(rollbook, method):
    """The addresses of every route, `{}` in the place of each parameter."""
    for rule in rollbook.app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1") and method in rule.methods:
            parts = ["{}" if part.startswith("<") else part for part in rule.rule.split("/")]
            yield "/".join(parts).removeprefix("/api/v1")


def assert_answered(answer):
    assert answer.status_code < 500, answer.data
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.json["status"] == answer.status_code
        assert answer.json["code"]


def cursor(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("text", ["\0", "\ud800", *TIMES])
def test_a_cursor_that_is_not_ours_is_refused_or_finds_nothing(caller, path, text):
    for parts in ((text,), (text, "x"), ("2026-01-01T00:00:00+00:00", text)):
        assert_answered(caller.call("GET", f"{path}?cursor={cursor(*parts)}"))


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("path", ["/reports", "/reports/export.zip"])
def test_the_ends_of_time_are_times(caller, path, time):
    for name in ("from", "to"):
        assert_answered(caller.call("GET", path, query_string={name: time}))


def test_no_address_and_no_parameter_holds_a_nul_character(rollbook, caller):
    for path in routes(rollbook, "GET"):
        if "{}" in path:
            answer = caller.call("GET", path.replace("{}", "a%00b"))
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")
        for name in FILTERS:
            answer = caller.call("GET", f"{path.replace('{}', 'x')}?{name}=a%00b")
            assert (answer.status_code, answer.json["code"]) == (422, f"bad_{name}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=6, deadline=None)
@given(
    name=strategies.sampled_from(FILTERS),
    value=strategies.text(max_size=40)
    | strategies.sampled_from([*TIMES, "x" * 5000, "%", "_", "\\", "9" * 30]),
    key=strategies.text(min_size=1, max_size=20).filter(lambda text: text.strip("./")),
)
def test_any_text_in_a_query_or_an_address_has_an_answer(rollbook, caller, name, value, key):
    for path in routes(rollbook, "GET"):
        if not path.endswith("/events"):
            where = "/".join(quoted(key) if part == "{}" else part for part in path.split("/"))
            assert_answered(caller.call("GET", where, query_string={name: value.encode("utf-8", "replace")}))


def quoted(text):
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "replace"))


def good_claims():
    claims = {"iss": composition.ISSUER, "aud": composition.AUDIENCE, "sub": "eve", "district_id": "d1"}
    return claims | {"roles": list(EVERY_ROLE), "exp": int(time.time()) + 600}


CLAIMS = {
    "sub": [None, "", 1, [], "a\0b", "x" * 5000],
    "name": [None, 1, {}, "a\0b", "x" * 5000],
    "district_id": [None, 1, [], "a\0b", "x" * 5000],
    "roles": ["system", {"system": 1}, [1], None, ["a\0b"], []],
    "school_ids": ["001", [1], {}, ["a\0b"], []],
    "district_ids": ["d1", [1], {}, ["a\0b"], []],
    "exp": [None, "soon", 0, -1, 1e300, [], True],
    "nbf": ["soon", 4102444800],
    "iat": ["soon", [], 4102444800],
    "iss": ["https://other.example.org", None, 1, []],
    "aud": ["other", None, 1, [], ["other"], {}],
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_any_claim_has_an_answer(rollbook, claim):
    for value in CLAIMS[claim]:
        caller = Caller(rollbook, rollbook.signed(good_claims() | {claim: value}))
        for path in ("/batch-upload", "/reports", "/students"):
            assert_answered(caller.call("GET", path))
        answer = caller.call("POST", "/uploads?filename=u.csv", data=b"x", content_type="text/csv")
        assert_answered(answer)


def test_no_token_but_a_signed_one_of_our_issuer_is_good(rollbook):
    claims = good_claims()
    stranger, secret = ECKey.generate_key("P-256", auto_kid=True), OctKey.generate_key(256)
    unsigned = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "none", "typ": "JWT"}, claims)
    )
    good = rollbook.token("d1", EVERY_ROLE)
    bad = {
        "unsigned": f"{unsigned}.",
        "by a stranger": jwt.encode({"alg": "ES256", "kid": stranger.kid}, claims, stranger),
        "by a secret": jwt.encode({"alg": "HS256"}, claims, secret),
        "cut": good[:-4],
        "altered": good[:60] + ("A" if good[60] != "A" else "B") + good[61:],
        "expired": rollbook.token("d1", EVERY_ROLE, exp=claims["exp"] - 7200),
        "huge": "a" * 100_000,
        "of dots": "." * 50,
        "of another script": "\u00e9",
        "nothing": "",
    }
    for what, token in bad.items():
        headers = {"Authorization": f"Bearer {token}"}
        answer = rollbook.app.test_client().get("/api/v1/uploads", headers=headers)
        assert (what, answer.status_code, answer.json["code"]) == (what, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/api/v1/uploads", 405, "method_not_allowed"),
        ("POST", "/healthz", 405, "method_not_allowed"),
        ("POST", "/api/v1/uploads", 415, "unsupported_media_type"),
    ],
)
def test_what_is_not_there_is_a_problem_too(rollbook, *, method, path, status, code):
    headers = {"Authorization": f"Bearer {rollbook.token('d1', EVERY_ROLE)}"}
    answer = rollbook.app.test_client().open(path, method=method, headers=headers)
    assert_answered(answer)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_the_description_of_the_interface_says_how_to_sign_in(rollbook):
    description = rollbook.app.test_client().get("/openapi.json").json
    assert description["security"] == [{"bearer": []}]
    assert description["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
