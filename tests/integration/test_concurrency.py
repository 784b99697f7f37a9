"""Several people at one moment: each thing happens once, whoever comes first, and nobody gets a 500."""

import contextlib
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from integration.whole_rollbook import users_csv

from rollbook.common.contracts.events import ProcessingRequested
from rollbook.roster.adapters.roster_store import RosterStore
from rollbook.roster.adapters.tables import district
from rollbook.roster.ports import EmailTaken

FILE = users_csv("""
    schoolId, userRole, userId, userFirstName, userLastName, userEmail, userGrade, classId, className
    001,      student,  s1,     Ana, Li,  ana@d1.example.org, 07, c1, Maths
    001,      student,  s2,     Ben, Li,  ben@d1.example.org, 08, ,
    001,      teacher,  t1,     Tia, Oh,  tia@d1.example.org,   , c1, Maths
""")
SQLITE_SECONDS, POSTGRESQL_SECONDS = 0.2, 30.0
"""How long the first waits for the second, who on SQLite cannot come: the first holds the write lock."""


def at_once(*acts):
    """What each of them gave, all begun at one moment."""
    together = threading.Barrier(len(acts))

    def begun(act):
        together.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begun, acts))


class Meeting:
    """Once `arranged`, the next two change sets that are about to be applied wait for each other."""

    def __init__(self, wait_seconds):
        self.wait_seconds, self.arranged, self.refused = wait_seconds, False, 0
        self._together = threading.Barrier(2)

    def wait(self):
        if self.arranged:
            with contextlib.suppress(threading.BrokenBarrierError):
                self._together.wait(self.wait_seconds)
            self.arranged = False


@pytest.fixture
def meeting(monkeypatch, rollbook):
    on_sqlite = rollbook.service("roster").engine.dialect.name == "sqlite"
    apply, met = RosterStore.apply, Meeting(SQLITE_SECONDS if on_sqlite else POSTGRESQL_SECONDS)

    def apply_together(self, district_id, changes):
        met.wait()
        try:
            return apply(self, district_id, changes)
        except EmailTaken:
            met.refused += 1
            raise

    monkeypatch.setattr(RosterStore, "apply", apply_together)
    yield met
    assert on_sqlite or met.refused == 1  # by the index: both were at work at once


def roster_version(rollbook, district_id):
    query = sa.select(district.c.roster_version).where(district.c.district_id == district_id)
    with rollbook.service("roster").engine.connect() as connection:
        return connection.execute(query).scalar_one()


def requested(rollbook):
    """The Process events that nobody has handled yet."""
    pending = rollbook.pending(rollbook.service("upload"))
    return [event for _, event in pending if isinstance(event, ProcessingRequested)]


def handle(rollbook, event):
    rollbook.service("roster").handle(event, str(uuid.uuid4()))


def test_of_several_files_of_a_district_one_is_taken(rollbook, d1):
    def send():
        return d1.call("POST", "/uploads", data=FILE, content_type="text/csv").status_code

    with rollbook.held():
        assert Counter(at_once(*[send] * 4)) == {201: 1, 409: 3}


def test_a_file_is_processed_once_however_many_say_so(rollbook, d1):
    upload_id = d1.send(FILE)["id"]

    def process():
        return d1.call("POST", f"/uploads/{upload_id}/process", json={}).status_code

    with rollbook.held():
        assert at_once(*[process] * 4) == [202] * 4
        (event,) = requested(rollbook)
        before = roster_version(rollbook, d1.district)
        at_once(*[lambda: handle(rollbook, event)] * 3)
    assert roster_version(rollbook, d1.district) == before + 1
    assert d1.status(upload_id) == "completed"
    assert d1.figures(upload_id, "summary")["enrollment"] == {"created": 2}


def test_of_a_process_and_an_undo_at_a_moment_one_goes_first(rollbook, d1):
    first = d1.apply(FILE)
    second = d1.send(FILE.replace(b"Ana", b"Anna"))["id"]
    paths = (f"/uploads/{second}/process", f"/uploads/{first}/undo")
    with rollbook.held():
        answers = at_once(*[lambda path=path: d1.call("POST", path, json={}) for path in paths])
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json["code"] == "upload_in_progress"
    assert "processing" not in {upload["status"] for upload in d1.ok("GET", "/uploads")["items"]}


def test_a_waiting_file_is_not_processed_while_another_is_undone(rollbook, d1):
    first = d1.apply(FILE)
    second = d1.send(FILE.replace(b"Ana", b"Anna"))["id"]
    with rollbook.held():
        assert d1.call("POST", f"/uploads/{first}/undo").status_code == 202
        answer = d1.call("POST", f"/uploads/{second}/process", json={})
        assert (answer.status_code, answer.json["code"]) == (409, "upload_in_progress")
    assert d1.status(second) == "ready"


def test_of_two_districts_with_one_new_address_one_gets_it(rollbook, meeting):
    callers = [rollbook.open_district() for _ in range(2)]
    shared = f"shared-{callers[0].district}@d1.elsewhere.example.org".replace("@d1.", "@")
    file = FILE.replace(b"ana@d1.example.org", shared.encode())
    uploads = [caller.send(file)["id"] for caller in callers]
    meeting.arranged = True
    with rollbook.held():
        for caller, upload_id in zip(callers, uploads, strict=True):
            caller.ok("POST", f"/uploads/{upload_id}/process", json={})
        at_once(*[lambda event=event: handle(rollbook, event) for event in requested(rollbook)])
    having = [shared in {line["userEmail"] for line in caller.roster()} for caller in callers]
    assert sorted(having) == [False, True]
    loser, lost = callers[having.index(False)], uploads[having.index(False)]
    assert loser.status(lost) == "completed_with_errors"
    found = loser.lines(f"/reports/{lost}/follow-up-errors.csv")
    assert {(line["row"], line["code"]) for line in found} == {("2", "record.changed_since_preview")}
    assert loser.figures(lost, "summary")["student"] == {"created": 1, "errors": 1}
    assert [line["userId"] for line in loser.roster()] == ["s2", "t1"]


def test_of_two_edits_to_one_address_in_two_districts_one_is_made(rollbook, meeting):
    callers = [rollbook.open_district() for _ in range(2)]
    for caller in callers:
        caller.apply(FILE)
    shared = f"edited-{callers[0].district}@example.org"

    def edit(caller):
        etag = caller.call("GET", "/students/s1").headers["ETag"]
        return caller.call(
            "PATCH", "/students/s1", json={"userEmail": shared}, headers={"If-Match": etag}
        )  # fmt: skip

    meeting.arranged = True
    with rollbook.held():
        answers = at_once(*[lambda caller=caller: edit(caller) for caller in callers])
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert [found["code"] for found in refused.json["findings"]] == ["userEmail.already_used_elsewhere"]


def test_of_two_edits_of_what_both_saw_one_is_made(rollbook, d1):
    d1.apply(FILE)
    etag = d1.call("GET", "/students/s1").headers["ETag"]

    def edit(name):
        return d1.call(
            "PATCH", "/students/s1", json={"userFirstName": name}, headers={"If-Match": etag}
        ).status_code  # fmt: skip

    with rollbook.held():
        assert sorted(at_once(lambda: edit("Anna"), lambda: edit("Anne"))) == [200, 412]
