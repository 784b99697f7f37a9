"""A made-up district to fill, with usual names or with names that no page was drawn for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from browser.portal import HEADER
from e2e.journey import settled
from e2e.running import Apart, Up

from rollbook.embedded.client import Refused
from rollbook.embedded.sample_district import DISTRICT

SCHOOLS = (("00123", "Oak Street School"), ("00456", "Hill View School"))
FULL_SCHOOLS = 3
"""Only so many have more than a teacher."""


@dataclass(frozen=True)
class Names:
    """What people, schools and things are called, and how much there is of it."""

    people: Sequence[tuple[str, str]]
    schools: Sequence[tuple[str, str]]
    subject: str
    file: str
    faulty_grade: str
    findings: int


USUAL = Names(
    people=(("Ana", "Ruiz"), ("Ben", "Okafor"), ("Chloé", "Martin"), ("Dara", "Kim"), ("Emil", "Brandt")),
    schools=SCHOOLS,
    subject="Mathematics",
    file="users",
    faulty_grade="Seventh",
    findings=500,
)
LONG = Names(
    people=(
        ("María José de los Ángeles", "Hernández-Villanueva y Fernández de Córdoba"),
        ("Keihanaikukauakahihuliheekahaunaele", "Wolfeschlegelsteinhausenbergerdorff"),
    ),
    schools=(
        *SCHOOLS,
        (
            "SCHOOL-WITH-A-LONG-ID-0000000000000001",
            "School-of-all-Saints-and-Sciences-in-Llanfairpwllgwyngyll",
        ),
        *((f"009{at:02}", f"Escuela Secundaria Bilingüe de la Ciudad, número {at}") for at in range(8)),
    ),
    subject="Introduction-to-the-Mathematics-of-Everything-and-more-of-it",
    file="enrollment_of_all_schools_2026-2027_final_FINAL_corrected-by-the-office",
    faulty_grade="Seventh-grade-of-the-second-semester-" * 2,
    findings=10_000,
)


class OneDistrict:
    """The district that demo people belong to.  Files are sent past the pages, as its administrator."""

    def __init__(self, running: Up | Apart, folder: Path, names: Names) -> None:
        self.running, self.folder, self.names = running, folder, names
        self.enter(DISTRICT, batch_upload=True)

    def enter(self, district: str, *, batch_upload: bool) -> None:
        """As support does; the sample district with its limits, or another."""
        body = {
            "name": f"{self.names.schools[-1][1]} District" if district != DISTRICT else "Example District",
            "enrollmentSource": "batch_upload",
            "schools": [{"schoolId": school, "name": name} for school, name in self.names.schools],
            "thresholds": {"updatedPercent": 50, "removedPercent": 20, "fromRecords": 100},
        }
        with self.running.client(district, ("support",)) as support:
            support.call("PUT", f"/districts/{district}", json=body)
            if batch_upload:
                support.call("POST", f"/districts/{district}/batch-upload")

    def school_of(self, at: int) -> str:
        """The schoolId of the student of this number."""
        return self.names.schools[at % FULL_SCHOOLS % len(self.names.schools)][0]

    def student(self, at: int, **cells: str) -> str:
        """The row of the student of this number, of some school and class; `cells` are other than usual."""
        names = self.names
        first, last = names.people[at % len(names.people)]
        school, grade = self.school_of(at), f"{7 + at % 2:02}"
        usual = {
            "schoolId": school,
            "userRole": "student",
            "userId": self.user_id(at),
            "userFirstName": first,
            "userLastName": last,
            "userEmail": f"{_letters(first)[:25]}.{_letters(last)[:25]}.{at}@example.org",
            "userGrade": grade,
            "classId": f"M-{school}-{grade}",
            "className": f"{names.subject} {grade}",
            "classGrade": grade,
            "action": "add",
        }
        return ",".join((usual | cells).get(column, "") for column in HEADER.split(","))

    def user_id(self, at: int) -> str:
        """Of the student of this number."""
        return f"{'STUDENT-OF-THE-DISTRICT-' if self.names is LONG else 'S'}{at:04}"

    def teacher(self, at: int, **cells: str) -> str:
        """The row of the teacher of the class that the student of this number is in."""
        usual = {
            "userRole": "teacher",
            "userId": f"T{at:02}",
            "userEmail": f"teacher.{at}@example.org",
            "userGrade": "",
            "primaryTeacher": "true",
        }
        return self.student(at, **(usual | cells))

    def faulty(self, at: int) -> str:
        """A student in whose row something is wrong."""
        if at % 3:
            return self.student(at, userGrade=self.names.faulty_grade)
        return self.student(at, userEmail=f"{_letters(self.names.people[0][1])}.{at}@example")

    def file(self, *rows: str, header: str = HEADER, encoding: str = "utf-8", name: str = "") -> Path:
        """A file of these rows."""
        path = self.folder / f"{name or self.names.file}.csv"
        path.write_bytes("\r\n".join((header, *rows, "")).encode(encoding))
        return path

    def upload(self, *rows: str, header: str = HEADER) -> str:
        """Have a file of these rows taken in, or refused; gives the upload's id."""
        with self.running.client(DISTRICT) as client:
            try:
                upload_id = str(client.upload(self.file(*rows, header=header), "users")["id"])
            except Refused as refused:
                return str(refused.problem["id"])
            settled(client, upload_id)
            return upload_id

    def act(self, upload_id: str, what: str, **body: Any) -> str:
        """Have an upload processed, cancelled or undone; gives the id of the upload that did it last."""
        with self.running.client(DISTRICT) as client:
            answer = client.call("POST", f"/uploads/{upload_id}/{what}", json=body).json()
            last = str((what == "undo" and answer["undoneBy"]) or upload_id)
            settled(client, last)
            return last

    def edit(self, path: str, **fields: str) -> None:
        """Edit a record, as somebody else does it in a portal of theirs."""
        with self.running.client(DISTRICT) as client:
            etag = client.call("GET", path).headers["ETag"]
            client.call("PATCH", path, json=fields, headers={"If-Match": etag})


def _letters(name: str) -> str:
    plain = name.lower().translate(str.maketrans("áéíóúü", "aeiouu"))
    return "".join(letter for letter in plain if letter.isalpha() and letter.isascii())
