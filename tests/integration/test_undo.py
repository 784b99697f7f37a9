"""Undo: values come back field by field, and what somebody changed since stays as it is."""

import contextlib

import pytest
from integration.whole_rollbook import users_csv

FIRST = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s1,     Ana, Li,  ana@d1.example.org, 07, c1, Maths
    001,      student,  s2,     Ben, Li,  ben@d1.example.org, 08, ,
    001,      teacher,  t1,     Tia, Oh,  tia@d1.example.org,   , c1, Maths
""")
SECOND = users_csv("""
    action, schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    ,           001,  student,  s1,     Anna, Li,  ana@d1.example.org, 08, c2, Art
    ,           002,  student,  s3,     Cyd,  Ray, cyd@d1.example.org, 07, c3, Music
    remove,     001,         ,  s1,         ,    ,                   ,   , c1,
    deactivate, 001,         ,  t1,         ,    ,                   ,   ,   ,
""")


def undo(caller, upload_id):
    """Undo an upload; the ID of the undo."""
    answer = caller.call("POST", f"/uploads/{upload_id}/undo")
    assert answer.status_code == 202, answer.json
    return answer.headers["Location"].rpartition("/")[2]


def test_every_value_comes_back_and_what_was_created_goes(d1):
    d1.apply(FIRST)
    before = d1.roster()
    second = d1.apply(SECOND)
    assert d1.roster() != before
    undone = undo(d1, second)
    assert (d1.status(second), d1.status(undone)) == ("undone", "completed")
    assert d1.roster() == before
    assert d1.figures(undone) == d1.figures(undone, "summary") == {
        "staff": {"updated": 1},
        "student": {"updated": 1, "removed": 1},
        "class": {"removed": 2},
        "enrollment": {"created": 2, "removed": 2},
    }  # fmt: skip


def test_undoing_the_first_file_leaves_an_empty_roster_and_undoing_that_brings_it_back(d1):
    first = d1.apply(FIRST)
    before = d1.roster()
    undone = undo(d1, first)
    assert d1.roster() == []
    assert d1.ok("GET", "/staff")["items"] == []
    again = undo(d1, undone)
    assert d1.roster() == before
    assert [d1.status(one) for one in (first, undone, again)] == ["completed", "undone", "completed"]
    undo(d1, first)
    assert d1.roster() == []


def test_what_was_changed_since_is_left_alone_and_listed(d1):
    first = d1.apply(FIRST)
    d1.apply(users_csv("""
        schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
        001,      student,  s2,     Benno, Li,  ben@d1.example.org, 08, c1, Maths
    """))  # fmt: skip
    undone = undo(d1, first)
    assert d1.status(undone) == "completed_with_errors"
    assert [(line["userId"], line["classId"]) for line in d1.roster()] == [("s2", "c1")]
    listed = d1.lines(f"/reports/{undone}/follow-up-errors.csv")
    changed = "was changed by somebody else in the meantime, so it was left as it is."
    assert [(line["row"], line["code"], line["message"]) for line in listed] == [
        ("2", "record.changed_since_preview", f"class c1 (which others use by now) {changed}"),
        ("3", "record.changed_since_preview", f"student s2 (userFirstName is now “Benno”) {changed}"),
    ]
    assert d1.figures(undone, "summary")["class"] == {"errors": 1}


def test_an_address_that_somebody_else_has_by_now_is_not_taken_back(rollbook, d1):
    d1.apply(FIRST)
    changed = d1.apply(FIRST.replace(b"ana@d1.", b"anna@d1."))
    other = rollbook.open_district()
    taken = f"ana@{d1.district}.".encode()
    other.apply(FIRST.replace(b"ana@d1.", taken))
    undone = undo(d1, changed)
    listed = d1.lines(f"/reports/{undone}/follow-up-errors.csv")
    assert [line["code"] for line in listed] == ["userEmail.already_used_elsewhere"]
    assert d1.roster()[0]["userEmail"].startswith("anna@")


def test_demographics_are_undone_too(d1):
    d1.apply(FIRST)
    first = d1.apply(b"userId,gifted,sex\ns1,yes,female\n", "demographics")
    d1.apply(b"userId,gifted\ns2,no\n", "demographics")
    undone = undo(d1, first)
    assert d1.figures(undone, "summary") == {"demographics": {"removed": 1}}
    assert d1.status(first) == "undone"


def test_who_is_limited_to_schools_puts_back_only_those(rollbook, d1):
    d1.apply(FIRST)
    second = d1.apply(SECOND)
    limited = rollbook.caller(d1.district, school_ids=["002"])
    undone = undo(limited, second)
    assert {line["code"] for line in d1.lines(f"/reports/{undone}/follow-up-errors.csv")} == {
        "schoolId.out_of_scope"
    }
    assert "s3" not in {line["userId"] for line in d1.roster()}
    assert "t1" not in {line["userId"] for line in d1.roster()}


def test_who_is_limited_to_schools_puts_back_no_demographics_of_another(rollbook, d1):
    d1.apply(FIRST)
    d1.apply(SECOND)  # s1 is in school 001, s3 in 002
    changed = d1.apply(b"userId,gifted\ns1,yes\ns3,yes\n", "demographics")
    undone = undo(rollbook.caller(d1.district, school_ids=["002"]), changed)
    assert d1.figures(undone, "summary") == {"demographics": {"removed": 1, "errors": 1}}
    (left,) = d1.lines(f"/reports/{undone}/follow-up-errors.csv")
    assert (left["row"], left["code"]) == ("2", "userId.not_found")
    assert left["message"] == "userId s1 is of school 001, which you may not change."
    assert d1.ok("GET", "/students/s1")["demographics"] == {"gifted": "true"}
    assert "demographics" not in d1.ok("GET", "/students/s3")


@pytest.mark.parametrize("status", ["validating", "ready", "cancelled", "needs_correction"])
def test_what_is_not_applied_cannot_be_undone(d1, status):
    data = FIRST.replace(b"ana@", b"") if status == "needs_correction" else FIRST
    with d1.rollbook.held() if status == "validating" else contextlib.nullcontext():
        upload_id = d1.send(data)["id"]
        _refused(d1, upload_id, status)


def _refused(d1, upload_id, status):
    if status == "cancelled":
        d1.ok("POST", f"/uploads/{upload_id}/cancel")
    assert d1.status(upload_id) == status
    answer = d1.call("POST", f"/uploads/{upload_id}/undo")
    assert answer.status_code == 409
    assert status in answer.json["detail"]


def test_a_second_undo_changes_nothing_and_another_file_waits_for_the_first(rollbook, d1):
    first = d1.apply(FIRST)
    with rollbook.held():
        undone = undo(d1, first)
        assert (d1.status(first), d1.upload(first)["progress"]["stage"]) == ("processing", "undoing")
        assert undo(d1, first) == undone
        sent = d1.call("POST", "/uploads", data=FIRST, content_type="text/csv")
        assert (sent.status_code, sent.json["code"]) == (409, "upload_in_progress")
    assert d1.status(first) == "undone"
    assert undo(d1, first) == undone


def test_an_undo_is_refused_while_another_file_is_at_work(rollbook, d1):
    first = d1.apply(FIRST)
    with rollbook.held():
        d1.send(SECOND)
        answer = d1.call("POST", f"/uploads/{first}/undo")
        assert (answer.status_code, answer.json["code"]) == (409, "upload_in_progress")
