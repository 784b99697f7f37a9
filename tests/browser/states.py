"""Every state of every page: tests look for faults in each, `docs/screenshots/take.py` takes its picture."""

from collections.abc import Iterator

from browser.one_district import OneDistrict
from browser.portal import HEADER
from browser.tour import Person, State
from browser.ways import (
    conflicting,
    cut_off,
    download_fails,
    editing,
    first_of_list,
    left_while_sending,
    mending,
    opened,
    pretended,
    reloaded_while_sending,
    schools_with_a_fault,
    selected,
    selected_people,
    selected_without_connection,
    session_until,
    told,
    undo_asked,
    working_on,
)

READER = Person(roles=("system",))
OF_ONE_SCHOOL = Person(school_ids=("00456",))
AUDITOR = Person(roles=("auditor",), district="elsewhere")
SUPPORT = Person(roles=("support",))
NEIGHBOR = Person(district="neighbor")


def states(district: OneDistrict) -> Iterator[State]:
    """One after the other, as a district gets filled: look at each before you ask for the next."""
    yield from _before_anything()
    yield from _looked_at_before_sending(district)
    yield from _uploads(district)
    yield from _records(district)
    yield from _history()
    yield from _support(district)
    yield from _trouble()


def _before_anything() -> Iterator[State]:
    yield State("sign-in", "/", who=None, is_alone=True)
    yield State("upload-first", "/")
    yield State("students-none", "/students")
    yield State("classes-none", "/classes")
    yield State("history-none", "/history")
    yield State("upload-inactive", "/", who=NEIGHBOR)
    yield State("upload-no-right", "/", who=READER)
    yield State("upload-one-school", "/", who=OF_ONE_SCHOOL)


def _looked_at_before_sending(district: OneDistrict) -> Iterator[State]:
    good = district.student(1)
    wrong = district.file(good, header=_misspelled())
    yield State("upload-checked", "/", selected(wrong))
    letters = district.file(district.student(1, userLastName="Peña"), encoding="cp1252", name="letters")
    yield State("upload-letters", "/", selected(letters))
    small = district.file(good, name="small")
    yield State(
        "upload-other-kind", "/", selected(district.file("1,F", header="userId,sex", name="demographics"))
    )
    yield State("upload-waiting", "/", selected_without_connection(small), is_alone=True)
    yield State("upload-leaving", "/", left_while_sending(small), is_alone=True)
    yield State("upload-broken-off", "/", reloaded_while_sending(small), is_alone=True)


def _misspelled() -> str:
    wrong = {
        "userEmail": "user_email",
        "userId": "userID",
        "action": "userGrade",
        "primaryTeacher": "home_room",
    }
    return ",".join(wrong.get(column, column) for column in HEADER.split(","))


def _uploads(district: OneDistrict) -> Iterator[State]:
    many = range(150)
    refused = district.upload(district.student(1), header=_misspelled())
    yield State("refused", f"/uploads/{refused}")

    teachers = [district.teacher(at) for at in range(6)]
    roster = [*teachers, *(district.student(at) for at in many)]
    of_every_school = (
        district.teacher(
            100 + at, schoolId=school, classId="", className="", classGrade="", primaryTeacher=""
        )
        for at, (school, _name) in enumerate(district.names.schools)
    )
    first = district.upload(*roster, *of_every_school)
    for stage, status in (
        ("checking", "validating"),
        ("comparing", "validating"),
        ("applying", "processing"),
    ):
        answer = pretended(
            first, status=status, progress={"stage": stage, "rows": 1_000_000, "rowsDone": 345_678}
        )
        yield State(f"busy-{stage}", f"/uploads/{first}", before=answer)
    one_at_a_time = selected(district.file(*roster[:3], name="second"))
    yield State("upload-in-progress", "/", one_at_a_time, before=working_on(first))
    yield State("failed", f"/uploads/{first}", before=pretended(first, status="failed"))
    yield State("ready", f"/uploads/{first}")
    yield State("ready-reader", f"/uploads/{first}", who=READER)
    district.act(first, "process")
    yield State("done", f"/uploads/{first}")
    yield State("done-opened", f"/uploads/{first}", opened)
    yield State("undo-asked", f"/uploads/{first}", undo_asked)

    faulty = district.upload(*teachers, *map(district.faulty, range(district.names.findings)))
    yield State("correcting", f"/uploads/{faulty}")
    yield State("correcting-opened", f"/uploads/{faulty}", opened)
    yield State("correcting-mending", f"/uploads/{faulty}", mending)

    new_id = district.student(0, userId=f"{district.user_id(0)}-NEW")
    renamed = district.upload(*teachers, new_id, *roster[len(teachers) + 1 :], district.faulty(150))
    yield State("correcting-new-ids", f"/uploads/{renamed}")

    held = district.upload(*(row.replace("@example.org", "@students.example.org") for row in roster))
    yield State("superseded", f"/uploads/{renamed}")
    yield State("held", f"/uploads/{held}")
    district.act(held, "cancel")
    yield State("cancelled", f"/uploads/{held}")

    changed = [district.student(at, userGrade="09") for at in many if at < 40]
    large = {
        "schoolId": district.names.schools[0][0],
        "classId": "LARGE",
        "className": "Choir",
        "classGrade": "Other",
    }
    choir = (district.student(at, **large) for at in range(200, 290))
    differing = district.upload(*teachers, *changed, *choir)
    yield State("ready-opened", f"/uploads/{differing}", opened)
    district.edit(f"/students/{district.user_id(0)}", userGrade="10")
    district.act(differing, "process")
    yield State("follow-up", f"/uploads/{differing}", opened)
    undo = district.act(differing, "undo")
    yield State("undone", f"/uploads/{differing}")
    yield State("undo", f"/uploads/{undo}", opened)
    yield State("upload", "/")


def _records(district: OneDistrict) -> Iterator[State]:
    one = f"/students/{district.user_id(2)}"
    yield State("students", "/students")
    yield State("students-selected", "/students", selected_people)
    yield State("students-not-found", "/students?q=nobody&grade=07")
    yield State("staff", "/staff")
    yield State("classes", "/classes")
    yield State("student", one)
    yield State("student-edit", one, editing())
    yield State("student-fault", one, editing(userGrade="99", userFirstName="", userEmail="x" * 80))
    yield State("student-conflict", one, conflicting(district, one))
    yield State("student-of-another-school", f"/students/{district.user_id(0)}", who=OF_ONE_SCHOOL)
    yield State("class", f"/classes/M-{district.names.schools[0][0]}-07")
    yield State("class-edit", f"/classes/M-{district.names.schools[0][0]}-07", editing())
    leaver = f"{district.school_of(4)},,{district.user_id(4)},,,,,,,,,deactivate"
    district.act(district.upload(leaver), "process")
    yield State("student-inactive", f"/students/{district.user_id(4)}")


def _history() -> Iterator[State]:
    yield State("history", "/history")
    yield State("history-not-found", "/history?q=nothing&status=refused")
    yield State("history-of-auditor", "/history", who=AUDITOR)
    yield State("report", "/history?status=completed", first_of_list)
    yield State("report-of-auditor", "/history?status=undone", first_of_list, who=AUDITOR)
    yield State("report-of-refused", "/history?status=refused", first_of_list)
    yield State("dictionary", "/data-dictionary/users")
    yield State("dictionary-opened", "/data-dictionary/demographics", opened)
    yield State("dictionary-found", "/data-dictionary/users?q=leading%20zeros", opened)
    yield State("dictionary-not-found", "/data-dictionary/users?q=qqqq")


def _support(district: OneDistrict) -> Iterator[State]:
    district.enter("another", batch_upload=False)
    yield State("districts", "/districts", who=SUPPORT)
    yield State("district", "/districts/example", who=SUPPORT)
    yield State("district-new", "/districts/new", who=SUPPORT)
    yield State("district-inactive", "/districts/another", who=SUPPORT)
    yield State("district-fault", "/districts/another", schools_with_a_fault, who=SUPPORT)


def _trouble() -> Iterator[State]:
    yield State("no-page", "/uploads/a/b")
    yield State("no-record", "/students/nobody")
    yield State("signed-out", "/sign-in/callback", who=None, is_alone=True)
    yield State("session-ending", "/students", session_until("Date.now() + 60_000"), is_alone=True)
    yield State("session-over", "/students", session_until("1"), is_alone=True)
    yield State("server-away", "/students", told, before=cut_off("**/api/v1/**"))
    yield State("list-away", "/students", told, before=cut_off("**/api/v1/students*"))
    yield State("download-away", "/", download_fails, before=cut_off("**/api/v1/templates/**"))
