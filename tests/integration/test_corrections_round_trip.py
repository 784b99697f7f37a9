"""Correct only the cells that the report names, upload corrections.csv as it is: no finding is left."""

import csv
import io
import random

import pytest

HEADER = (
    "schoolId", "userRole", "userId", "userFirstName", "userLastName", "userEmail", "userGrade", "classId",
    "className", "classGrade", "primaryTeacher", "action",
)  # fmt: skip
FAULTS = {
    "schoolId": ("", "=1+1", "1.23E+11", "a b", "999", "1", "x" * 101),
    "userRole": ("", "pupil", "@cmd"),
    "userId": ("", "5 5", "-7", "1E+5"),
    "userFirstName": ("", "A\nB", "=A1", "+1", "y" * 101),
    "userLastName": ("", "-", "@x", 'say "hi"\x07, twice'),
    "userEmail": ("", "nobody", "a..b@d1.example.org", "a@b"),
    "userGrade": ("", "15", "=2"),
    "classId": ("c 1", "+c", "4.5E+12"),
    "className": ("", "=HYPERLINK()", "z" * 256),
    "classGrade": ("00", "09,,10"),
    "action": ("create", "-"),
}


def people(number):
    """Records without a fault."""
    for at in range(number):
        role = "teacher" if at % 8 == 0 else "student"
        yield {
            "schoolId": f"00{at % 2 + 1}",
            "userRole": role,
            "userId": f"{at:05}",
            "userFirstName": f"Ana {at}",
            "userLastName": 'O"Hara, jr.' if at % 3 else " Élan ",
            "userEmail": f"p{at}@d1.example.org",
            "userGrade": "" if role == "teacher" else "09",
            "classId": f"c{at % 2 + 1}",
            "className": "Biology, early",
            "classGrade": "09,10",
            "primaryTeacher": "yes" if at < 2 and role == "teacher" else "",
            "action": "",
        }


def as_csv(header, records):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([header, *records])
    return out.getvalue().encode()


def rows_of(answer):
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("seed", [1, 2])
def test_after_correcting_the_named_cells_alone_nothing_is_left_to_find(d1, seed):
    chance = random.Random(seed)  # noqa: S311
    right = list(people(120))
    sown = [dict(one) for one in right]
    for _ in range(60):
        column = chance.choice(list(FAULTS))
        chance.choice(sown)[column] = chance.choice(FAULTS[column])
    upload = d1.send(as_csv(HEADER, [[one[name] for name in HEADER] for one in sown]))
    assert upload["status"] == "needs_correction"

    report = f"/reports/{upload['id']}"
    errors = [line for line in d1.lines(f"{report}/errors.csv") if line["severity"] == "error"]
    header, *rejected = rows_of(d1.call("GET", f"{report}/corrections.csv"))
    assert tuple(header) == (*HEADER, "errors")
    rows = sorted({int(line["row"]) for line in errors})
    assert len(rejected) == len(rows)
    for row, record in zip(rows, rejected, strict=True):
        for line in errors:
            if int(line["row"]) == row:
                assert line["message"] in record[-1]
                corrected = right[row - 2][line["column"]].replace("@d1.", f"@{d1.district}.")
                record[HEADER.index(line["column"])] = corrected

    again = d1.send(as_csv(header, rejected))
    assert (again["status"], again["findings"]["errors"]) == ("ready", 0)
    since = d1.ok("GET", f"/reports/{again['id']}")["sincePrevious"]
    assert (since["uploadId"], since["errors"], since["fixed"], since["remaining"], since["new"]) == (
        upload["id"], len(errors), len(errors), 0, 0,
    )  # fmt: skip


def test_it_may_come_back_without_the_blank_cells_that_a_spreadsheet_leaves_away(d1):
    header = [*HEADER[:5], *HEADER[6:], "userEmail"]
    right = list(people(10))
    sown = [one | {"userGrade": "15"} for one in right]
    upload = d1.send(as_csv(header, [[one[name] for name in header] for one in sown]))
    assert upload["status"] == "needs_correction"

    names, *rejected = rows_of(d1.call("GET", f"/reports/{upload['id']}/corrections.csv"))
    for record, one in zip(rejected, right, strict=True):
        record[names.index("userGrade")] = one["userGrade"]
        record[-1] = ""  # corrected, so it is done with
    saved = b"\r\n".join(line.rstrip(b",") for line in as_csv(names, rejected).splitlines())
    assert all(not line.endswith(b",") for line in saved.splitlines())
    again = d1.send(saved)
    assert (again["status"], again["findings"]["errors"]) == ("ready", 0)
