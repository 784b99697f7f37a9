"""No call with one district's token reads or changes another's data, and none works without its rights.

The calls are those of the OpenAPI document, so that a new one cannot be forgotten: whatever it names in its
path must be known to `OF_THE_OTHER`.
"""

import io
import zipfile
from itertools import combinations

import pytest
from integration.whole_rollbook import DISTRICT_RIGHTS, users_csv

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
"""Nothing here depends on the database."""

NEEDED = {"/districts": ("support",), "/reports/{upload_id}/legal-hold": ("auditor",)}
"""The rights that a changing call needs, where they are others than those of a district's administrator."""

OF_NOBODY = {"kind": "users"}
"""What a path may name that belongs to no district."""

FILE = users_csv("""
    schoolId, userRole, userId,      userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  hidden-s,    Zanzibar, Li, zanzibar@d1.example.org, 07, hidden-c, Maths
    001,      teacher,  hidden-t,    Zanzibar, Oh, zoe@d1.example.org,        , hidden-c, Maths
""")
EXPORT_OF_SOME = ("POST", "/export/users.csv")
"""It changes nothing: the list of who is wanted is too long for an address."""
BODIES = {"PATCH": {"userFirstName": "Changed"}, "PUT": {"name": "Changed"}, "POST": {}}


@pytest.fixture(scope="module")
def hidden(rollbook):
    """Somebody of a district that has something of everything."""
    caller = rollbook.open_district(name="Hidden district")
    caller.apply(FILE)
    caller.waiting = caller.send(FILE.replace(b"Maths", b"Art"))["id"]
    return caller


@pytest.fixture(scope="module")
def operations(rollbook):
    """Every path of the document with its method: ('GET', '/uploads/{upload_id}')."""
    document = rollbook.app.test_client().get("/openapi.json").json
    found = [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, item in document["paths"].items()
        for method in item
        if method in {"get", "put", "post", "patch", "delete"}
    ]
    assert len(found) > 30
    return found


def all_rights(rollbook, district):
    """Every right of a district, that of an auditor of this one district included."""
    return rollbook.token(district, (*DISTRICT_RIGHTS, "auditor"), district_ids=[])


def of_the_other(path, hidden):
    """The path with the other district's things in it."""
    values = {
        "district_id": hidden.district,
        "upload_id": hidden.waiting,
        "class_id": "hidden-c",
        "key": {"students": "hidden-s", "staff": "hidden-t", "classes": "hidden-c"}.get(path.split("/")[1]),
        **OF_NOBODY,
    }
    return path.format(**values)


def call(caller, method, path):
    body = BODIES.get(method)
    if path.startswith("/classes/") and method == "PATCH":
        body = {"className": "Changed"}
    if (method, path) == ("POST", "/uploads"):
        return caller.call(method, path, data=FILE, content_type="text/csv")
    if (method, path) == EXPORT_OF_SOME:
        body = {"userIds": ["hidden-s", "hidden-t"]}
    return caller.call(method, path, json=body, headers={"If-Match": "*"} if method == "PATCH" else {})


def is_for_reading(method, path):
    return method == "GET" or (method, path) == EXPORT_OF_SOME


def all_of(caller):
    """Everything of a district that can be seen."""
    upload_ids = [upload["id"] for upload in caller.ok("GET", "/uploads")["items"]]
    return [
        caller.ok("GET", "/uploads"),
        caller.roster(),
        [caller.ok("GET", path) for path in ("/batch-upload", "/schools", "/staff", "/students", "/classes")],
        [caller.ok("GET", f"/reports/{upload_id}") for upload_id in upload_ids],
    ]


def shown(answer):
    if answer.mimetype != "application/zip":
        return answer.data
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return b"".join([name.encode() + archive.read(name) for name in archive.namelist()])


def test_nobody_reads_or_changes_what_is_another_districts(rollbook, hidden, operations):
    before = all_of(hidden)
    stranger = rollbook.open_district()
    stranger.token = all_rights(rollbook, stranger.district)
    secrets = (hidden.waiting, hidden.district, "hidden-s", "hidden-t", "Zanzibar", "Hidden district")
    wrong = []
    for method, path in operations:
        answer = call(stranger, method, of_the_other(path, hidden))
        names_theirs = "{" in path and not all(f"{{{name}}}" in path for name in OF_NOBODY)
        expected = {403, 404} if path.startswith("/districts") else {404} if names_theirs else {200, 201}
        if answer.status_code not in expected:
            wrong.append((method, path, answer.status_code))
        if is_for_reading(method, path) and not path.startswith("/uploads/{"):
            seen = shown(answer).decode("utf-8", "replace")
            wrong += [(method, path, secret) for secret in secrets if secret in seen]
        if (method, path) == ("POST", "/uploads"):  # else the stranger's own rows hold the same names
            stranger.ok("POST", f"/uploads/{answer.json['id']}/cancel")
            stranger = rollbook.open_district()
            stranger.token = all_rights(rollbook, stranger.district)
    assert wrong == []
    assert all_of(hidden) == before


def test_every_call_that_changes_something_needs_each_of_its_rights(rollbook, hidden, operations):
    before = all_of(hidden)
    wrong = []
    for method, path in operations:
        if is_for_reading(method, path):
            continue
        needed = next((rights for start, rights in NEEDED.items() if path.startswith(start)), DISTRICT_RIGHTS)
        others = tuple({"system", "enrollment", "auditor", "support"} - set(needed))
        for kept in combinations(needed, len(needed) - 1):
            caller = rollbook.caller(hidden.district, (*kept, *others))
            answer = call(caller, method, of_the_other(path, hidden))
            if (answer.status_code, (answer.json or {}).get("code")) != (403, "forbidden"):
                wrong.append((method, path, kept, answer.status_code))
    assert wrong == []
    assert all_of(hidden) == before


def test_no_call_works_without_a_token(rollbook, hidden, operations):
    before = all_of(hidden)
    anonymous = rollbook.caller(hidden.district)
    anonymous.token = "none"
    wrong = [
        (method, path, answer.status_code)
        for method, path in operations
        if (answer := call(anonymous, method, of_the_other(path, hidden))).status_code != 401
    ]
    assert wrong == []
    assert all_of(hidden) == before
