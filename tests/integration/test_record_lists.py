"""Lists of schools, people and classes: searched by any piece of a name, filtered, counted, in pages."""

import pytest
from integration.whole_rollbook import users_csv

from rollbook.roster.adapters.list_index import ListIndex

FILE = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className, \
primaryTeacher
    001, student, s1, Zoë, García, zoe@d1.example.org, 07, c1, Maths
    001, student, s2, Ben, Li, ben@d1.example.org, 08, c1, Maths
    002, student, S3, Zoran, Oh, zoran@d1.example.org, 07, c2, Art
    001, teacher, t1, Tia, Oh, tia@d1.example.org, , c1, Maths, yes
    001, teacher, t0, Abe, Ek, abe@d1.example.org, , c1, Maths
    002, administrator, a1, Ida, Ng, ida@d1.example.org, ,
""")

KEYS = {"/classes": "classId", "/schools": "schoolId"}


@pytest.fixture(scope="module")
def listed(rollbook):
    caller = rollbook.open_district(school_names={"001": "Oak Élementary"})
    caller.apply(FILE)
    return caller


def ids(caller, path, **query):
    found = caller.ok("GET", path, query_string=query)
    assert (found["total"], found["totalIsExact"]) == (len(found["items"]), True)
    return [one[KEYS.get(path, "userId")] for one in found["items"]]


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/students", {}, ["S3", "s1", "s2"]),
        ("/students", {"q": "zo"}, ["S3", "s1"]),
        ("/students", {"q": "ZOE garcia"}, ["s1"]),
        ("/students", {"q": "García Zoë"}, ["s1"]),
        ("/students", {"q": "ben@"}, ["s2"]),
        ("/students", {"q": "s3"}, ["S3"]),
        ("/students", {"q": "%"}, []),
        ("/students", {"q": "tia"}, []),
        ("/students", {"schoolId": "001"}, ["s1", "s2"]),
        ("/students", {"schoolId": "none"}, []),
        ("/students", {"schoolId": ""}, ["S3", "s1", "s2"]),
        ("/students", {"grade": "07", "schoolId": "001"}, ["s1"]),
        ("/students", {"status": "inactive"}, []),
        ("/students", {"status": "active", "q": "li"}, ["s2"]),
        ("/staff", {}, ["a1", "t0", "t1"]),
        ("/staff", {"q": "oh"}, ["t1"]),
        ("/classes", {"q": "mat"}, ["c1"]),
        ("/classes", {"schoolId": "002"}, ["c2"]),
        ("/schools", {"q": "elem"}, ["001"]),
    ],
)
def test_who_is_looked_for_is_found(listed, path, query, expected):
    assert ids(listed, path, **query) == expected


def test_people_come_with_their_school_and_classes_with_who_is_in_them(listed):
    first = listed.ok("GET", "/students", query_string={"q": "zoë"})["items"][0]
    assert {name: first[name] for name in ("schoolName", "userGrade", "active")} == {
        "schoolName": "Oak Élementary", "userGrade": "07", "active": "true",
    }  # fmt: skip
    classes = listed.ok("GET", "/classes")["items"]
    told = [
        (one["classId"], one["schoolName"], one["students"], [who["userId"] for who in one["teachers"]])
        for one in classes
    ]
    assert told == [("c1", "Oak Élementary", 2, ["t1", "t0"]), ("c2", "School 002", 1, [])]
    assert classes[0]["teachers"][0] == {
        "userId": "t1", "userFirstName": "Tia", "userLastName": "Oh", "primaryTeacher": "true",
    }  # fmt: skip


def test_pages_go_on_where_the_last_one_ended_and_all_tell_the_same_number(listed):
    first = listed.ok("GET", "/students", query_string={"limit": 2})
    rest = listed.ok("GET", "/students", query_string={"limit": 2, "cursor": first["next"]})
    assert [one["userId"] for one in first["items"] + rest["items"]] == ["S3", "s1", "s2"]
    assert (first["total"], rest["total"], rest["next"]) == (3, 3, None)


def test_what_changes_is_in_the_lists_at_once(rollbook):
    caller = rollbook.open_district()
    caller.apply(FILE)
    etag = caller.call("GET", "/students/s2").headers["ETag"]
    assert ids(caller, "/students", q="ben") == ["s2"]
    caller.ok("PATCH", "/students/s2", json={"userFirstName": "Bruno"}, headers={"If-Match": etag})
    assert (ids(caller, "/students", q="bruno"), ids(caller, "/students", q="li")) == (["s2"], ["s2"])
    gone = users_csv("""
        schoolId, userRole, userId, userFirstName, userLastName, userEmail, action
        001, , s1, , , , deactivate
    """)
    caller.apply(gone, approval={"reason": "She moved."})
    assert (ids(caller, "/students", status="inactive"), ids(caller, "/students", status="active")) == (
        ["s1"],
        ["S3", "s2"],
    )


def test_a_status_that_there_is_not_is_refused(listed):
    answer = listed.call("GET", "/students?status=gone")
    assert (answer.status_code, answer.json["code"]) == (422, "bad_status")


def test_only_so_many_records_are_held_and_those_asked_for_last(rollbook):
    index = ListIndex(most_rows=4)
    districts = []
    for _ in range(2):
        caller = rollbook.open_district()
        caller.apply(FILE)
        districts.append(caller.district)
    engine = rollbook.service("roster").engine
    with engine.connect() as connection:
        held = [index.of(connection, "person", one) for one in (*districts, *districts[::-1])]
    assert [frame.height for frame in held] == [6] * 4
    assert held[2] is held[1]
    assert held[3] is not held[0]
