"""The upload service over HTTP, on SQLite and a folder."""

import datetime as dt
import json
import threading
import time

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings, strategies
from joserfc import jwt
from joserfc.jwk import ECKey

from rollbook.common.contracts import events as e
from rollbook.common.database import upgrade
from rollbook.common.dictionary.templates import template
from rollbook.common.outbox.tables import outbox
from rollbook.common.web.app import create_app
from rollbook.upload.bootstrap import compose
from rollbook.upload.settings import Settings

ISSUER = "https://issuer.example.org"
USERS = template("users")
DISTRICT = {
    "name": "Oak",
    "enrollmentSource": "batch_upload",
    "schools": [{"schoolId": "00123", "name": "Oak"}],
}


class Portal:
    def __init__(self, folder):
        key = ECKey.generate_key("P-256", auto_kid=True)
        (folder / "jwks.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        (folder / "store").mkdir()
        chosen = Settings(
            database_url=f"sqlite:///{folder / 'upload.sqlite'}",
            amqp_url="memory://",
            store_url=(folder / "store").as_uri(),
            jwks_url=(folder / "jwks.json").as_uri(),
            issuer=ISSUER,
        )
        self.key, self.folder = key, folder
        self.service = compose(chosen)
        upgrade(self.service.engine, self.service.package)
        self.app = create_app([self.service], chosen)

    def token(self, *roles, district="oak", **claims):
        now = int(time.time())
        good = {"iss": ISSUER, "aud": "rollbook", "sub": "ada", "name": "Ada", "district_id": district}
        good |= {"roles": list(roles), "exp": now + 600} | claims
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, good, self.key)

    def call(self, method, path, roles=("system", "enrollment"), district="oak", headers=None, **body):
        headers = {"Authorization": f"Bearer {self.token(*roles, district=district)}", **(headers or {})}
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **body)

    def activate(self):
        assert self.call("PUT", "/districts/oak", ["support"], json=DISTRICT).status_code == 201
        assert self.call("POST", "/districts/oak/batch-upload", ["support"]).status_code == 200

    def send(self, data=USERS, **headers):
        return self.call(
            "POST", "/uploads?kind=users&filename=u.csv", data=data, content_type="text/csv", headers=headers
        )

    def hear(self, *events):
        for event in events:
            with self.service.unit_of_work() as uow:
                self.service.handlers[type(event)](event, uow)
                uow.commit()

    def validated(self, upload_id, errors=0, held=()):
        person = e.Person("ada", "Ada")
        self.hear(
            e.ReportReady(upload_id, "oak", "validation", errors, 0),
            e.UploadPreviewed(upload_id, "oak", 4, 4, 0, 0, 0, 0, "k", held),
            e.FileValidated(upload_id, "oak", "users", person, 4, 4, 0, errors, 0, 0, (), None, (), 1, None),
        )

    def status(self, upload_id):
        return self.call("GET", f"/uploads/{upload_id}").json["status"]

    def told(self):
        with self.service.engine.connect() as connection:
            return list(connection.execute(sa.select(outbox.c.type).order_by(outbox.c.seq)).scalars())


@pytest.fixture
def portal(tmp_path):
    made = Portal(tmp_path)
    yield made
    made.service.engine.dispose()


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
def test_any_bytes_have_an_answer(portal, data):
    assert portal.send(data).status_code in {409, 422}
