"""Large changes wait for somebody with System access, who says why: by the district and by each school."""

import pytest
from integration.whole_rollbook import users_csv

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
"""Nothing here depends on the database."""


def school(number, count, *, first_name="Ana", action=""):
    """Lines of so many students of one school."""
    return "".join(
        f"{action}, 00{number}, student, {one}, {first_name}, Li, {one}@d1.example.org, 07\n"
        for one in (f"s{number}-{at}" for at in range(count))
    )


def people(*parts):
    return users_csv(
        "action, schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade\n"
        + "".join(parts)
    )


def leavers(number, count):
    return "".join(f"deactivate, 00{number}, , s{number}-{at}\n" for at in range(count))


@pytest.fixture
def d1(rollbook):
    caller = rollbook.open_district()
    caller.apply(people(school(1, 100), school(2, 20)))
    return caller


def test_a_change_up_to_the_limit_is_ready_and_one_above_is_held(d1):
    assert d1.send(people(leavers(1, 10)))["status"] == "ready"
    held = d1.send(people(leavers(1, 11)))
    assert held["status"] == "held"
    assert held["heldReasons"] == [
        "11 of 100 student records of school 001 would be removed (11.0 %; the limit is 10 %)."
    ]


def test_updates_have_a_limit_of_their_own_in_the_district_and_in_a_school(d1):
    assert d1.send(people(school(1, 75, first_name="Bea")))["status"] == "ready"
    held = d1.send(people(school(1, 76, first_name="Bea"), school(2, 15, first_name="Bea")))
    assert held["heldReasons"] == [
        "91 of 120 student records of the district would be updated (75.8 %; the limit is 75 %).",
        "76 of 100 student records of school 001 would be updated (76.0 %; the limit is 75 %).",
    ]


def test_few_records_are_not_looked_at(rollbook):
    few = rollbook.open_district()
    few.apply(people(school(1, 19)))
    assert few.send(people(leavers(1, 19)))["status"] == "ready"


def test_a_held_upload_is_approved_with_a_reason_which_is_recorded(rollbook, d1):
    upload_id = d1.send(people(leavers(1, 50)))["id"]
    process = f"/uploads/{upload_id}/process"
    for body in ({}, {"approval": {"reason": " "}}, {"acceptedRowsOnly": True}):
        answer = d1.call("POST", process, json=body)
        assert (answer.status_code, answer.json["code"]) == (409, "approval_needed")
    approved = {"approval": {"reason": "The school closes."}}
    assert (
        rollbook.caller(d1.district, ("enrollment",)).call("POST", process, json=approved).status_code == 403
    )
    grace = rollbook.caller(d1.district, name="Grace Principal")
    grace.ok("POST", process, json=approved)
    upload, report = d1.upload(upload_id), d1.ok("GET", f"/reports/{upload_id}")
    assert upload["status"] == "completed"
    for shown in (upload, report):
        assert shown["approval"]["reason"] == "The school closes."
        assert shown["approval"]["by"] == {"sub": "grace.principal", "name": "Grace Principal"}
        assert shown["approval"]["at"].startswith("20")
        assert len(shown["heldReasons"]) == 2


def test_one_faulty_row_is_no_way_round_the_thresholds(d1):
    faulty = "frobnicate, 001, student, x, X, X, x@d1.example.org, 07\n"
    upload = d1.send(people(leavers(1, 50), faulty))
    assert (upload["status"], len(upload["heldReasons"])) == ("needs_correction", 2)
    answer = d1.call("POST", f"/uploads/{upload['id']}/process", json={"acceptedRowsOnly": True})
    assert answer.json["code"] == "approval_needed"


def test_a_district_and_a_school_have_thresholds_of_their_own(rollbook, d1):
    support = rollbook.caller(d1.district, ("support",))
    thresholds = {"removedPercent": 50, "schools": {"002": {"removedPercent": 5, "fromRecords": 1}}}
    schools = [{"schoolId": one, "name": one} for one in ("001", "002")]
    body = {"name": "D", "schools": schools, "thresholds": thresholds}
    put = support.ok("PUT", f"/districts/{d1.district}", json=body)
    assert put["thresholds"]["schools"]["002"] == {
        "updatedPercent": 75.0, "removedPercent": 5, "fromRecords": 1,
    }  # fmt: skip
    assert d1.send(people(leavers(1, 50)))["status"] == "ready"
    assert d1.send(people(leavers(2, 2)))["heldReasons"] == [
        "2 of 20 student records of school 002 would be removed (10.0 %; the limit is 5 %)."
    ]


@pytest.mark.parametrize(
    ("thresholds", "fault"),
    [
        ({"schools": {"009": {}}}, "thresholds.schools.009"),
        ({"schools": {"001": {"removedPercent": 101}}}, "thresholds.schools.001.removedPercent"),
        ({"schools": {"001": {"schools": {}}}}, "thresholds.schools.001.schools"),
        ({"schools": [1]}, "thresholds.schools"),
        ({"schools": {"001": 5}}, "thresholds.schools.001"),
        ({"removed": 5}, "thresholds.removed"),
        ([], "thresholds"),
    ],
)
def test_thresholds_that_are_none_are_refused_by_field(rollbook, d1, thresholds, fault):
    support = rollbook.caller(d1.district, ("support",))
    body = {"name": "D", "schools": [{"schoolId": "001", "name": "A"}], "thresholds": thresholds}
    answer = support.call("PUT", f"/districts/{d1.district}", json=body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [fault])
