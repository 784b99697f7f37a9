"""Direct edits in the portal: what they change, what they refuse, and how they are recorded."""

import pytest
from integration.whole_rollbook import users_csv

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
"""Nothing here depends on the database."""

FIRST = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s/1,    Ana, Li,  ana@d1.example.org, 07, c1, Maths
    002,      student,  s2,     Ben, Li,  ben@d1.example.org, 08, ,
    001,      teacher,  t1,     Tia, Oh,  tia@d1.example.org,   , c1, Maths
""")
ANA = "/students/s%2F1"


@pytest.fixture
def d1(rollbook):
    caller = rollbook.open_district()
    caller.apply(FIRST)
    return caller


def patch(caller, path, etag=None, **fields):
    """Edit a record as it was last seen (now, without an `etag`)."""
    headers = {"If-Match": etag or caller.call("GET", path).headers["ETag"]}
    return caller.call("PATCH", path, json=fields, headers=headers)


def test_an_edit_is_applied_at_once_and_recorded_like_an_upload_of_one_row(d1):
    answer = patch(d1, ANA, userFirstName="  Anna ", userMiddleName="Re\u0301", userGrade="9")
    assert (answer.status_code, answer.json["userFirstName"], answer.json["userGrade"]) == (200, "Anna", "09")
    assert answer.json["userMiddleName"] == "Ré"
    seen = d1.call("GET", ANA)
    assert (seen.json, seen.headers["ETag"]) == (answer.json, answer.headers["ETag"])
    edit = answer.headers["Location"].rpartition("/")[2]
    listed = d1.ok("GET", "/uploads")["items"][0]
    assert (listed["id"], listed["kind"], listed["status"]) == (edit, "edit", "completed")
    assert listed["uploadedBy"] == {"sub": "ada.admin", "name": "Ada Admin"}
    assert d1.figures(edit) == d1.figures(edit, "summary") == {"student": {"updated": 1}}
    changes = d1.lines(f"/uploads/{edit}/changes.csv")
    assert [(line["field"], line["before"], line["after"]) for line in changes] == [
        ("userFirstName", "Ana", "Anna"),
        ("userMiddleName", "", "Ré"),
        ("userGrade", "07", "09"),
    ]
    report = d1.ok("GET", f"/reports/{edit}")
    assert (report["kind"], report["fileName"], report["status"]) == (
        "edit", "Edit of student s/1", "completed",
    )  # fmt: skip


def test_who_has_the_record_is_told_that_it_is_still_the_same(d1):
    etag = d1.call("GET", ANA).headers["ETag"]
    again = d1.call("GET", ANA, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    patch(d1, ANA, userFirstName="Anna")
    assert d1.call("GET", ANA, headers={"If-None-Match": etag}).json["userFirstName"] == "Anna"


def test_the_next_file_shows_an_edit_as_a_difference_to_reconcile(d1):
    patch(d1, ANA, userFirstName="Anna")
    preview = d1.send(FIRST)["id"]
    lines = d1.lines(f"/uploads/{preview}/changes.csv")
    assert [(line["key"], line["field"], line["before"], line["after"]) for line in lines] == [
        ("s/1", "userFirstName", "Anna", "Ana")
    ]


def test_an_edit_can_be_undone(d1):
    edit = patch(d1, "/classes/c1", className="Mathematics").headers["Location"]
    d1.ok("POST", f"{edit.removeprefix('/api/v1')}/undo")
    assert d1.ok("GET", "/classes/c1")["className"] == "Maths"


def test_a_value_is_taken_away_by_null_unless_the_record_needs_it(d1):
    patch(d1, "/staff/t1", userMiddleName="B")
    assert patch(d1, "/staff/t1", userMiddleName=None).json["userMiddleName"] == ""
    answer = patch(d1, "/staff/t1", userLastName=None)
    assert [found["code"] for found in answer.json["findings"]] == ["userLastName.required"]


def test_an_edit_that_changes_nothing_is_not_recorded(d1):
    answer = patch(d1, ANA, userFirstName="Ana ")
    assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert len(d1.ok("GET", "/uploads")["items"]) == 1


def test_who_has_not_seen_the_newest_values_is_told_so(d1):
    seen = d1.call("GET", ANA).headers["ETag"]
    assert patch(d1, ANA, userFirstName="Anna").status_code == 200
    late = patch(d1, ANA, seen, userFirstName="Anne")
    assert (late.status_code, late.json["code"]) == (412, "changed_meanwhile")
    blind = d1.call("PATCH", ANA, json={"userFirstName": "Anne"})
    assert (blind.status_code, blind.json["code"]) == (428, "precondition_required")
    assert d1.ok("GET", ANA)["userFirstName"] == "Anna"


@pytest.mark.parametrize(
    ("path", "fields", "codes"),
    [
        (ANA, {"userFirstName": "=Ana"}, ["userFirstName.formula"]),
        (ANA, {"userEmail": "ana@", "userGrade": "14"}, ["userEmail.malformed", "userGrade.unknown_value"]),
        (ANA, {"userGrade": ""}, ["userGrade.required"]),
        (ANA, {"userStateId": "1.5E+12"}, ["userStateId.scientific_notation"]),
        (ANA, {"schoolId": "1"}, ["schoolId.leading_zeros_lost"]),
        (ANA, {"schoolId": "nowhere"}, ["schoolId.not_found"]),
        (ANA, {"userRole": "teacher", "userGrade": None}, ["userRole.conflict"]),
        (ANA, {"userFirstName": "A\nB"}, ["userFirstName.control_character"]),
        ("/staff/t1", {"userGrade": "07"}, ["userGrade.not_allowed"]),
        ("/classes/c1", {"className": None}, ["className.required"]),
        ("/classes/c1", {"classGrade": "07,,08"}, ["classGrade.unknown_value"]),
    ],
)
def test_values_are_held_to_the_dictionary_with_its_own_codes(d1, path, fields, codes):
    before = d1.roster()
    answer = patch(d1, path, **fields)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_record")
    assert [found["code"] for found in answer.json["findings"]] == codes
    assert all(found["howToFix"] for found in answer.json["findings"])
    assert d1.roster() == before


def test_an_edit_moves_nobody_to_a_school_that_is_not_there_even_where_a_file_could_bring_it(rollbook):
    d1 = rollbook.open_district(allowSchoolCreation=True)
    d1.apply(FIRST)
    answer = patch(d1, ANA, schoolId="999")
    assert [found["code"] for found in answer.json["findings"]] == ["schoolId.not_found"]


@pytest.mark.parametrize("fields", [{}, {"userId": "s9"}, {"userFirstName": 3}, {"active": "false"}])
def test_only_the_fields_of_the_dictionary_can_be_set(d1, fields):
    answer = patch(d1, ANA, **fields)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_fields")


def test_an_address_is_nobody_elses_in_any_district(rollbook, d1):
    mine = d1.ok("GET", "/students/s2")["userEmail"]
    answer = patch(d1, ANA, userEmail=mine.upper())
    assert [found["code"] for found in answer.json["findings"]] == ["userEmail.already_used"]
    other = rollbook.open_district()
    other.apply(FIRST)
    theirs = other.ok("GET", "/students/s2")["userEmail"]
    answer = patch(d1, ANA, userEmail=theirs)
    assert [found["code"] for found in answer.json["findings"]] == ["userEmail.already_used_elsewhere"]


def test_who_may_edit_what(rollbook, d1):
    etag = d1.call("GET", ANA).headers["ETag"]
    for roles in (("system",), ("enrollment",), ("auditor",), ("support",)):
        answer = patch(rollbook.caller(d1.district, roles), ANA, etag, userFirstName="X")
        assert answer.status_code == 403
    limited = rollbook.caller(d1.district, school_ids=["002"])
    assert patch(limited, ANA, userFirstName="X").json["code"] == "out_of_scope"
    assert patch(limited, "/students/s2", userFirstName="X").status_code == 200
    moved = patch(limited, "/students/s2", schoolId="001")
    assert [found["code"] for found in moved.json["findings"]] == ["schoolId.out_of_scope"]
    elsewhere = rollbook.open_district()
    assert patch(elsewhere, ANA, etag, userFirstName="X").status_code == 404
    assert patch(d1, "/staff/s2", etag, userFirstName="X").status_code == 404


def test_students_of_a_third_party_are_not_edited_here(rollbook, d1):
    support = rollbook.caller(d1.district, ("support",))
    schools = [{"schoolId": one, "name": one} for one in ("001", "002")]
    support.ok("PUT", f"/districts/{d1.district}", json={"name": "D", "enrollmentSource": "clever",
                                                         "schools": schools})  # fmt: skip
    answer = patch(d1, ANA, userFirstName="Anna")
    assert [found["code"] for found in answer.json["findings"]] == ["userRole.students_not_accepted"]
    assert patch(d1, "/staff/t1", userFirstName="Tina").status_code == 200
