"""What happened to a person: who changed which field, when and by what, from what to what."""

import pytest
from integration.whole_rollbook import users_csv

from rollbook.roster.adapters import person_history

FIRST = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s/1,    Ana, Li,  ana@d1.example.org, 07, c1, Maths
    001,      teacher,  t1,     Tia, Oh,  tia@d1.example.org,   , c1, Maths
""")
ANA = "/students/s%2F1"


@pytest.fixture(params=["indexed", "looked through"])
def d1(rollbook, request, monkeypatch):
    if request.param == "looked through":
        monkeypatch.setattr(person_history, "MANY_PEOPLE", 0)
    return rollbook.open_district()


def changed(entry):
    return entry["recordType"], entry["change"], entry["field"], entry["before"], entry["after"]


def test_a_history_names_every_change_its_time_and_its_author(rollbook, d1):
    first = d1.apply(FIRST)
    ben = rollbook.caller(d1.district, name="Ben Editor")
    headers = {"If-Match": d1.call("GET", ANA).headers["ETag"]}
    edited = ben.call("PATCH", ANA, json={"userFirstName": "Anna"}, headers=headers)
    edit = edited.headers["Location"].rpartition("/")[2]
    undone = d1.call("POST", f"/uploads/{edit}/undo").headers["Location"].rpartition("/")[2]
    d1.apply(b"userId,gifted\ns/1,yes\n", "demographics")
    entries = d1.ok("GET", f"{ANA}/history")["items"]
    assert [changed(entry) for entry in entries[:3]] == [
        ("demographics", "created", "gifted", "", "true"),
        ("student", "updated", "userFirstName", "Anna", "Ana"),
        ("student", "updated", "userFirstName", "Ana", "Anna"),
    ]
    assert [(entry["what"], entry["uploadId"], entry["by"]["name"]) for entry in entries[1:4]] == [
        ("undo", undone, "Ada Admin"),
        ("edit", edit, "Ben Editor"),
        ("upload", first, "Ada Admin"),
    ]
    created = {entry["field"]: entry["after"] for entry in entries[3:] if entry["recordType"] == "student"}
    assert created["userEmail"] == f"ana@{d1.district}.example.org"
    assert [entry["key"] for entry in entries[3:] if entry["recordType"] == "enrollment"] == ["s/1 c1"]
    assert [entry["at"] for entry in entries] == sorted((entry["at"] for entry in entries), reverse=True)


def test_a_history_comes_in_pages(d1):
    d1.apply(FIRST)
    whole = d1.ok("GET", "/staff/t1/history")["items"]
    pages, cursor = [], ""
    while cursor is not None:
        page = d1.ok("GET", f"/staff/t1/history?limit=3&cursor={cursor}")
        pages, cursor = pages + page["items"], page["next"]
    assert pages == whole
    assert len(whole) > 3


def test_who_was_never_there_has_no_history_and_who_was_undone_has(rollbook, d1):
    first = d1.apply(FIRST)
    d1.ok("POST", f"/uploads/{first}/undo")
    assert d1.call("GET", "/students/nobody/history").status_code == 404
    assert d1.call("GET", "/students/t1/history").status_code == 200
    assert d1.ok("GET", f"{ANA}/history")["items"][0]["change"] == "removed"
    assert rollbook.open_district().call("GET", f"{ANA}/history").status_code == 404
