"""The whole of Rollbook does what a roster of plain dictionaries does, whatever people do in whatever order.

After every step the stored roster is the model's; the figures of each preview and summary are the model's, so
every record is counted exactly once, and what the preview says is what the report says.
"""

import os
from collections import Counter
from typing import ClassVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from integration.roster_model import Model, carried, change_figure, changes_between, figures, record_type
from integration.whole_rollbook import COLUMNS

from rollbook.common.database import reading
from rollbook.roster.adapters.roster_store import RosterStore

EXAMPLES = int(os.environ.get("ROLLBOOK_TEST_EXAMPLES", "4"))
STEPS = int(os.environ.get("ROLLBOOK_TEST_STEPS", "6"))

STUDENTS, STAFF, CLASSES = ("s1", "s2", "s3"), ("t1", "t2"), ("c1", "c2", "c3")
names = st.sampled_from(["Ana", "Ben"])
schools = st.sampled_from(["001", "001", "002", "002", "009"])


@st.composite
def files(draw):
    """Rows that agree among themselves: each person and each class is the same in all of its rows."""
    rows = []
    at_school = {one: draw(schools) for one in CLASSES}
    called = {one: draw(st.sampled_from(["Maths", "Art"])) for one in CLASSES}
    for user in draw(st.lists(st.sampled_from([*STUDENTS, *STAFF]), min_size=1, unique=True)):
        role = "student" if user in STUDENTS else "teacher"
        if draw(st.integers(0, 9)) == 0:
            role = "administrator" if role == "student" else "student"
        person = {
            "userId": user, "userRole": role, "userFirstName": draw(names), "userLastName": "Li",
            "userEmail": f"{user}.{draw(st.integers(1, 2))}@d1.example.org",
            "userGrade": draw(st.sampled_from(["07", "08"])) if role == "student" else "",
        }  # fmt: skip
        action = draw(st.sampled_from(["", "", "", "", "remove", "deactivate"]))
        taken = draw(st.lists(st.sampled_from(CLASSES), unique=True, max_size=2))
        if action == "":
            in_class = (
                {"classId": one, "className": called[one], "schoolId": at_school[one]} for one in taken
            )
            rows += [
                person | klass | {"primaryTeacher": "" if role == "student" else draw(_PRIMARY)}
                for klass in in_class
            ]
            if not taken or draw(st.booleans()):
                rows.append(person | {"schoolId": draw(schools)})
        elif action == "remove":
            rows += [
                {"action": "remove", "userId": user, "classId": one, "schoolId": at_school[one]}
                for one in taken
            ]
        else:
            rows.append({"action": "deactivate", "userId": user, "schoolId": draw(schools)})
    blank = dict.fromkeys(COLUMNS, "")
    return [blank | row for row in draw(st.permutations(rows))]


_PRIMARY = st.sampled_from(["", "true", "false"])


class RosterMachine(RuleBasedStateMachine):
    """What people do to a district, at once to the model; `rollbook` is set by the test."""

    rollbook: ClassVar

    def __init__(self):
        super().__init__()
        self.caller, self.model = self.rollbook.open_district(), Model()
        self.log = {}  # what each entry of the list of uploads changed, and which one it undid
        self.undone = set()
        self.edits = 0

    @rule(rows=files(), edit=st.booleans(), data=st.data())
    def a_file_is_uploaded_and_processed(self, rows, edit, data):
        if not rows:
            return
        rejected = {at for at, row in enumerate(rows) if self.model.is_wrong(row)}
        shown, people = self.model.copy(), self.model.copy().people
        planned = shown.apply(rows, rejected)
        upload_id = self.caller.send(self._csv(rows))["id"]
        preview = self.caller.figures(upload_id)
        assert preview == figures(rows, rejected, planned, people)
        if edit and self.model.people:
            user = data.draw(st.sampled_from(sorted(self.model.people)))
            self._edit_person(user)
            rejected |= {
                at for at, row in enumerate(rows) if row["userId"] == user and row["action"] != "remove"
            }
        people = self.model.copy().people
        process = f"/uploads/{upload_id}/process"
        self.caller.ok("POST", process, json={"acceptedRowsOnly": True})
        changes = self.model.apply(rows, rejected)
        summary = self.caller.figures(upload_id, "summary")
        assert summary == figures(rows, rejected, changes, people)
        assert self.caller.status(upload_id) == ("completed_with_errors" if rejected else "completed")
        assert {kind: sum(figure.values()) for kind, figure in summary.items()} == {
            kind: sum(figure.values()) for kind, figure in preview.items()
        }
        self._sums_of_schools_are_the_districts(upload_id, summary)
        self.log[upload_id] = (changes, None)

    @precondition(lambda self: self.model.people)
    @rule(data=st.data())
    def a_person_is_edited(self, data):
        self._edit_person(data.draw(st.sampled_from(sorted(self.model.people))))

    @precondition(lambda self: self.model.classes)
    @rule(data=st.data())
    def a_class_is_edited(self, data):
        key = data.draw(st.sampled_from(sorted(self.model.classes)))
        self.edits += 1
        self._edit(f"/classes/{key}", "className", self.model.classes[key], f"Class {self.edits}")

    @precondition(lambda self: set(self.log) - self.undone)
    @rule(data=st.data())
    def something_is_undone(self, data):
        target = data.draw(st.sampled_from([one for one in self.log if one not in self.undone]))
        answer = self.caller.call("POST", f"/uploads/{target}/undo")
        undo_id = answer.headers["Location"].rpartition("/")[2]
        people = self.model.copy().people
        changes, left = self.model.undo(self.log[target][0])
        assert self.caller.status(target) == "undone"
        assert self.caller.status(undo_id) == ("completed_with_errors" if left else "completed")
        counted = self._figures_of_an_undo(self.log[target][0], changes, left, people)
        assert self.caller.figures(undo_id, "summary") == counted
        self.undone.add(target)
        self.undone.discard(self.log[target][1])
        self.log[undo_id] = (changes, target)

    @precondition(lambda self: any(one["active"] == "true" for one in self.model.people.values()))
    @rule()
    def the_export_is_uploaded_again(self):
        upload = self.caller.send(self.caller.call("GET", "/export/users.csv").data)
        assert upload["status"] == "ready"
        assert {name for figure in self.caller.figures(upload["id"]).values() for name in figure} == {
            "noChange"
        }

    @invariant()
    def the_roster_is_the_models(self):
        with reading(self.rollbook.service("roster").engine) as connection:
            state = RosterStore(connection).state(self.caller.district)
        assert {
            "person": _by_key(state["person"], 1),
            "class": _by_key(state["class"], 1),
            "enrollment": _by_key(state["enrollment"], 2),
        } == {
            "person": {key: self._address(value) for key, value in self.model.people.items()},
            "class": self.model.classes,
            "enrollment": self.model.enrollments,
        }

    def _csv(self, rows):
        return "".join(
            ",".join(row) + "\n" for row in [COLUMNS, *([row[name] for name in COLUMNS] for row in rows)]
        ).encode()

    def _address(self, person):
        return person | {"userEmail": person["userEmail"].replace("@d1.", f"@{self.caller.district}.")}

    def _edit_person(self, user):
        self.edits += 1
        person = self.model.people[user]
        path = f"/{'students' if person['userRole'] == 'student' else 'staff'}/{user}"
        self._edit(path, "userFirstName", person, f"Name {self.edits}")

    def _edit(self, path, name, record, value):
        before = self.model.records()
        headers = {"If-Match": self.caller.call("GET", path).headers["ETag"]}
        answer = self.caller.call("PATCH", path, json={name: value}, headers=headers)
        assert answer.status_code == 200, answer.json
        record[name] = value
        edit_id = answer.headers["Location"].rpartition("/")[2]
        self.log[edit_id] = (changes_between(before, self.model.records()), None)

    def _figures_of_an_undo(self, undone, changes, left, people):
        counted = {}
        for name, (was, became) in undone.items():
            one = became or was
            kind = record_type(name, [{"userRole": one.get("userRole", "")}], people)
            figure = "errors" if name in left else change_figure(name, changes)
            counted.setdefault(kind, Counter())[figure] += 1
        return {kind: dict(figure) for kind, figure in counted.items()}

    def _sums_of_schools_are_the_districts(self, upload_id, summary):
        sums = {}
        for line in self.caller.lines(f"/reports/{upload_id}/summary.csv"):
            if line["schoolId"]:
                found = {name: int(value) for name, value in line.items() if value.isdigit()}
                del found["schoolId"]
                sums.setdefault(line["recordType"], Counter()).update(found)
        assert {kind: +count for kind, count in sums.items() if +count} == summary


def _by_key(frame, width):
    """Records by key, with the fields that the model has."""
    found = {}
    for line in frame.iter_rows(named=True):
        columns = list(line)
        key = tuple(line[name] for name in columns[:width])
        known = _FIELDS[width] & set(columns)
        found[key if width > 1 else key[0]] = {name: line[name] for name in known}
    return found


_FIELDS = {
    1: {
        "schoolId",
        "userRole",
        "userFirstName",
        "userLastName",
        "userEmail",
        "userGrade",
        "active",
        "className",
    },
    2: {"primaryTeacher"},
}


def test_rollbook_does_what_the_model_does(rollbook):
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),
    )
    machine = type("Machine", (RosterMachine,), {"rollbook": rollbook})
    run_state_machine_as_test(machine, settings=chosen)


def test_the_model_counts_what_a_row_carries():
    row = dict.fromkeys(COLUMNS, "") | {"schoolId": "001", "userId": "s1", "classId": "c1"}
    assert [kind for kind, _ in carried(row)] == ["school", "person", "class", "enrollment"]
    assert carried(row | {"action": "remove"}) == [("enrollment", ("s1", "c1"))]
    assert carried(row | {"action": "deactivate"}) == [("person", "s1")]
