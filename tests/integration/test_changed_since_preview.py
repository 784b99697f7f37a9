"""What a person changed between the preview and Process is found and shown, never silently overwritten."""

import pytest
from integration.whole_rollbook import users_csv

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
"""Nothing here depends on the database."""

FIRST = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s1,     Ana, Li,  ana@d1.example.org, 07, c1, Maths
    001,      student,  s2,     Ben, Li,  ben@d1.example.org, 08, ,
    001,      student,  s3,     Cyd, Li,  cyd@d1.example.org, 08, ,
""")
SECOND = FIRST.replace(b"Ana,Li", b"Ana,Lee").replace(b"Cyd,Li", b"Cyd,Lee")


@pytest.fixture
def d1(rollbook):
    caller = rollbook.open_district()
    caller.apply(FIRST)
    return caller


def edit(caller, path, **fields):
    headers = {"If-Match": caller.call("GET", path).headers["ETag"]}
    assert caller.call("PATCH", path, json=fields, headers=headers).status_code == 200


def process(caller, upload_id):
    """Have it processed; what was found while applying, by row."""
    caller.ok("POST", f"/uploads/{upload_id}/process", json={})
    answer = caller.call("GET", f"/reports/{upload_id}/follow-up-errors.csv")
    if answer.status_code == 404:
        return {}
    found = caller.lines(f"/reports/{upload_id}/follow-up-errors.csv")
    return {int(line["row"]): line["code"] for line in found}


def last_names(caller):
    return {person["userId"]: person["userLastName"] for person in caller.ok("GET", "/students")["items"]}


def test_an_edit_of_a_person_whom_the_file_changes_keeps_the_row_out(d1):
    upload_id = d1.send(SECOND)["id"]
    edit(d1, "/students/s1", userLastName="Lí")
    assert process(d1, upload_id) == {2: "record.changed_since_preview"}
    assert d1.status(upload_id) == "completed_with_errors"
    assert last_names(d1) == {"s1": "Lí", "s2": "Li", "s3": "Lee"}
    assert d1.figures(upload_id, "summary")["student"] == {"updated": 1, "noChange": 1, "errors": 1}
    keys = [line["key"] for line in d1.lines(f"/uploads/{upload_id}/changes.csv")]
    assert keys == ["s3"]


def test_a_row_that_would_now_take_an_edit_back_is_kept_out_too(d1):
    upload_id = d1.send(SECOND)["id"]
    edit(d1, "/students/s2", userLastName="Lo")
    assert process(d1, upload_id) == {3: "record.changed_since_preview"}
    assert last_names(d1) == {"s1": "Lee", "s2": "Lo", "s3": "Lee"}


def test_an_edit_that_does_what_the_file_would_do_hinders_nothing_but_its_row(d1):
    upload_id = d1.send(SECOND)["id"]
    edit(d1, "/students/s1", userLastName="Lee")
    assert process(d1, upload_id) == {2: "record.changed_since_preview"}
    assert last_names(d1) == {"s1": "Lee", "s2": "Li", "s3": "Lee"}


def test_an_edit_of_something_that_the_file_does_not_name_hinders_nothing(d1):
    upload_id = d1.send(users_csv("""
        schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade
        001,      student,  s3,     Cyd, Lee,  cyd@d1.example.org, 08
    """))["id"]  # fmt: skip
    edit(d1, "/students/s1", userLastName="Lo")
    assert process(d1, upload_id) == {}
    assert d1.status(upload_id) == "completed"
    assert last_names(d1) == {"s1": "Lo", "s2": "Li", "s3": "Lee"}


def test_an_undo_after_the_preview_counts_as_a_change(d1):
    before = d1.apply(FIRST.replace(b"Ben,Li", b"Ben,Lo"))
    upload_id = d1.send(SECOND.replace(b"Ben,Li", b"Ben,Lo"))["id"]
    d1.ok("POST", f"/uploads/{before}/undo")
    assert process(d1, upload_id) == {3: "record.changed_since_preview"}
    assert last_names(d1) == {"s1": "Lee", "s2": "Li", "s3": "Lee"}


def test_an_upload_that_a_later_one_superseded_cannot_be_processed(d1):
    upload_id = d1.send(SECOND)["id"]
    later = d1.send(SECOND)["id"]
    answer = d1.call("POST", f"/uploads/{upload_id}/process", json={})
    assert (answer.status_code, "superseded" in answer.json["detail"]) == (409, True)
    assert process(d1, later) == {}


LEAVING = users_csv("""
    action,     schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, className
    deactivate, 001,      ,         s2,     , , , , Maths
    deactivate, 009,      ,         s3,     , , , ,
    ,           001,      student,  s4,     Dee, Li,  dee@d1.example.org, 08,
""")


@pytest.mark.parametrize("edited", [False, True])
def test_a_rejected_row_counts_who_it_names_as_what_they_are(d1, edited):
    upload_id = d1.send(LEAVING)["id"]
    assert d1.figures(upload_id)["student"] == {"created": 1, "errors": 2}
    if edited:
        edit(d1, "/students/s1", userLastName="Lo")
    d1.ok("POST", f"/uploads/{upload_id}/process", json={"acceptedRowsOnly": True})
    assert d1.figures(upload_id, "summary") == d1.figures(upload_id)
