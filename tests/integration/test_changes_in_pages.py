"""The changes of an upload as JSON pages: the lines of changes.csv, all of them and in their order."""

import pytest
from integration.whole_rollbook import users_csv

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")

BEFORE = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001, student, s1, Ana, Lee, ana@d1.example.org, 07, c1, Maths
    002, student, s2, Ben, Li, ben@d1.example.org, 07, c2, Art
    001, teacher, t1, Tia, Oh, tia@d1.example.org, , c1, Maths
""")
AFTER = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className, action
    001, student, s1, Anna, Leigh, ana@d1.example.org, 08, c1, Maths
    002, student, s2, Ben, Li, ben@d1.example.org, 07, , , deactivate
    002, student, s3, Cleo, Ek, cleo@d1.example.org, 07, c2, Art
""")


@pytest.fixture(scope="module")
def changed(rollbook):
    """Somebody whose upload `changed` changes, creates and removes something."""
    caller = rollbook.open_district(thresholds={"updatedPercent": 100, "removedPercent": 100})
    caller.apply(BEFORE)
    caller.changed = caller.send(AFTER)["id"]
    return caller


def pages(caller, limit, **filters):
    items, cursor = [], ""
    for _ in range(60):
        query = {"limit": limit, "cursor": cursor} | filters
        page = caller.ok("GET", f"/uploads/{caller.changed}/changes", query_string=query)
        assert len(page["items"]) <= limit
        items += page["items"]
        if (cursor := page["next"]) is None:
            return items
        assert page["items"]
    raise AssertionError("The pages do not end.")


@pytest.mark.parametrize("limit", [1, 3, 200])
def test_all_pages_together_are_changes_csv(changed, limit):
    lines = changed.lines(f"/uploads/{changed.changed}/changes.csv")
    assert len(lines) > 8
    as_text = [
        line | {"row": "" if line["row"] is None else str(line["row"])} for line in pages(changed, limit)
    ]
    assert as_text == lines


@pytest.mark.parametrize(
    "filters",
    [
        {"recordType": "student"},
        {"change": "updated"},
        {"schoolId": "002", "recordType": "enrollment"},
        {"key": "s1"},
        {"key": "s3 c2"},
        {"recordType": "student", "change": "removed"},
    ],
)
def test_a_filter_gives_those_changes_and_no_other(changed, filters):
    every = pages(changed, 200)
    expected = [one for one in every if all(one[name] == value for name, value in filters.items())]
    assert expected
    assert pages(changed, 2, **filters) == expected


def test_an_update_shows_each_field_before_and_after(changed):
    fields = [
        (one["field"], one["before"], one["after"], one["row"])
        for one in pages(changed, 50, change="updated", key="s1")
    ]
    assert fields == [
        ("userFirstName", "Ana", "Anna", 2),
        ("userLastName", "Lee", "Leigh", 2),
        ("userGrade", "07", "08", 2),
    ]


def test_what_is_no_filter_and_what_is_no_list_is_said(changed):
    here = f"/uploads/{changed.changed}/changes"
    for query, code in (
        ("recordType=teacher", "bad_recordType"),
        ("change=new", "bad_change"),
        ("cursor=x", "bad_cursor"),
    ):
        answer = changed.call("GET", f"{here}?{query}")
        assert (answer.status_code, answer.json["code"]) == (422, code)
    assert changed.call("GET", "/uploads/none/changes").json["code"] == "not_found"
