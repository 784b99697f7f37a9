"""Sections 3 and 4 of the data dictionary: findings in one record, and across records."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from reference.columns import KINDS
from reference.reading import clean, trimmed

CLASS_CELLS = ("classId", "className", "classDisplayName", "classGrade", "primaryTeacher")
ID = re.compile(r"[A-Za-z0-9._:~/#-]+")
SCIENTIFIC = re.compile(r"[0-9]+(\.[0-9]+)?[Ee]\+[0-9]{1,3}")
LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{LABEL}(?:\.{LABEL})+")
SSN = re.compile(r"[0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass
class Judged:
    """One record by column name: its cells (lists in canonical spelling) and what was found in them."""

    row: int
    cells: dict[str, str]
    found: dict[str, str] = field(default_factory=dict)
    action: str = "add"

    def filled(self, column):
        """Whether the cell is there and not blank."""
        return self.cells.get(column, "") != ""

    def good(self, column):
        """The cell's value if it takes part in the rules across records and is filled; else ''."""
        return "" if column in self.found else self.cells.get(column, "")


def findings_of(records, columns, kind, today):
    """Set of (row, column, code, severity, related rows) of the records below the header."""
    findings, judged = set(), []
    for record in records:
        if record.is_blank:
            continue
        broken = row_finding(record, columns)
        if broken:
            findings.add((record.row, "row", f"row.{broken}", "error", ()))
            continue
        one = judge_record(record, columns, kind, today)
        judged.append(one)
        for column, code in one.found.items():
            findings.add((one.row, column, f"{column}.{code}", "error", ()))
    if kind == "demographics":
        return findings | _repeated_students(judged)
    adds = [one for one in judged if one.action == "add"]
    return findings | _inconsistent(adds) | _owned(adds) | _warnings(adds) | _repeated(judged)


def row_finding(record, columns):
    """What is wrong with the record as a whole, or None."""
    if record.bad_quote:
        return "bad_quote"
    # A cell that is not there is ignored like one that is, where its column is.
    if any(columns[len(record.cells) :]):
        return "too_few_cells"
    if any(trimmed(cell) for cell in record.cells[len(columns) :]):
        return "too_many_cells"
    return None


def judge_record(record, columns, kind, today):
    """The record with the findings of its cells."""
    one = Judged(record.row, {name: clean(record.cells[at]) for at, name in enumerate(columns) if name})
    by_name = {column.name: column for column in KINDS[kind]}
    for name, cell in one.cells.items():
        if cell:
            problem, one.cells[name] = judge_cell(by_name[name], cell, today)
            if problem:
                one.found[name] = problem
    if kind == "users":
        one.action = one.good("action") or "add"
    for name in _required(one) if kind == "users" else ["userId"]:
        if not one.filled(name):
            one.found[name] = "required"
    for name in _not_allowed(one) if kind == "users" else []:
        if one.filled(name):
            one.found.setdefault(name, "not_allowed")
    return one


def judge_cell(column, cell, today):
    """(what is wrong with a filled cell by itself or None, the value that is kept)."""
    if any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in cell):
        return "control_character", cell
    if column.longest is not None and len(cell) > column.longest:
        return "too_long", cell
    if cell[0] in "=+-@":
        return "formula", cell
    if column.holds == "id" and SCIENTIFIC.fullmatch(cell):
        return "scientific_notation", cell
    if column.holds in ("list", "grades"):
        parts = cell.split(",") if column.holds == "grades" else [cell]
        kept = [column.values.get(trimmed(part).lower()) for part in parts]
        return (None, ",".join(kept)) if all(kept) else ("unknown_value", cell)
    well_formed = {
        "id": ID.fullmatch,
        "email": _is_email,
        "date": lambda day: _is_day(day, today),
        "letters": re.compile("[A-Za-z]+").fullmatch,
        "text": lambda _: True,
    }[column.holds](cell)
    if not well_formed:
        return "malformed", cell
    return None, cell.lower() if column.holds == "email" else cell


def _is_email(cell):
    local = cell.partition("@")[0]
    return (
        EMAIL.fullmatch(cell) is not None
        and len(local) <= 64
        and not local.startswith(".")
        and not local.endswith(".")
        and ".." not in local
    )


def _is_day(cell, today):
    if not DAY.fullmatch(cell):
        return False
    try:
        day = date(int(cell[:4]), int(cell[5:7]), int(cell[8:]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= day <= today


def _required(one):
    if one.action == "remove":
        return ["schoolId", "userId", "classId"]
    if one.action == "deactivate":
        return ["schoolId", "userId"]
    needed = ["schoolId", "userRole", "userId", "userFirstName", "userLastName", "userEmail"]
    if one.good("userRole") == "student":
        needed.append("userGrade")
    if any(one.filled(name) for name in CLASS_CELLS[1:]):
        needed.append("classId")
    if one.filled("classId"):
        needed.append("className")
    return needed


def _not_allowed(one):
    role = one.good("userRole")
    names = ["userGrade"] if role in ("teacher", "administrator") else []
    names += ["primaryTeacher"] if role == "student" else []
    return names + list(CLASS_CELLS if one.action == "deactivate" else ())


def _inconsistent(adds):
    findings = set()
    for group, members in (
        ("userId", ("userRole", "userDistrictId", "userStateId", "userFirstName", "userMiddleName",
                    "userLastName", "userEmail", "userGrade")),
        ("classId", ("schoolId", "className", "classDisplayName", "classGrade")),
        ("schoolId", ("schoolName",)),
    ):  # fmt: skip
        for column in members:
            reference = {}
            for one in adds:
                key, value = one.good(group), one.good(column)
                if key and value:
                    first = reference.setdefault(key, one)
                    if first.good(column) != value:
                        findings.add((one.row, column, f"{column}.inconsistent", "error", (first.row,)))
    return findings


def _owned(adds):
    findings = set()
    for column in ("userEmail", "userDistrictId", "userStateId"):
        owner = {}
        for one in adds:
            person, value = one.good("userId"), one.good(column)
            if person and value:
                first = owner.setdefault(value, one)
                if first.good("userId") != person:
                    findings.add((one.row, column, f"{column}.duplicate", "error", (first.row,)))
    return findings


def _warnings(adds):
    findings, people, first_row, students = set(), set(), {}, defaultdict(set)
    primary = defaultdict(dict)
    for one in adds:
        person, group = one.good("userId"), one.good("classId")
        if person and person not in people:
            people.add(person)
            if SSN.fullmatch(person):
                findings.add((one.row, "userId", "userId.resembles_ssn", "warning", ()))
        if group:
            first_row.setdefault(group, one.row)
            if person and one.good("userRole") == "student":
                students[group].add(person)
            if person and one.good("primaryTeacher") == "true" and person not in primary[group]:
                if primary[group]:
                    related = next(iter(primary[group].values()))
                    findings.add((one.row, "primaryTeacher", "primaryTeacher.several", "warning", (related,)))
                primary[group][person] = one.row
    for group, members in students.items():
        if len(members) > 80:
            findings.add((first_row[group], "classId", "classId.over_recommended_size", "warning", ()))
    return findings


def _repeated(judged):
    findings, earlier = set(), {}
    for one in judged:
        if "action" in one.found or "classId" in one.found or not one.good("userId"):
            continue
        if one.filled("classId"):
            key = (one.good("userId"), "class", one.good("classId"))
        elif one.good("schoolId"):
            key = (one.good("userId"), "school", one.good("schoolId"))
        else:
            continue
        first = earlier.setdefault(key, one)
        if first is one:
            continue
        if first.action == one.action:
            findings.add((one.row, "row", "row.duplicate", "error", (first.row,)))
        else:
            findings.add((one.row, "action", "action.conflict", "error", (first.row,)))
    return findings


def _repeated_students(judged):
    findings, earlier = set(), {}
    for one in judged:
        if one.good("userId"):
            first = earlier.setdefault(one.good("userId"), one.row)
            if first != one.row:
                findings.add((one.row, "row", "row.duplicate", "error", (first,)))
    return findings
