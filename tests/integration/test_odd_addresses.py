"""Whatever stands in an address or a query gets an answer that says what is wrong, and never a 500."""

import pytest
from integration.whole_rollbook import users_csv

from rollbook.common.web.paging import _write

ODD = ("%00", "a%00b", "%ED%A0%80", "%2F", "..%2F..", "%27%3B--", "%F0%9F%98%80", "a" * 3000, "history")


@pytest.mark.parametrize("odd", ODD)
def test_odd_names_are_not_found(d1, odd):
    for path in ("/uploads/{}", "/uploads/{}/preview", "/uploads/{}/changes.csv", "/reports/{}",
                 "/students/{}", "/staff/{}/history", "/classes/{}/enrollments", "/classes/{}"):  # fmt: skip
        assert d1.call("GET", path.format(odd)).status_code in {404, 308}, path
    answer = d1.call("PATCH", f"/students/{odd}", json={"userGrade": "07"}, headers={"If-Match": "*"})
    assert answer.status_code == 404
    assert d1.call("POST", f"/uploads/{odd}/undo").status_code in {404, 405}


@pytest.mark.parametrize("odd", ODD)
def test_odd_questions_have_an_answer(d1, odd):
    for path in ("/students?q={}", "/students?schoolId={}&grade={}", "/classes?cursor={}",
                 "/uploads?limit={}", "/export/users.csv?userId={}&schoolId={}", "/export/users.csv?type={}",
                 "/reports?q={}&schoolId={}", "/reports?from={}"):  # fmt: skip
        assert d1.call("GET", path.format(odd, odd)).status_code in {200, 422}, path


def test_an_id_that_ends_like_an_address_is_one_with_its_slash_encoded(d1):
    d1.apply(users_csv("""
        schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
        001, student, s1, Ana, Li, ana@d1.example.org, 07, c1, Maths
        001, student, s1/history, Ben, Li, ben@d1.example.org, 07, c1/enrollments, Art
    """))  # fmt: skip
    for path, name in (("s1", "Ana"), ("s1%2Fhistory", "Ben"), ("s1%2fhistory?x=/", "Ben")):
        assert d1.ok("GET", f"/students/{path}")["userFirstName"] == name
    assert d1.ok("GET", "/classes/c1%2Fenrollments")["className"] == "Art"
    enrolled = (("c1", ["s1"]), ("c1/enrollments", ["s1/history"]), ("c1%2Fenrollments", ["s1/history"]))
    for path, users in enrolled:
        found = d1.ok("GET", f"/classes/{path}/enrollments")["items"]
        assert [one["userId"] for one in found] == users
    for path, name in (("s1", "Ana"), ("s1%2Fhistory", "Ben"), ("s1/history", "Ben")):
        items = d1.ok("GET", f"/students/{path}/history")["items"]
        assert name in {one["after"] for one in items}, path
    etag = d1.call("GET", "/students/s1%2Fhistory").headers["ETag"]
    edited = d1.call(
        "PATCH", "/students/s1%2Fhistory", json={"userGrade": "08"}, headers={"If-Match": etag}
    )  # fmt: skip
    assert edited.json["userId"] == "s1/history"


def test_a_cursor_with_a_nul_in_it_is_none_of_ours(d1):
    assert d1.call("GET", f"/students?cursor={_write((chr(0),))}").json["code"] == "bad_cursor"
