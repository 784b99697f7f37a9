"""The export is a file that uploads again with every record “no change”, whatever names and IDs hold."""

import csv
import io
import os
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from integration.whole_rollbook import COLUMNS, users_csv

from rollbook.common.tabular.white_space import WHITE_SPACE
from rollbook.roster.entrypoints.export import MOST_SELECTED

pytestmark = pytest.mark.parametrize("rollbook", ["sqlite"], indirect=True, scope="module")
"""Nothing here depends on the database."""

EXAMPLES = int(os.environ.get("ROLLBOOK_TEST_EXAMPLES", "8"))
GRADES = ("IT", "KG", "01", "12", "Other")

FILE = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s1,     Ana, Li,  ana@d1.example.org, 07, c1, Maths
    001,      student,  s2,     Ben, Li,  ben@d1.example.org, 08, ,
    002,      student,  s3,     Cyd, Li,  cyd@d1.example.org, 08, c2, Art
    001,      teacher,  t1,     Tia, Oh,  tia@d1.example.org,   , c1, Maths
    002,      teacher,  t1,     Tia, Oh,  tia@d1.example.org,   , c2, Art
    002,  administrator, a1,    Ada, Oh,  ada@d1.example.org,   , ,
""")


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("", ["s1", "s2", "t1", "a1", "s3", "t1"]),
        ("?type=all", ["s1", "s2", "t1", "a1", "s3", "t1"]),
        ("?type=students", ["s1", "s2", "s3"]),
        ("?type=staff", ["t1", "a1", "t1"]),
        ("?type=admins", ["a1"]),
        ("?schoolId=002", ["a1", "s3", "t1"]),
        ("?schoolId=002&type=students", ["s3"]),
        ("?userId=s2&userId=t1", ["s2", "t1", "t1"]),
        ("?userId=s2,a1", ["s2", "a1"]),
        ("?userId=nobody", []),
    ],
)
def test_everybody_or_a_selection_is_exported_and_uploads_again_unchanged(d1, query, people):
    d1.apply(FILE)
    exported = d1.call("GET", f"/export/users.csv{query}").data
    lines = list(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"), newline="")))
    assert [line["userId"] for line in lines] == people
    if people:
        assert all_unchanged(d1, exported)


def test_more_people_than_an_address_holds_are_named_in_a_body(d1):
    d1.apply(FILE)
    nobody = [f"nobody{number:093}" for number in range(MOST_SELECTED - 2)]

    def asked(**body):
        return d1.call("POST", "/export/users.csv", json=body)

    everybody = asked(userIds=["s2", "t1", *nobody])
    assert everybody.data == d1.call("GET", "/export/users.csv?userId=s2,t1").data
    assert (
        asked(type="staff", userIds=["s2", "t1"]).data == d1.call("GET", "/export/users.csv?userId=t1").data
    )
    refused = {
        "bad_userIds": [
            {},
            {"userIds": []},
            {"userIds": "s2"},
            {"userIds": [2]},
            {"userIds": [*nobody, *"abc"]},
        ],
        "bad_type": [{"type": "cats", "userIds": ["s2"]}, {"type": ["all"], "userIds": ["s2"]}],
    }
    for code, bodies in refused.items():
        assert {(answer.status_code, answer.json["code"]) for answer in (asked(**one) for one in bodies)} == {
            (422, code)
        }


def test_who_has_left_is_not_exported(d1):
    d1.apply(FILE)
    d1.apply(users_csv("action, schoolId, userRole, userId\ndeactivate, 001, , t1\n"))
    assert "t1" not in {line["userId"] for line in d1.roster()}
    assert all_unchanged(d1, d1.call("GET", "/export/users.csv").data)


def all_unchanged(caller, exported):
    upload = caller.send(exported)
    assert (upload["status"], upload["findings"]["errors"]) == ("ready", 0), caller.lines(
        f"/reports/{upload['id']}/errors.csv"
    )
    return all(set(figures) == {"noChange"} for figures in caller.figures(upload["id"]).values())


def kept(text):
    """A text as reading keeps it; "" where it would not be accepted."""
    text = unicodedata.normalize("NFC", text.strip(WHITE_SPACE))
    return "" if text[:1] in {"=", "+", "-", "@"} or len(text) > 90 else text


_HARD = st.sampled_from("\"',; \u00a0\ufeff\u200d\u0301é-=0#")
texts = st.text(_HARD | st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), max_size=6)
names = texts.map(kept).filter(bool)
optional = texts.map(kept)
ids = st.text("aA0./~_:#-", min_size=1, max_size=4).filter(lambda text: not text.startswith("-"))
people = st.dictionaries(
    ids,
    st.tuples(st.sampled_from(["student", "teacher", "administrator"]), names, optional, names,
              st.sampled_from(["001", "002"]), st.sampled_from(GRADES)),
    min_size=1, max_size=5,
)  # fmt: skip
classes = st.dictionaries(
    ids,
    st.tuples(st.sampled_from(["001", "002"]), names, optional,
              st.lists(st.sampled_from(GRADES), max_size=2, unique=True).map(",".join)),
    max_size=3,
)  # fmt: skip


@settings(
    max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(people=people, classes=classes, data=st.data(), school_name=optional)
def test_any_roster_comes_back_as_it_is(rollbook, people, classes, data, school_name):
    caller = rollbook.open_district(school_names={"001": school_name})
    header = (*COLUMNS, "userMiddleName", "classDisplayName")
    rows = []
    for number, (user, (role, first, middle, last, school, grade)) in enumerate(people.items()):
        person = {
            "userRole": role, "userId": user, "userFirstName": first, "userMiddleName": middle,
            "userLastName": last, "userEmail": f"p{number}@d1.example.org", "schoolId": school,
            "userGrade": grade if role == "student" else "",
        }  # fmt: skip
        taken = data.draw(st.lists(st.sampled_from(sorted(classes)), unique=True)) if classes else []
        rows += [
            person | {
                "classId": one, "schoolId": classes[one][0], "className": classes[one][1],
                "classDisplayName": classes[one][2], "classGrade": classes[one][3],
                "primaryTeacher": "" if role == "student" else data.draw(st.sampled_from(["", "yes", "no"])),
            }
            for one in taken
        ]  # fmt: skip
        if not taken or data.draw(st.booleans()):
            rows.append(person)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    upload_id = caller.apply(buffer.getvalue().encode())
    assert caller.status(upload_id) == "completed", caller.lines(f"/reports/{upload_id}/errors.csv")
    assert {line["userId"] for line in caller.roster()} == set(people)
    assert all_unchanged(caller, caller.call("GET", "/export/users.csv").data)
