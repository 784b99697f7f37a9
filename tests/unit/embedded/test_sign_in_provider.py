"""The provider that demo people sign in at, without a server: codes, PKCE, and where answers may go."""

import base64
import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet

from rollbook.embedded.issuer import Issuer
from rollbook.embedded.sign_in import PEOPLE, make_provider
from rollbook.embedded.sign_in.codes import LIVES_SECONDS, MOST_AT_ONCE, Codes, Grant

PORTAL = "http://localhost"
CALLBACK = f"{PORTAL}/sign-in/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # the example of RFC 7636, appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
ASKED = {
    "client_id": "rollbook-portal",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid profile",
    "state": "s&1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "nonce": "n1",
}


class Provider:
    """The provider at /oidc, at a time that a test sets."""

    def __init__(self, people=PEOPLE, portals=()):
        self.now = 0.0
        self.issuer = Issuer.made("https://issuer.example.org")
        app = Flask(__name__)
        provider = make_provider(self.issuer, people, portals, Codes(lambda: self.now))
        app.register_blueprint(provider, url_prefix="/oidc")
        self.browser = app.test_client()

    def show(self, **other):
        return self.browser.get("/oidc/authorize", query_string=ASKED | other)

    def choose(self, person="ada.example", **other):
        return self.browser.post("/oidc/authorize", query_string=ASKED | other, data={"person": person})

    def code(self, person="ada.example"):
        return answer_in(self.choose(person))["code"]

    def exchange(self, code, origin=None, **other):
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        form |= {"client_id": "rollbook-portal", "redirect_uri": CALLBACK} | other
        headers = {"Origin": origin} if origin else {}
        return self.browser.post("/oidc/token", data=form, headers=headers)

    def claims(self, token):
        return jwt.decode(token, KeySet.import_key_set(self.browser.get("/oidc/jwks.json").json)).claims


@pytest.fixture
def provider():
    return Provider()


def answer_in(response):
    assert response.status_code == 303
    address = urlsplit(response.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK
    return dict(parse_qsl(address.query))


def test_it_says_where_everything_is(provider):
    found = provider.browser.get("/oidc/.well-known/openid-configuration").json
    assert {name: found[name] for name in found if name.endswith(("endpoint", "uri", "issuer"))} == {
        "issuer": "https://issuer.example.org",
        "authorization_endpoint": "http://localhost/oidc/authorize",
        "token_endpoint": "http://localhost/oidc/token",
        "end_session_endpoint": "http://localhost/oidc/end-session",
        "jwks_uri": "http://localhost/oidc/jwks.json",
    }
    assert found["code_challenge_methods_supported"] == ["S256"]


def test_the_page_shows_each_person_with_what_they_may_do_and_runs_no_script(provider):
    shown = provider.show()
    text = shown.get_data(as_text=True)
    assert shown.status_code == 200
    for person in PEOPLE:
        assert f'value="{person.sub}"' in text
        assert person.who in text
        assert person.may in text
    style = text.split("<style>")[1].split("</style>")[0]
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert shown.headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {PORTAL}"
    )


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.sub)
def test_the_token_says_of_each_person_what_the_table_says(provider, person):
    answer = provider.exchange(provider.code(person.sub))
    assert answer.status_code == 200
    assert (answer.json["token_type"], answer.headers["Cache-Control"]) == ("Bearer", "no-store")
    claims = provider.claims(answer.json["access_token"])
    wanted = {
        "iss": "https://issuer.example.org",
        "aud": "rollbook",
        "sub": person.sub,
        "name": person.name,
        "district_id": person.district_id,
        "roles": list(person.roles),
    }
    if person.school_ids is not None:
        wanted["school_ids"] = list(person.school_ids)
    times = {"iat": claims["iat"], "exp": claims["iat"] + answer.json["expires_in"]}
    assert claims == wanted | times
    about = provider.claims(answer.json["id_token"])
    assert [about[name] for name in ("aud", "sub", "nonce")] == ["rollbook-portal", person.sub, "n1"]


def test_the_answer_carries_the_state_and_a_code(provider):
    assert answer_in(provider.choose()).keys() == {"code", "state"}
    assert answer_in(provider.choose())["state"] == "s&1"


def test_who_chooses_nobody_is_sent_back_without_a_code(provider):
    for person in ("", "nobody", "\x00"):
        assert answer_in(provider.choose(person)) == {"error": "access_denied", "state": "s&1"}


@pytest.mark.parametrize(
    "other",
    [
        {"redirect_uri": "https://evil.example/sign-in/callback"},
        {"redirect_uri": f"{CALLBACK}/../elsewhere"},
        {"redirect_uri": f"{CALLBACK}?next=1"},
        {"redirect_uri": "http://localhost@evil.example/sign-in/callback"},
        {"redirect_uri": ""},
        {"client_id": "somebody"},
    ],
    ids=str,
)
def test_nothing_is_sent_to_a_stranger(provider, other):
    for response in (provider.show(**other), provider.choose(**other)):
        assert (response.status_code, response.headers.get("Location")) == (400, None)
        assert "Cannot sign in" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
    ids=str,
)
def test_a_faulty_request_is_told_so_and_gets_no_code(provider, other, error):
    for response in (provider.show(**other), provider.choose(**other)):
        answer = answer_in(response)
        assert answer["error"] == error
        assert "code" not in answer


def refused(response):
    assert response.status_code == 400
    return response.json["error"]


@pytest.mark.parametrize(
    "other",
    [
        {"code_verifier": VERIFIER[:-1] + "l"},
        {"code_verifier": CHALLENGE},
        {"code_verifier": ""},
        {"code_verifier": "é"},
        {"redirect_uri": "http://localhost/elsewhere"},
        {"client_id": "somebody"},
    ],
    ids=str,
)
def test_only_the_maker_of_the_request_gets_tokens_and_a_wrong_try_uses_the_code_up(provider, other):
    code = provider.code()
    assert refused(provider.exchange(code, **other)) == "invalid_grant"
    assert refused(provider.exchange(code)) == "invalid_grant"


def test_a_code_is_good_once(provider):
    code = provider.code()
    assert provider.exchange(code).status_code == 200
    assert refused(provider.exchange(code)) == "invalid_grant"


def test_a_code_is_good_for_a_minute(provider):
    in_time, too_late = provider.code(), provider.code()
    provider.now = LIVES_SECONDS - 1
    assert provider.exchange(in_time).status_code == 200
    provider.now = LIVES_SECONDS
    assert refused(provider.exchange(too_late)) == "invalid_grant"


def test_a_code_that_was_never_given_and_another_grant_are_refused(provider):
    assert refused(provider.exchange("x" * 43)) == "invalid_grant"
    assert refused(provider.exchange("")) == "invalid_grant"
    other = provider.exchange(provider.code(), grant_type="client_credentials")
    assert refused(other) == "unsupported_grant_type"


def test_of_many_codes_the_newest_are_kept():
    codes = Codes()
    grant = Grant(PEOPLE[0], "", "", "", "")
    given = [codes.issue(grant) for _ in range(MOST_AT_ONCE + 2)]
    assert [code for code in given if codes.redeem(code) is None] == given[:2]


def test_signing_out_leads_home_and_nowhere_else(provider):
    for wanted in ("http://localhost/", "https://evil.example/", ""):
        answer = provider.browser.get("/oidc/end-session", query_string={"post_logout_redirect_uri": wanted})
        assert (answer.status_code, answer.headers["Location"]) == (303, "http://localhost/")


def test_scripts_of_the_portal_may_read_its_answers_from_another_origin_and_nobody_else_may():
    apart = Provider(portals=(PORTAL,))
    seen = []
    for origin in (PORTAL, "https://evil.example"):
        headers = {"Origin": origin}
        answers = [
            apart.browser.get("/oidc/.well-known/openid-configuration", headers=headers),
            apart.exchange(apart.code(), origin=origin),
            apart.browser.get("/oidc/authorize", query_string=ASKED, headers=headers),
        ]
        seen.append([answer.headers.get("Access-Control-Allow-Origin") for answer in answers])
    assert seen == [[PORTAL, PORTAL, None], [None, None, None]]


def test_where_nobody_is_offered_the_page_says_why_and_there_is_no_code():
    nobody = Provider(people=())
    assert "--demo-people" in nobody.show().get_data(as_text=True)
    assert answer_in(nobody.choose())["error"] == "access_denied"
