"""A roster in plain Python dictionaries: what a file, an edit and an undo should do to it.

Written from the specification and not from the code: row by row, without a frame.  It knows the part of the
rules that the files of `test_roster_model.py` touch.
"""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field

PERSON_FIELDS = ("userFirstName", "userLastName", "userEmail", "userGrade")
CLASS_FIELDS = ("className",)


@dataclass
class Model:
    """`people`, `classes` by ID, `enrollments` by (userId, classId); `schools` never change."""

    schools: tuple[str, ...] = ("001", "002")
    people: dict = field(default_factory=dict)
    classes: dict = field(default_factory=dict)
    enrollments: dict = field(default_factory=dict)

    def records(self):
        """Everything, by record type and key."""
        return {
            **{("person", key): dict(value) for key, value in self.people.items()},
            **{("class", key): dict(value) for key, value in self.classes.items()},
            **{("enrollment", key): dict(value) for key, value in self.enrollments.items()},
        }

    def put(self, name, value):
        """Set a record, or remove it where the value is None."""
        kind, key = name
        place = {"person": self.people, "class": self.classes, "enrollment": self.enrollments}[kind]
        if value is None:
            place.pop(key, None)
        else:
            place[key] = dict(value)

    def copy(self):
        return deepcopy(self)

    def is_wrong(self, row):
        """Whether a row has an error against the roster."""
        person, class_ = self.people.get(row["userId"]), self.classes.get(row["classId"])
        if row["schoolId"] not in self.schools:
            return True
        if person and row["userRole"] and is_student(person) != is_student(row):
            return True
        if row["action"] in {"", "remove"} and class_ and class_["schoolId"] != row["schoolId"]:
            return True
        active = bool(person) and person["active"] == "true"
        if row["action"] in {"remove", "deactivate"} and not active:
            return True
        return row["action"] == "remove" and (row["userId"], row["classId"]) not in self.enrollments

    def apply(self, rows, rejected):
        """Take in a file without the rejected rows; gives before and after of every record that changed."""
        before, old = self.records(), self.copy()
        accepted = [row for at, row in enumerate(rows) if at not in rejected]
        leaving = {row["userId"] for row in accepted if row["action"] == "deactivate"}
        for row in accepted:
            if row["action"] == "" and row["userId"] not in leaving:
                self._add(row, old, accepted)
            elif row["action"] == "remove":
                self.enrollments.pop((row["userId"], row["classId"]), None)
        for user in leaving:
            self.people[user]["active"] = "false"
            self.enrollments = {key: value for key, value in self.enrollments.items() if key[0] != user}
        return changes_between(before, self.records())

    def _add(self, row, old, accepted):
        user = row["userId"]
        person = self.people.setdefault(user, {"schoolId": row["schoolId"], "active": "true"})
        whereabouts = {old.people[user]["schoolId"]} if user in old.people else set()
        whereabouts |= {old.classes[klass]["schoolId"] for who, klass in old.enrollments if who == user}
        named = [one["schoolId"] for one in accepted if one["userId"] == user and one["action"] == ""]
        if user in old.people and not whereabouts & set(named):
            person["schoolId"] = named[0]
        person["active"] = "true"
        person["userRole"] = row["userRole"]
        person |= {name: row[name] or person.get(name, "") for name in PERSON_FIELDS}
        if row["classId"]:
            class_ = self.classes.setdefault(row["classId"], {"schoolId": row["schoolId"]})
            class_ |= {name: row[name] or class_.get(name, "") for name in CLASS_FIELDS}
            key = (user, row["classId"])
            known = self.enrollments.get(key, {}).get("primaryTeacher", "")
            self.enrollments[key] = {"primaryTeacher": row["primaryTeacher"] or known}

    def undo(self, changes):
        """Put changes back; gives what that changed, and the names of the records that were left alone."""
        before, now, left, back = self.records(), self.records(), set(), {}
        for name, (was, became) in changes.items():
            if now.get(name) == became:
                back[name] = was
            elif now.get(name) != was:
                left.add(name)
        after = {**now, **back}
        there = {name for name, value in after.items() if value is not None}
        for name in [name for name, value in back.items() if name[0] == "enrollment" and value is not None]:
            if ("person", name[1][0]) not in there or ("class", name[1][1]) not in there:
                left.add(name)
                del back[name]
        used = set()
        for kind, key in there - left:
            if kind == "enrollment":
                used |= {("person", key[0]), ("class", key[1])}
        for name in [name for name, value in back.items() if value is None and name in used]:
            left.add(name)
            del back[name]
        for name, value in back.items():
            self.put(name, value)
        return changes_between(before, self.records()), left


def is_student(person):
    return person["userRole"] == "student"


def changes_between(before, after):
    """(before, after) of every record that differs; None where there is none."""
    return {
        name: (before.get(name), after.get(name))
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    }


def figures(rows, rejected, changes, people):
    """The district's lines of summary.csv; `people` as they were before, for rows that say no role."""
    carriers: dict = {}
    for at, row in enumerate(rows):
        for name in carried(row):
            carriers.setdefault(name, []).append(at)
    counted: dict = {}
    for name, ats in carriers.items():
        kind = record_type(name, [rows[at] for at in ats], people)
        counted.setdefault(kind, Counter())[_figure(name, set(ats) <= rejected, changes)] += 1
    return {kind: dict(figure) for kind, figure in counted.items()}


def carried(row):
    """The records that a row names."""
    adding, user = row["action"] == "", ("person", row["userId"])
    pair = ("enrollment", (row["userId"], row["classId"]))
    if row["action"] == "remove":
        return [pair]
    if not adding:
        return [user]
    in_class = [("class", row["classId"]), pair] if row["classId"] else []
    return [("school", row["schoolId"]), user, *in_class]


def record_type(name, rows, people):
    if name[0] != "person":
        return name[0]
    roles = [row["userRole"] for row in rows if row["userRole"]]
    stored = [people[name[1]]["userRole"]] if name[1] in people else []
    return "student" if [*roles, *stored, "staff"][0] == "student" else "staff"


def _figure(name, all_rejected, changes):
    return "errors" if all_rejected else change_figure(name, changes)


def change_figure(name, changes):
    """Under which figure a record counts that these changes have changed, or not."""
    if name not in changes:
        return "noChange"
    was, became = changes[name]
    if was is None:
        return "created"
    left = became is None or (was.get("active"), became.get("active")) == ("true", "false")
    return "removed" if left else "updated"
