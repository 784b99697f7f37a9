"""The rules of section 3 once more, record by record in plain Python, to hold the vectorised ones to.

Written from the text of the data dictionary alone; shares nothing with the code under test.
"""

import re
import unicodedata

IDS = ("schoolId", "userId", "userDistrictId", "userStateId", "classId")
TEXT = {"schoolName": 255, "userFirstName": 100, "userMiddleName": 100, "userLastName": 100, "className": 255,
        "classDisplayName": 255}  # fmt: skip
LENGTHS = dict.fromkeys(IDS, 100) | TEXT | {"userEmail": 254}
LIST = ("IT", "PR", "PK", "TK", "KG", *(f"{number:02}" for number in range(1, 14)), "PS", "UG", "Other")
GRADES = {grade.lower(): grade for grade in LIST}
GRADES |= {"k": "KG"} | {str(number): f"0{number}" for number in range(1, 10)}
LISTS = {
    "action": {value: value for value in ("add", "remove", "deactivate")},
    "userRole": {value: value for value in ("student", "teacher", "administrator")},
    "userGrade": GRADES,
    "primaryTeacher": {
        "true": "true",
        "yes": "true",
        "y": "true",
        "false": "false",
        "no": "false",
        "n": "false",
    },
}
CLASS = ("classId", "className", "classDisplayName", "classGrade", "primaryTeacher")
LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
HTML_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{LABEL}(?:\.{LABEL})*")
SAME_PERSON = ("userRole", "userDistrictId", "userStateId", "userFirstName", "userMiddleName", "userLastName",
               "userEmail", "userGrade")  # fmt: skip
SAME_CLASS = ("schoolId", "className", "classDisplayName", "classGrade")


def is_email(cell):
    local, _, domain = cell.rpartition("@")
    return (
        HTML_EMAIL.fullmatch(cell) is not None
        and "." in domain
        and not local.startswith(".")
        and not local.endswith(".")
        and ".." not in local
        and len(local) <= 64
    )


def problem_of(column, cell):
    """The problem of one filled cell, and what is kept of it."""
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in cell):
        return "control_character", None
    if len(cell) > LENGTHS.get(column, len(cell)):
        return "too_long", None
    if cell[0] in "=+-@":
        return "formula", None
    if column in IDS and re.fullmatch(r"[0-9]+(\.[0-9]+)?[Ee]\+[0-9]{1,3}", cell):
        return "scientific_notation", None
    if column in IDS and not re.fullmatch(r"[A-Za-z0-9._:~/#-]+", cell):
        return "malformed", None
    if column == "userEmail":
        return (None, cell.lower()) if is_email(cell) else ("malformed", None)
    if column == "classGrade":
        parts = [GRADES.get(part.strip().lower()) for part in cell.split(",")]
        return ("unknown_value", None) if None in parts else (None, ",".join(parts))
    if column in LISTS:
        kept = LISTS[column].get(cell.lower())
        return (None, kept) if kept else ("unknown_value", None)
    return None, cell


def check_record(record):
    """The findings of one record by column, and what is kept of it (None for a cell with a finding)."""
    found, kept = {}, {}
    for column, cell in record.items():
        problem, value = problem_of(column, cell) if cell else (None, "")
        kept[column] = value
        if problem:
            found[column] = problem
    action = kept["action"] or "add"
    student = kept["userRole"] == "student"
    staff = kept["userRole"] in {"teacher", "administrator"}
    needed = {
        "add": ["schoolId", "userRole", "userId", "userFirstName", "userLastName", "userEmail"],
        "remove": ["schoolId", "userId", "classId"],
        "deactivate": ["schoolId", "userId"],
    }[action]
    if action == "add":
        needed += ["userGrade"] if student else []
        needed += ["classId"] if any(record[column] for column in CLASS[1:]) else []
        needed += ["className"] if record["classId"] else []
    for column in needed:
        if not record[column]:
            found.setdefault(column, "required")
    forbidden = ["userGrade"] if staff else []
    forbidden += ["primaryTeacher"] if student else []
    forbidden += CLASS if action == "deactivate" else []
    for column in forbidden:
        if record[column]:
            found.setdefault(column, "not_allowed")
    return found, {column: None if column in found else value for column, value in kept.items()}


def check(records):
    """(row, code, related row) of every finding in a file whose first record is row 2, sorted."""
    out = set()
    kept = {}
    for row, record in enumerate(records, start=2):
        if any(record.values()):
            found, kept[row] = check_record(record)
            out |= {(row, f"{column}.{problem}", "") for column, problem in found.items()}
    adding = {row: cells for row, cells in kept.items() if (cells["action"] or "add") == "add"}
    for rule in (differing, taken, marked_again, like_a_social_security_number):
        out |= set(rule(adding))
    return sorted(out | set(repeated(kept)))


def differing(adding):
    for key, columns in (("userId", SAME_PERSON), ("classId", SAME_CLASS), ("schoolId", ("schoolName",))):
        for column in columns:
            reference = {}
            for row, cells in adding.items():
                if cells[key] and cells[column]:
                    first, value = reference.setdefault(cells[key], (row, cells[column]))
                    if value != cells[column]:
                        yield row, f"{column}.inconsistent", str(first)


def taken(adding):
    for column in ("userEmail", "userDistrictId", "userStateId"):
        owners = {}
        for row, cells in adding.items():
            if cells[column] and cells["userId"]:
                first, owner = owners.setdefault(cells[column], (row, cells["userId"]))
                if owner != cells["userId"]:
                    yield row, f"{column}.duplicate", str(first)


def marked_again(adding):
    marked = {}
    for row, cells in adding.items():
        person = cells["userId"]
        if cells["classId"] and person and cells["primaryTeacher"] == "true":
            people = marked.setdefault(cells["classId"], {})
            if people and person not in people:
                yield row, "primaryTeacher.several", str(next(iter(people.values())))
            people.setdefault(person, row)


def like_a_social_security_number(adding):
    seen = set()
    for row, cells in adding.items():
        person = cells["userId"]
        if person and person not in seen and re.fullmatch(r"[0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}", person):
            yield row, "userId.resembles_ssn", ""
        seen.add(person)


def repeated(kept):
    first_records = {}
    for row, cells in kept.items():
        if cells["action"] is None or not cells["userId"] or cells["classId"] is None:
            continue
        place = ("class", cells["classId"]) if cells["classId"] else ("school", cells["schoolId"])
        if place[1]:
            action = cells["action"] or "add"
            first, done = first_records.setdefault((cells["userId"], *place), (row, action))
            if first != row:
                yield row, "row.duplicate" if done == action else "action.conflict", str(first)
