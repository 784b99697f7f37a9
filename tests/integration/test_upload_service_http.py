"""The upload service over HTTP, on SQLite and a folder."""

import datetime as dt
import threading

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from integration.upload_portal import DISTRICT, USERS, Portal

from rollbook.common.contracts import events as e


@pytest.fixture
def portal(tmp_path):
    made = Portal(tmp_path)
    yield made
    made.service.engine.dispose()


@pytest.fixture
def active(portal):
    portal.activate()
    return portal


def test_a_file_goes_from_upload_to_completed(portal):
    portal.activate()
    sent = portal.send()
    assert sent.status_code == 201, sent.json
    here = sent.json["id"]
    assert sent.headers["Location"] == f"/api/v1/uploads/{here}"
    assert portal.call("GET", f"/uploads/{here}/file").data == USERS
    assert portal.call("POST", f"/uploads/{here}/process").status_code == 409
    portal.validated(here)
    assert portal.status(here) == "ready"
    for _ in range(2):
        assert portal.call("POST", f"/uploads/{here}/process", json={}).status_code == 202
    portal.hear(
        e.ReportReady(here, "oak", "final", 0, 0),
        e.UploadApplied(here, "oak", sent_at(), 0, 0, "k"),
    )
    assert portal.status(here) == "completed"
    assert portal.told().count("upload.processing.requested") == 1
    assert b"event: status" in portal.call("GET", f"/uploads/{here}/events").data


def sent_at():
    return dt.datetime.now(dt.UTC)


def test_errors_and_large_changes_wait_for_a_person(portal):
    portal.activate()
    first = portal.send().json["id"]
    portal.validated(first, errors=2)
    assert portal.status(first) == "needs_correction"
    assert portal.call("POST", f"/uploads/{first}/process", json={}).status_code == 409
    second = portal.send().json["id"]
    assert portal.status(first) == "superseded"
    portal.validated(second, held=("Too many.",))
    assert portal.call("POST", f"/uploads/{second}/process", json={}).json["code"] == "approval_needed"
    approved = {"approval": {"reason": "a new year"}}
    assert portal.call("POST", f"/uploads/{second}/process", json=approved).status_code == 202


def test_only_one_of_many_at_once_is_taken(portal):
    portal.activate()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(portal.send().status_code)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 409, 409, 409, 409, 409]


def test_the_same_request_again_has_the_same_answer(portal):
    portal.activate()
    first, second = (portal.send(**{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.json["id"], first.status_code) == (second.json["id"], second.status_code)


def test_a_refused_file_is_recorded_without_its_bytes(portal):
    portal.activate()
    answer = portal.send(b"userId,Name\n1,2\n")
    assert answer.status_code == 422
    assert answer.json["problems"][0].keys() >= {"code", "message", "howToFix"}
    assert "userId" in answer.json["correctedHeader"]
    assert portal.status(answer.json["id"]) == "refused"
    assert portal.call("GET", f"/uploads/{answer.json['id']}/file").status_code == 404
    assert "upload.file.refused" in portal.told()


def test_who_may_do_what(portal):
    assert portal.send().json["code"] == "not_active"
    portal.activate()
    here = portal.send().json["id"]
    assert portal.call("GET", f"/uploads/{here}", district="elm").status_code == 404
    assert portal.call("PUT", "/districts/oak", json=DISTRICT).status_code == 403
    assert portal.call("POST", "/uploads", ["system"], data=USERS).status_code == 403
    assert portal.call("POST", "/uploads", data=USERS, content_type="image/png").status_code == 415
    assert portal.call("GET", "/uploads?cursor=x").status_code == 422
    for token in ("x", "a.b.c", portal.token("system", iss="https://other.example.org")):
        answer = portal.app.test_client().get("/api/v1/uploads", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_a_school_without_an_id_hinders_activation(portal):
    body = DISTRICT | {"schools": [{"name": "Elm"}, {"schoolId": "1", "name": "A"}]}
    assert portal.call("PUT", "/districts/oak", ["support"], json=body).status_code == 201
    answer = portal.call("POST", "/districts/oak/batch-upload", ["support"])
    assert (answer.status_code, answer.json["schools"]) == (409, [{"schoolId": "", "name": "Elm"}])


def test_a_stalled_upload_is_told_again_and_given_up_at_last(portal):
    portal.activate()
    here = portal.send().json["id"]
    now = dt.datetime.now(dt.UTC)
    for number in range(1, 8):
        with portal.service.unit_of_work() as uow:
            portal.service.sweep(uow, now + dt.timedelta(hours=number))
            uow.commit()
    assert portal.told().count("upload.upload.stalled") == 5
    assert portal.status(here) == "failed"
    assert portal.send().status_code == 201


JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.floats() | strategies.text(),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(
            strategies.sampled_from(["name", "schools", "thresholds", "schoolId", "acceptedRowsOnly"]), inner
        )
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(body=JSON)
def test_any_body_has_an_answer(portal, body):
    assert portal.call("PUT", "/districts/elm", ["support"], json=body).status_code in {200, 201, 400, 422}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(data=strategies.binary())
def test_any_bytes_have_an_answer(active, data):
    assert active.send(data).json["code"] == "file_refused"


@pytest.mark.parametrize("kind", ["users", "demographics"])
def test_the_dictionary_tells_of_every_column_and_code_with_its_texts_and_examples(portal, kind):
    told = portal.call("GET", f"/data-dictionary/{kind}").json
    assert {"name", "header", "rule", "accepted", "rejected"} <= set(told["columns"][0])
    codes = {finding["code"] for finding in told["findings"]}
    assert {"row.bad_quote", "row.duplicate", "userId.scientific_notation", "record.not_saved"} <= codes
    for finding in told["findings"]:
        assert finding["message"] != finding["howToFix"] != ""
        assert finding["accepted"]
        assert finding["rejected"]
    assert len(told["refusals"]) == 16
    assert all(refusal["rejected"] for refusal in told["refusals"])


@pytest.mark.parametrize(
    ("roles", "why"),
    [
        (("system", "enrollment"), None),
        (("system",), "You need the Enrollment right to upload files."),
        (("enrollment", "auditor"), "You need the System right to upload files."),
        ((), "You need the System right and the Enrollment right to upload files."),
    ],
)
def test_everybody_is_told_whether_they_may_upload_and_if_not_what_to_do(active, roles, why):
    told = active.call("GET", "/batch-upload", roles).json
    assert (told["active"], told["mayUpload"], (told["whyNot"] or {}).get("reason")) == (
        True,
        why is None,
        why,
    )
    if why:
        assert told["whyNot"]["code"] == "rights_missing"
        assert told["whyNot"]["whatToDo"] == "Ask the administrator of your district for it."
    assert told["you"] == {
        "sub": "ada", "name": "Ada", "roles": sorted(roles), "schoolIds": None, "districtId": "oak",
        "districtName": "Oak",
    }  # fmt: skip


def test_everybody_can_see_beforehand_that_another_file_is_being_worked_on(active):
    assert active.call("GET", "/batch-upload").json["uploadInProgress"] is None
    sent = active.send().json
    told = active.call("GET", "/batch-upload").json["uploadInProgress"]
    assert (told["id"], told["status"]) == (sent["id"], "validating")
    assert active.send().json["code"] == "upload_in_progress"
    active.validated(sent["id"])
    assert active.call("GET", "/batch-upload").json["uploadInProgress"] is None


def test_where_the_feature_is_not_active_nobody_may_upload(portal):
    told = portal.call("GET", "/batch-upload").json
    assert (told["active"], told["mayUpload"]) == (False, False)
    assert told["whyNot"] == {
        "code": "not_active", "reason": told["reason"], "whatToDo": "Ask support to activate it.",
    }  # fmt: skip
    assert told["you"]["districtName"] is None
