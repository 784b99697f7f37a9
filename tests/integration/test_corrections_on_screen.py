"""Rejected rows mended one by one through the interface: each time a new upload of the corrected file."""

import pytest
from integration.upload_portal import USERS, Portal
from integration.whole_rollbook import users_csv

from rollbook.upload.stored_file import file_key

FILE = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail,      userGrade
    001,      student,  s1,     Ana,           Lee,          ana@d1.example.org, 07
    001,      pupil,    s2,     Ben,           Li,           ben,                07
    999,      student,  s3,     Cleo,          Oh,           cleo@d1.example.org, 7
""")


@pytest.fixture
def portal(tmp_path):
    made = Portal(tmp_path)
    made.activate()
    yield made
    made.service.engine.dispose()


def correct(portal, upload_id, *rows, key=None, **call):
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/uploads/{upload_id}/corrections"
    return portal.call("POST", path, json={"rows": list(rows)}, headers=headers, **call)


@pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
def test_the_rows_that_the_report_names_are_mended_until_none_is_left(rollbook):
    caller = rollbook.open_district()
    first = caller.send(FILE)
    report = caller.ok("GET", f"/reports/{first['id']}/rejected-rows")
    assert [one["row"] for one in report["items"]] == [3, 4]
    assert report["items"][0]["cells"][report["columns"].index("userRole")] == "pupil"

    rows = [
        {"row": 3, "cells": {"userRole": "student", "userEmail": f"ben@{caller.district}.example.org"}},
        {"row": 4, "cells": {"schoolId": "001"}},
    ]
    sent = caller.call("POST", f"/uploads/{first['id']}/corrections", json={"rows": rows})
    assert sent.status_code == 201
    second = caller.upload(sent.json["id"])
    assert sent.headers["Location"] == f"/api/v1/uploads/{second['id']}"
    assert (second["status"], second["findings"]["errors"], caller.status(first["id"])) == (
        "ready",
        0,
        "superseded",
    )
    assert second["filename"] == first["filename"]
    progress = caller.ok("GET", f"/reports/{second['id']}")["sincePrevious"]
    assert (progress["errors"], progress["fixed"]) == (3, 3)
    data = FILE.replace(b"@d1.", f"@{caller.district}.".encode())
    expected = data.replace(b"pupil", b"student").replace(
        b",ben,", f",ben@{caller.district}.example.org,".encode()
    )
    assert caller.call("GET", f"/uploads/{second['id']}/file").data == expected.replace(b"999", b"001")


def test_a_repeated_request_makes_one_upload_and_a_key_goes_with_one_file(portal):
    here = portal.send().json["id"]
    portal.validated(here, errors=1)
    edit = {"row": 2, "cells": {"userFirstName": "Zoë, the 2nd"}}
    answers = [correct(portal, here, edit, key="k1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    other = correct(portal, here, {"row": 2, "cells": {"userFirstName": "Zo"}}, key="k1")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    again = correct(portal, here, edit)
    assert (again.status_code, again.json["code"]) == (409, "upload_in_progress")


def test_a_file_in_utf_16_stays_one(portal):
    here = portal.send(b"\xff\xfe" + USERS.decode("utf-8-sig").encode("utf-16-le")).json["id"]
    portal.validated(here, errors=1)
    made = correct(portal, here, {"row": 2, "cells": {"userFirstName": "Ж"}})
    assert made.status_code == 201
    text = portal.call("GET", f"/uploads/{made.json['id']}/file").data.decode("utf-16")
    was, now = USERS.decode("utf-8-sig").splitlines(), text.splitlines()
    assert ("Ж" in now[1], now[:1] + now[2:]) == (True, was[:1] + was[2:])


def test_what_cannot_be_mended_is_said_and_nothing_is_made(portal):
    here = portal.send().json["id"]
    portal.validated(here, errors=1)
    answer = correct(
        portal, here, {"row": 99, "cells": {"userId": "a"}}, {"row": 2, "cells": {"colour": "red"}}
    )
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_corrections")
    assert [(one["row"], one["column"], one["code"]) for one in answer.json["errors"]] == [
        (2, "colour", "unknown_column"),
        (99, None, "unknown_row"),
    ]
    assert answer.json["detail"].startswith("The file has no column colour; it has ")
    for rows in (
        [], [{}], [{"row": "2", "cells": {"userId": "a"}}], [{"row": True, "cells": {"userId": "a"}}],
        [{"row": 2, "cells": {"userId": 1}}], [{"row": 2, "cells": {}}], [{"row": 2, "line": "abc"}],
        [{"row": 2, "line": ["a"], "cells": {"userId": "a"}}], [{"row": 2, "cells": {"userId": "a"}}] * 1001,
    ):  # fmt: skip
        assert correct(portal, here, *rows).json["code"] == "invalid_request"
    assert len(portal.call("GET", "/uploads").json["items"]) == 1


def test_a_file_that_is_refused_once_corrected_is_answered_like_an_uploaded_one(portal):
    columns = USERS.decode("utf-8-sig").splitlines()[0].split(",")
    data = (",".join([*columns, ""]) + "\n" + ",".join(["x"] * len(columns)) + ",\n").encode()
    here = portal.send(data).json["id"]
    portal.validated(here, errors=1)
    answer = correct(portal, here, {"row": 2, "line": ["x"] * (len(columns) + 1)})
    assert (answer.status_code, answer.json["code"]) == (422, "file_refused")
    assert [problem["code"] for problem in answer.json["problems"]] == ["header.blank"]


def test_without_a_file_there_is_nothing_to_mend(portal):
    edit = {"row": 2, "cells": {"userId": "a"}}
    refused = portal.send(b"x").json["id"]
    answer = correct(portal, refused, edit)
    assert (answer.status_code, answer.json["code"]) == (409, "no_file_kept")
    here = portal.send().json["id"]
    portal.validated(here, errors=1)
    (portal.folder / "store" / file_key(here)).unlink()
    answer = correct(portal, here, edit)
    assert (answer.status_code, answer.json["code"]) == (410, "file_removed")
    assert correct(portal, here, edit, district="elm").status_code == 404
    assert correct(portal, here, edit, roles=("system",)).status_code == 403
