"""The OpenAPI document describes every route, every answer is as it says; behind the gateway too."""

import json
import re
import urllib.request

import jsonschema
import pytest
from integration.behind_the_gateway import behind_the_gateway
from integration.whole_rollbook import DISTRICT_RIGHTS, WholeRollbook, users_csv

SOUND = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail,      userGrade, classId, className
    001,      student,  s1,     Ana,           Lee,          ana@d1.example, 3,         c1,      Math
""")
FAULTY = SOUND.replace(b"student", b"pupil")
METHODS = ("get", "put", "post", "patch", "delete")


@pytest.fixture(scope="module")
def rollbook(tmp_path_factory):
    made = WholeRollbook(tmp_path_factory.mktemp("rollbook"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def document(rollbook):
    return rollbook.app.test_client().get("/openapi.json").json


@pytest.fixture(scope="module")
def everybody(rollbook):
    """Somebody who may do everything, in a district with a file that was applied and one that was not."""
    d1 = rollbook.open_district()
    applied = d1.apply(SOUND)
    rights = (*DISTRICT_RIGHTS, "auditor", "support")
    d1.token = rollbook.token(d1.district, rights, district_ids=[])
    ids = {"upload_id": applied, "district_id": d1.district, "class_id": "c1", "kind": "users", "key": "s1"}
    return d1, ids


def operations(document):
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def checked(document, method, path, answer):
    """Hold an answer to the description of its route; gives the answer."""
    described = document["paths"][path][method]["responses"].get(str(answer.status_code))
    assert described, (method, path, answer.status_code, answer.data[:300])
    content = described.get("content", {})
    if not content:
        assert answer.data == b"", (method, path, answer.status_code)
        return answer
    assert answer.mimetype in content, (method, path, answer.status_code, answer.mimetype)
    if "json" in answer.mimetype:
        schema = {**content[answer.mimetype]["schema"], "components": document["components"]}
        jsonschema.validate(answer.json, schema, jsonschema.Draft202012Validator)
    return answer


def test_every_route_is_described_with_its_parameters_and_answers(rollbook, document):
    routes = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in rollbook.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1") and rule.endpoint != "openapi"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(method, path): operation for method, path, operation in operations(document)}
    assert set(described) == routes
    for (method, path), operation in described.items():
        statuses = set(operation["responses"])
        assert any(status.startswith("2") for status in statuses), path
        assert "401" in statuses, path
        assert operation.get("summary") or operation.get("description"), path
        named = {
            one["name"] for one in (*operation["parameters"], *document["paths"][path].get("parameters", ()))
        }
        assert set(re.findall(r"{(\w+)}", path)) <= named, (method, path)


def test_the_document_is_beside_the_interface_as_well_as_at_the_root(rollbook, document):
    answer = rollbook.app.test_client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json) == (200, document)


def test_every_answer_is_as_it_is_described(rollbook, document, everybody):
    d1, ids = everybody
    stranger = rollbook.caller("elsewhere", ())
    gone = ids | {"upload_id": "no-such", "class_id": "no-such", "key": "no-such", "kind": "pets"}
    statuses = {}
    for method, path, operation in operations(document):
        for caller, values in ((d1, ids), (d1, gone), (stranger, ids), (stranger, gone)):
            address = path.removeprefix("/api/v1").format(**values)
            if method == "get" or caller is stranger or values is gone:
                body = {"json": {}} if "requestBody" in operation else {}
                answer = checked(document, method, path, caller.call(method.upper(), address, **body))
                statuses.setdefault(path, set()).add(answer.status_code)
        anonymous = rollbook.app.test_client().open(path.format(**ids), method=method.upper())
        assert checked(document, method, path, anonymous).status_code == 401
    reached = {path for path, found in statuses.items() if found & {200, 204}}
    assert len(reached) > 25, sorted(set(statuses) - reached)


def test_the_answers_to_a_whole_journey_are_as_they_are_described(rollbook, document, everybody):
    d1, _ = everybody

    def call(method, path, address, **options):
        return checked(document, method, f"/api/v1{path}", d1.call(method.upper(), address, **options))

    sent = call(
        "post", "/uploads", "/uploads?kind=users&filename=u.csv", data=FAULTY, content_type="text/csv"
    )
    here = f"/uploads/{sent.json['id']}"
    for path in ("", "/preview", "/changes", "/changes.csv", "/file", "/events"):
        assert call("get", f"/uploads/{{upload_id}}{path}", f"{here}{path}").status_code in {200, 204}
    for path in (
        "",
        "/errors.csv",
        "/corrections.csv",
        "/findings",
        "/rejected-rows",
        "/report.html",
        "/reads",
    ):
        report = f"/reports/{sent.json['id']}{path}"
        assert call("get", f"/reports/{{upload_id}}{path}", report).status_code == 200
    assert call("post", "/uploads/{upload_id}/process", f"{here}/process", json={}).status_code in {202, 409}
    assert call("post", "/uploads/{upload_id}/cancel", f"{here}/cancel").status_code in {200, 409}
    refused = call(
        "post", "/uploads", "/uploads?kind=users&filename=u.csv", data=b"a,b\n", content_type="text/csv"
    )
    assert refused.status_code == 422
    etag = d1.call("GET", "/students/s1").headers["ETag"]
    for headers, body, status in (
        ({"If-Match": etag}, {"userFirstName": "Anna"}, 200),
        ({"If-Match": etag}, {"userFirstName": "Anne"}, 412),
        ({}, {"userFirstName": "Anne"}, 428),
        ({}, {"pet": "cat"}, 422),
    ):
        answer = call("patch", "/students/{key}", "/students/s1", json=body, headers=headers)
        assert answer.status_code == status
    assert call("get", "/students/{key}/history", "/students/s1/history").json["items"]


def test_behind_the_gateway_there_is_one_document_of_all_services(rollbook, document, tmp_path):
    with behind_the_gateway(rollbook, tmp_path) as (url, _):
        with urllib.request.urlopen(f"{url}/openapi.json") as answer:
            assert answer.headers["Content-Type"] == "application/json"
            assert json.load(answer) == {key: value for key, value in document.items() if key != "tags"}
        with urllib.request.urlopen(f"{url}/reports/openapi.json") as answer:
            paths = json.load(answer)["paths"]
    assert set(paths) < set(document["paths"])
    assert "/api/v1/reports" in paths
