"""`rollbook up` for somebody who tries it: who may sign in, and the district that is ready for them."""

import pytest
from unit.embedded.test_sign_in_provider import ASKED, CALLBACK, VERIFIER, answer_in

from rollbook.embedded.composition import Embedded
from rollbook.embedded.issuer import Issuer


def session(rollbook, person):
    """What the pages hold once somebody has signed in, or the provider's error."""
    browser = rollbook.app.test_client()
    answer = answer_in(browser.post("/oidc/authorize", query_string=ASKED, data={"person": person}))
    if "error" in answer:
        return answer["error"]
    form = {"grant_type": "authorization_code", "code": answer["code"], "code_verifier": VERIFIER}
    form |= {"client_id": "rollbook-portal", "redirect_uri": CALLBACK}
    return browser.post("/oidc/token", data=form).json["access_token"]


def call(rollbook, token, method, path, **options):
    headers = {"Authorization": f"Bearer {token}"}
    return rollbook.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **options)


def enter(data, district, **body):
    """Have support enter a district in a Rollbook that offers nobody to sign in as."""
    with Embedded(data, demo_people=False) as rollbook:
        token = Issuer.kept_in(data).token(district, ("support",))
        answer = call(rollbook, token, "PUT", f"/districts/{district}", json={"name": district, **body})
        assert answer.status_code in {200, 201}


def test_in_a_new_data_directory_the_people_of_the_sample_district_can_begin(tmp_path):
    with Embedded(tmp_path) as rollbook:
        tokens = {sub: session(rollbook, sub) for sub in ("ada.example", "nora.neighbor", "ben.sample")}
        feature = {
            sub: call(rollbook, token, "GET", "/batch-upload").json["active"] for sub, token in tokens.items()
        }
        assert feature == {"ada.example": True, "ben.sample": True, "nora.neighbor": False}
        template = call(rollbook, tokens["ada.example"], "GET", "/templates/users.csv").data
        sent = {
            sub: call(
                rollbook, token, "POST", "/uploads?kind=users", data=template, content_type="text/csv"
            ).status_code
            for sub, token in tokens.items()
        }
    assert sent == {"ada.example": 201, "ben.sample": 403, "nora.neighbor": 409}


def test_a_restart_leaves_the_sample_district_as_it_was_made(tmp_path):
    enter(tmp_path, "example", schools=[{"schoolId": "9", "name": "Nine"}])
    with Embedded(tmp_path) as rollbook:
        ada = session(rollbook, "ada.example")
        feature = call(rollbook, ada, "GET", "/batch-upload").json
    assert (feature["active"], len(rollbook.people)) == (False, 6)


def test_who_has_their_own_district_entered_can_come_back(tmp_path):
    with Embedded(tmp_path) as rollbook:
        sam = session(rollbook, "sam.support")
        entered = call(rollbook, sam, "PUT", "/districts/neighbor", json={"name": "Neighbor District"})
        listed = call(rollbook, sam, "GET", "/districts?limit=1").json
        rest = call(rollbook, sam, "GET", f"/districts?cursor={listed['next']}").json
        read = call(rollbook, sam, "GET", "/districts/neighbor").json
        unknown = call(rollbook, sam, "GET", "/districts/none").status_code
    assert ([one["districtId"] for one in listed["items"]], rest["items"]) == (["example"], [entered.json])
    assert (read, unknown) == (entered.json, 404)
    with Embedded(tmp_path) as rollbook:
        assert len(rollbook.people) == 6


@pytest.mark.parametrize(
    ("asked_for", "wanted"), [(None, "access_denied"), (False, "access_denied"), (True, None)]
)
def test_where_there_is_another_district_nobody_is_offered_unless_asked_for(tmp_path, asked_for, wanted):
    enter(tmp_path, "real-district")
    with Embedded(tmp_path, asked_for) as rollbook:
        found = session(rollbook, "sam.support")
    assert found == wanted if wanted else found.count(".") == 2


def test_it_answers_by_the_names_of_loopback_only(tmp_path):
    with Embedded(tmp_path) as rollbook:
        browser = rollbook.app.test_client()
        answers = {
            host: browser.get(path, headers={"Host": host}).status_code
            for path in ("/healthz", "/oidc/jwks.json")
            for host in ("127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "evil.example", "", "[")
        }
        refused = browser.get("/", headers={"Host": "localhost.evil.example"})
    assert [host for host, status in answers.items() if status == 421] == ["evil.example", "", "["]
    assert set(answers.values()) == {200, 421}
    assert (refused.status_code, refused.json["code"]) == (421, "host_not_allowed")
