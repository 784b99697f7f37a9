"""A known person who comes under a new userId is offered as one, confirmed, and keeps everything."""

import pytest
from integration.whole_rollbook import users_csv

FIRST = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s1,     Ana, Li,  ana@d1.example.org, 07, c1, Maths
    001,      student,  s1,     Ana, Li,  ana@d1.example.org, 07, c2, Art
    001,      student,  s2,     Ben, Li,  ben@d1.example.org, 08, ,
    001,      teacher,  t1,     Tia, Oh,  tia@d1.example.org,   , c1, Maths
""")
NEW = FIRST.replace(b"s1", b"n1")


@pytest.fixture
def d1(rollbook):
    caller = rollbook.open_district()
    caller.apply(FIRST)
    caller.apply(b"userId,gifted\ns1,yes\n", "demographics")
    return caller


def test_a_new_id_is_offered_in_the_preview_and_stays_an_error_until_it_is_confirmed(d1):
    upload = d1.send(NEW)
    assert (upload["status"], upload["reIdentifications"]) == ("needs_correction", 1)
    (offered,) = d1.ok("GET", f"/uploads/{upload['id']}/preview")["reIdentifications"]
    assert {name: offered[name] for name in ("row", "rows", "schoolId", "fromUserId", "toUserId")} == {
        "row": 2, "rows": [2, 3], "schoolId": "001", "fromUserId": "s1", "toUserId": "n1",
    }  # fmt: skip
    errors = d1.lines(f"/reports/{upload['id']}/errors.csv")
    assert {(line["row"], line["code"]) for line in errors} == {
        ("2", "userEmail.already_used"),
        ("3", "userEmail.already_used"),
    }
    refused = d1.call("POST", f"/uploads/{upload['id']}/process", json={})
    assert (refused.status_code, "confirmReIdentifications" in refused.json["detail"]) == (409, True)


@pytest.mark.parametrize("confirmed", [True, ["n1"]])
def test_a_confirmed_person_keeps_classes_demographics_and_history(d1, confirmed):
    before = d1.roster()
    upload_id = d1.apply(NEW.replace(b",07,", b",08,"), confirmReIdentifications=confirmed)
    assert d1.status(upload_id) == "completed"
    ana = d1.ok("GET", "/students/n1")
    assert (ana["userGrade"], ana["demographics"]) == ("08", {"gifted": "true"})
    assert d1.call("GET", "/students/s1").status_code == 404
    assert [(line["userId"], line["classId"]) for line in d1.roster()] == [
        ("n1", "c1"), ("n1", "c2"), ("s2", ""), ("t1", "c1"),
    ]  # fmt: skip
    assert d1.figures(upload_id, "summary") == {
        "school": {"noChange": 1},
        "staff": {"noChange": 1},
        "student": {"updated": 1, "noChange": 1},
        "class": {"noChange": 2},
        "enrollment": {"noChange": 3},
    }
    lines = d1.lines(f"/uploads/{upload_id}/changes.csv")
    assert [(line["key"], line["field"], line["before"], line["after"]) for line in lines] == [
        ("n1", "userId", "s1", "n1"),
        ("n1", "userGrade", "07", "08"),
    ]
    history = d1.ok("GET", "/students/n1/history")["items"]
    assert [entry["key"] for entry in history if entry["field"] in {"userId", "gifted", "userEmail"}] == [
        "n1", "s1", "s1",
    ]  # fmt: skip
    undone = d1.call("POST", f"/uploads/{upload_id}/undo").headers["Location"].rpartition("/")[2]
    assert d1.status(undone) == "completed"
    assert d1.roster() == before
    assert d1.ok("GET", "/students/s1")["demographics"] == {"gifted": "true"}
    again = d1.call("POST", f"/uploads/{undone}/undo").headers["Location"].rpartition("/")[2]
    assert d1.status(again) == "completed"
    assert d1.ok("GET", "/students/n1")["userGrade"] == "08"


def test_who_is_not_confirmed_is_left_out_with_the_accepted_rows_applied(d1):
    upload_id = d1.apply(NEW.replace(b"Ben,Li", b"Ben,Lo"), acceptedRowsOnly=True)
    assert d1.status(upload_id) == "completed_with_errors"
    assert d1.ok("GET", "/students/s1")["userId"] == "s1"
    assert d1.ok("GET", "/students/s2")["userLastName"] == "Lo"
    assert d1.call("GET", "/students/n1").status_code == 404


def test_other_errors_are_not_waved_through_with_a_confirmation(d1):
    upload_id = d1.send(NEW.replace(b"001,student,s2", b"009,student,s2"))["id"]
    process = f"/uploads/{upload_id}/process"
    answer = d1.call("POST", process, json={"confirmReIdentifications": True})
    assert (answer.status_code, answer.json["code"]) == (409, "needs_correction")
    assert answer.json["detail"].startswith("1 error was found; correct the file and upload it again, ")
    d1.ok("POST", process, json={"confirmReIdentifications": True, "acceptedRowsOnly": True})
    assert d1.status(upload_id) == "completed_with_errors"
    assert d1.ok("GET", "/students/n1")["userFirstName"] == "Ana"


def test_who_was_not_offered_is_no_confirmation_of_those_who_were(d1):
    upload_id = d1.send(NEW)["id"]
    process = f"/uploads/{upload_id}/process"
    for others in (["nobody"], ["n1", "nobody"], ["s1"]):
        answer = d1.call("POST", process, json={"confirmReIdentifications": others})
        assert (answer.status_code, answer.json["code"]) == (409, "needs_correction"), others
    assert d1.status(upload_id) == "needs_correction"


@pytest.mark.parametrize(
    "file",
    [
        NEW.replace(b"Ana,Li", b"Eva,Li"),
        NEW + b"001,student,s1,Ana,Li,ana2@d1.example.org,07\n".replace(b"07\n", b"07,,,,,,\n"),
        FIRST.replace(b"001,student,s2,Ben,Li,ben@", b"001,student,s2,Ana,Li,ana@"),
        NEW.replace(b"student,n1", b"teacher,n1").replace(b"ana@d1.example.org,07", b"ana@d1.example.org,"),
    ],
    ids=["another name", "the old ID is in the file", "a known ID", "another kind of person"],
)
def test_nobody_else_is_offered(d1, file):
    header, *lines = file.decode().splitlines()
    width = header.count(",")
    file = "\n".join([header, *(",".join((line.split(",") + [""] * width)[: width + 1]) for line in lines)])
    upload = d1.send(file.encode())
    assert upload["reIdentifications"] == 0


def test_an_edit_in_between_takes_the_offer_back(d1):
    upload_id = d1.send(NEW)["id"]
    headers = {"If-Match": d1.call("GET", "/students/s1").headers["ETag"]}
    d1.call("PATCH", "/students/s1", json={"userEmail": "ana@elsewhere.example.org"}, headers=headers)
    d1.ok("POST", f"/uploads/{upload_id}/process", json={"confirmReIdentifications": True})
    found = d1.lines(f"/reports/{upload_id}/follow-up-errors.csv")
    assert {line["code"] for line in found} == {"record.changed_since_preview"}
    assert d1.status(upload_id) == "completed_with_errors"
    assert d1.ok("GET", "/students/s1")["userId"] == "s1"


@pytest.mark.parametrize("confirmed", ["yes", [1], ["x" * 101], {"n1": True}])
def test_a_confirmation_that_is_none_is_refused(d1, confirmed):
    upload_id = d1.send(NEW)["id"]
    answer = d1.call("POST", f"/uploads/{upload_id}/process", json={"confirmReIdentifications": confirmed})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_request")
