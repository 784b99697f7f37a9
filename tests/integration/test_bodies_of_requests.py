"""What is sent as JSON: what is wrong is told by field, in the language asked for; nothing is guessed."""

import json

import pytest
from integration.upload_portal import DISTRICT, Portal

LONG = "x" * 256
SPANISH = {"Accept-Language": "es"}
WRONG = [
    ({"name": None}, "name"),
    ({"name": 5}, "name"),
    ({"name": " \u00a0"}, "name"),
    ({"name": LONG}, "name"),
    ({"name": "=1+1"}, "name"),
    ({"name": "Oak\nElm"}, "name"),
    ({"nmae": "Oak"}, "nmae"),
    ({"enrollmentSource": None}, "enrollmentSource"),
    ({"enrollmentSource": ["clever"]}, "enrollmentSource"),
    ({"allowSchoolCreation": "yes"}, "allowSchoolCreation"),
    ({"schools": None}, "schools"),
    ({"schools": {"schoolId": "1"}}, "schools"),
    ({"schools": ["1"]}, "schools.0"),
    ({"schools": [{}]}, "schools.0.name"),
    ({"schools": [{"name": " ", "schoolId": None}]}, "schools.0.name"),
    ({"schools": [{"schoolId": "1", "name": "Oak", "phone": "1"}]}, "schools.0.phone"),
    ({"schools": [{"schoolId": 1, "name": "Oak"}]}, "schools.0.schoolId"),
    ({"schools": [{"schoolId": "x" * 101, "name": "Oak"}]}, "schools.0.schoolId"),
    ({"schools": [{"schoolId": "a b", "name": "Oak"}]}, "schools.0.schoolId"),
    ({"schools": [{"schoolId": "-1", "name": "Oak"}]}, "schools.0.schoolId"),
    ({"schools": [{"schoolId": "1.2E+11", "name": "Oak"}]}, "schools.0.schoolId"),
    ({"schools": [{"schoolId": "1", "name": 5}]}, "schools.0.name"),
    ({"schools": [{"schoolId": "1", "name": "Oak\u2028Elm"}]}, "schools.0.name"),
    ({"schools": [{"schoolId": "1", "name": LONG}]}, "schools.0.name"),
    ({"thresholds": [1]}, "thresholds"),
    ({"thresholds": {"removed": 1}}, "thresholds.removed"),
    ({"thresholds": {"removedPercent": "10"}}, "thresholds.removedPercent"),
    ({"thresholds": {"removedPercent": float("nan")}}, "thresholds.removedPercent"),
    ({"thresholds": {"removedPercent": 10**400}}, "thresholds.removedPercent"),
    ({"thresholds": {"removedPercent": None}}, "thresholds.removedPercent"),
    ({"thresholds": {"fromRecords": 1.5}}, "thresholds.fromRecords"),
    ({"thresholds": {"schools": []}}, "thresholds.schools"),
    ({"thresholds": {"schools": {"9": {}}}}, "thresholds.schools.9"),
    ({"thresholds": {"schools": {"a b": {}}}, "allowSchoolCreation": True}, "thresholds.schools.a b"),
    ({"thresholds": {"schools": {"00123": 1}}}, "thresholds.schools.00123"),
]


@pytest.fixture
def portal(tmp_path):
    made = Portal(tmp_path)
    yield made
    made.service.engine.dispose()


@pytest.fixture(scope="module")
def without_districts(tmp_path_factory):
    made = Portal(tmp_path_factory.mktemp("portal"))
    yield made
    made.service.engine.dispose()


@pytest.mark.parametrize(("wrong", "place"), WRONG, ids=[json.dumps(wrong)[:60] for wrong, _ in WRONG])
def test_what_is_wrong_with_a_district_is_told_by_field_and_in_spanish(without_districts, wrong, place):
    asked = {"method": "PUT", "path": "/districts/oak", "roles": ["support"], "json": DISTRICT | wrong}
    answer = without_districts.call(**asked)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_district")
    assert list(answer.json["errors"]) == [place]
    told, own = (
        one.json["errors"][place] for one in (answer, without_districts.call(**asked, headers=SPANISH))
    )
    assert told.endswith(".")
    assert own != told
    assert without_districts.call("GET", "/districts/oak", ["support"]).status_code == 404


def test_a_school_with_neither_name_nor_id_is_none(without_districts):
    body = DISTRICT | {"schools": [{"x": 1}]}
    answer = without_districts.call("PUT", "/districts/oak", ["support"], json=body)
    assert (answer.status_code, answer.json["errors"]) == (
        422,
        {
            "schools.0.x": "Not known; there are schoolId, name.",
            "schools.0.name": "A school needs a name, or a schoolId at least.",
        },
    )


def test_the_id_of_a_district_is_held_to_the_form_of_an_id(without_districts):
    for district in ("a%20b", "x" * 101):
        answer = without_districts.call("PUT", f"/districts/{district}", ["support"], json=DISTRICT)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["districtId"])


def test_a_district_may_be_sent_as_it_was_given(portal):
    portal.activate()
    given = portal.call("GET", "/districts/oak", ["support"]).json
    again = portal.call("PUT", "/districts/oak", ["support"], json=given)
    assert (again.status_code, again.json) == (200, given | {"version": 2})


def test_many_schools_without_an_id_of_their_own_are_told_at_once(portal):
    schools = [{"schoolId": "1", "name": f"School {at}"} for at in range(30_000)]
    body = DISTRICT | {"schools": schools}
    assert portal.call("PUT", "/districts/oak", ["support"], json=body).status_code == 201
    answer = portal.call("POST", "/districts/oak/batch-upload", ["support"])
    assert (answer.status_code, len(answer.json["schools"])) == (409, 30_000)


@pytest.mark.parametrize(
    "body",
    [
        {"acceptedRowsOnly": 1},
        {"acceptedRowsOnly": None},
        {"approval": "yes"},
        {"approval": False},
        {"approval": []},
        {"approval": {"reason": 5}},
        {"approval": {"reason": False}},
        {"approval": {"reason": "x" * 1001}},
        {"confirmReIdentifications": "all"},
        {"confirmReIdentifications": [1]},
        {"confirmReIdentifications": ["x" * 101]},
    ],
)
def test_a_decision_of_another_form_is_none(portal, body):
    portal.activate()
    here = portal.send().json["id"]
    portal.validated(here, held=("Too many.",))
    answer = portal.call("POST", f"/uploads/{here}/process", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
    assert portal.status(here) == "held"


def test_a_decision_may_leave_out_or_leave_open_what_it_does_not_need(portal):
    portal.activate()
    here = portal.send().json["id"]
    portal.validated(here)
    body = {"approval": {"reason": None}}
    assert portal.call("POST", f"/uploads/{here}/process", json=body).status_code == 202
