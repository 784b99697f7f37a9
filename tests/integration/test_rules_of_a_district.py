"""What a district's settings and a person's rights allow: sources, schools, scope, demographics."""

import pytest
from integration.whole_rollbook import users_csv

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
"""Nothing here depends on the database."""

STAFF = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      teacher,  t1,     Tia, Oh,  tia@d1.example.org,   , c1, Maths
""")
BOTH = (
    STAFF
    + users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s1,     Ana, Li,  ana@d1.example.org, 07, c1, Maths
    002,      student,  s2,     Ben, Li,  ben@d1.example.org, 08, ,
""").split(b"\r\n", 1)[1]
)


def put(rollbook, district, **more):
    support = rollbook.caller(district, ("support",))
    schools = [{"schoolId": one, "name": f"School {one}"} for one in ("001", "002")]
    return support.call("PUT", f"/districts/{district}", json={"name": "D", "schools": schools} | more)


def errors(caller, upload):
    lines = caller.lines(f"/reports/{upload['id']}/errors.csv")
    return [(int(line["row"]), line["code"]) for line in lines if line["severity"] == "error"]


def test_a_district_is_activated_once_every_school_has_an_id_of_its_own(rollbook):
    support, district = rollbook.caller("oak", ("support",)), rollbook.caller("oak")
    assert district.call("POST", "/uploads", data=STAFF, content_type="text/csv").json["code"] == "not_active"
    schools = [
        {"schoolId": "1", "name": "A"},
        {"schoolId": "1", "name": "B"},
        {"schoolId": None, "name": "C"},
    ]
    assert put(rollbook, "oak", schools=schools).status_code == 201
    answer = support.call("POST", "/districts/oak/batch-upload")
    assert (answer.status_code, answer.json["code"]) == (409, "schools_without_unique_id")
    assert [(one["schoolId"], one["name"]) for one in answer.json["schools"]] == [
        ("1", "A"), ("1", "B"), ("", "C"),
    ]  # fmt: skip
    state = district.ok("GET", "/batch-upload")
    assert (state["active"], bool(state["reason"]), bool(state["whatToDo"])) == (False, True, True)
    assert put(rollbook, "oak").status_code == 200
    support.ok("POST", "/districts/oak/batch-upload")
    assert district.ok("GET", "/batch-upload")["active"] is True
    assert district.send(STAFF)["status"] == "ready"


@pytest.mark.parametrize("source", ["clever", "classlink", "gg4l", "oneroster"])
def test_a_third_partys_district_takes_staff_only(rollbook, source):
    caller = rollbook.open_district(enrollmentSource=source)
    assert caller.ok("GET", "/batch-upload")["enrollmentSource"] == source
    upload = caller.send(BOTH)
    assert errors(caller, upload) == [
        (3, "userRole.students_not_accepted"),
        (4, "userRole.students_not_accepted"),
    ]
    caller.ok("POST", f"/uploads/{upload['id']}/process", json={"acceptedRowsOnly": True})
    assert [line["userId"] for line in caller.roster()] == ["t1"]


def test_students_that_a_third_party_took_over_cannot_leave_by_a_file(rollbook, d1):
    d1.apply(BOTH)
    put(rollbook, d1.district, enrollmentSource="clever")
    upload = d1.send(users_csv("""
        action,     schoolId, userRole, userId, classId
        deactivate, 001,      ,         s1,
        remove,     001,      ,         t1,     c1
    """))  # fmt: skip
    assert errors(d1, upload) == [(2, "userRole.students_not_accepted")]


def test_an_unknown_school_is_created_only_where_that_is_allowed(rollbook, d1):
    file = STAFF.replace(b"001", b"009")
    assert errors(d1, d1.send(file)) == [(2, "schoolId.not_found")]
    put(rollbook, d1.district, allowSchoolCreation=True)
    upload_id = d1.apply(file)
    assert d1.status(upload_id) == "completed"
    assert d1.figures(upload_id, "summary")["school"] == {"created": 1}
    assert [one["schoolId"] for one in d1.ok("GET", "/schools")["items"]] == ["001", "002", "009"]
    lost = STAFF.replace(b"001", b"9").replace(b"c1,Maths", b",")
    assert errors(d1, d1.send(lost)) == [(2, "schoolId.leading_zeros_lost")]


def test_who_is_limited_to_schools_changes_only_those(rollbook, d1):
    limited = rollbook.caller(d1.district, school_ids=["002"])
    upload = limited.send(BOTH)
    assert errors(limited, upload) == [(2, "schoolId.out_of_scope"), (3, "schoolId.out_of_scope")]
    nobody = rollbook.caller(d1.district, school_ids=[])
    assert {code for _, code in errors(nobody, nobody.send(BOTH))} == {"schoolId.out_of_scope"}


def test_who_is_limited_to_schools_moves_nobody_out_of_another_and_gives_nobody_there_a_new_id(rollbook, d1):
    d1.apply(BOTH)
    limited = rollbook.caller(d1.district, school_ids=["002"])
    leaving = limited.send(users_csv("""
        action,     schoolId, userRole, userId
        deactivate, 002,      ,         s1
    """))  # fmt: skip
    (finding,) = limited.lines(f"/reports/{leaving['id']}/errors.csv")
    assert finding["code"] == "schoolId.out_of_scope"
    assert finding["message"] == "userId s1 is of school 001, which you may not change."
    known = next(line for line in d1.roster() if line["userId"] == "s1")
    renamed = ",".join(known) + "\r\n" + ",".join({**known, "userId": "s99", "schoolId": "002", "classId": "",
                       "className": "", "period": ""}.values())  # fmt: skip
    upload = limited.send(renamed.encode())
    assert errors(limited, upload) == [(2, "userEmail.already_used")]
    assert limited.ok("GET", f"/uploads/{upload['id']}/preview")["reIdentifications"] == []
    upload = d1.send(renamed.encode())
    assert len(d1.ok("GET", f"/uploads/{upload['id']}/preview")["reIdentifications"]) == 1


def test_who_is_limited_to_schools_changes_no_demographics_of_another(rollbook, d1):
    d1.apply(BOTH)
    limited = rollbook.caller(d1.district, school_ids=["002"])
    upload = limited.send(b"userId,sex\r\ns1,female\r\n", "demographics")
    (finding,) = limited.lines(f"/reports/{upload['id']}/errors.csv")
    assert finding["code"] == "userId.not_found"
    assert finding["message"] == "userId s1 is of school 001, which you may not change."
    there = rollbook.caller(d1.district, school_ids=["001"])
    assert there.send(b"userId,sex\r\ns1,female\r\n", "demographics")["status"] == "ready"


def test_demographics_go_from_upload_to_the_students_record(d1):
    d1.apply(BOTH)
    file = (
        b"userId,birthDate,sex,asian,homeLanguage\r\n"
        b"s1,2012-03-04,Female,yes,\"Espa\xc3\xb1ol, catal\xc3\xa0\"\r\n"
        b"t1,,,yes,\r\n"
        b"s9,,,no,\r\n"
        b"s2,2012-02-30,,no,\r\n"
    )  # fmt: skip
    upload = d1.send(file, "demographics")
    assert upload["status"] == "needs_correction"
    assert errors(d1, upload) == [
        (3, "userId.not_a_student"), (4, "userId.not_found"), (5, "birthDate.malformed"),
    ]  # fmt: skip
    assert d1.figures(upload["id"]) == {"demographics": {"created": 1, "errors": 3}}
    d1.ok("POST", f"/uploads/{upload['id']}/process", json={"acceptedRowsOnly": True})
    summary = d1.lines(f"/reports/{upload['id']}/summary.csv")
    assert [list(line.values()) for line in summary] == [["demographics", "", "1", "0", "0", "0", "3"]]
    assert d1.ok("GET", "/students/s1")["demographics"] == {
        "birthDate": "2012-03-04", "sex": "female", "asian": "true", "homeLanguage": "Español, català",
    }  # fmt: skip
    changes = d1.lines(f"/uploads/{upload['id']}/changes.csv")
    assert [(line["key"], line["field"], line["after"]) for line in changes] == [
        ("s1", "birthDate", "2012-03-04"), ("s1", "sex", "female"), ("s1", "asian", "true"),
        ("s1", "homeLanguage", "Español, català"),
    ]  # fmt: skip
    again = d1.apply(b"userId,sex,gifted\r\ns1,,no\r\n", "demographics")
    assert d1.figures(again, "summary") == {"demographics": {"updated": 1}}
    assert d1.ok("GET", "/students/s1")["demographics"]["sex"] == "female"
