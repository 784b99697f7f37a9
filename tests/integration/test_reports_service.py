"""The reports service on both databases: its files to the byte, its history over HTTP, its chain."""

import csv
import datetime as dt
import hashlib
import io
import json

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from unit.reports.upload_story import AT, story

from rollbook.common.contracts import events as e
from rollbook.common.outbox.tables import metadata as messaging
from rollbook.common.outbox.tables import outbox
from rollbook.reports.adapters.tables import TRIGRAMS, metadata

REFUSED = e.FileRefused(
    "u0", "d1", "users", "old.csv", e.Person("p2", "Sam"), AT - dt.timedelta(days=1), None, 3,
    (e.RefusedProblem("file.empty", None, None, None, None, "The file is empty.", "Export it again."),),
)  # fmt: skip


def table(answer):
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_files_of_a_report_are_exactly_as_promised(world):
    world.hear(*story(world.store))
    errors = table(world.get("/reports/u1/errors.csv"))
    assert errors[0] == [
        "row", "column", "code", "severity", "value", "message", "howToFix", "relatedRows", "userId",
        "classId",
    ]  # fmt: skip
    assert [(row[0], row[2]) for row in errors[1:]] == [
        ("3", "userRole.unknown_value"),
        ("3", "userLastName.required"),
        ("4", "row.too_many_cells"),
        ("5", "row.too_few_cells"),
        ("6", "userId.resembles_ssn"),
        ("7", "schoolId.not_found"),
    ]
    corrections = table(world.get("/reports/u1/corrections.csv"))
    words = [row[7] for row in corrections[1:]]
    assert [row[:7] + row[8:] for row in corrections] == [
        ["schoolId", "userRole", "userId", "userFirstName", "userLastName", "userEmail", "classId"],
        ["002", "pupil", "s2", " =Ben", "", "ben@example.org", "c1"],
        ["001", "student", "s3", " =1+1", "Li", " @x", "c1", "surplus", " =2"],
        ["001", "student", "", "", "", "", ""],
        ["999", "student", "s4", "Dora", "Diaz", "dora@example.org", "c2"],
    ]
    assert corrections[0][7] == "errors"
    assert all(errors[1:][at][5] in words[row] for at, row in ((0, 0), (1, 0), (2, 1), (3, 2), (5, 3)))
    summary = world.get("/reports/u1/summary.csv").data.decode("utf-8-sig").split("\r\n")
    assert summary[:2] == ["recordType,schoolId,created,updated,noChange,removed,errors", "school,,1,0,2,0,3"]
    assert (len(summary), summary[6], summary[-1]) == (12, "school,001,1,0,2,0,3", "")
    assert [row[2] for row in table(world.get("/reports/u1/follow-up-errors.csv"))] == [
        "code",
        "record.not_saved",
    ]


def test_a_report_says_what_was_found_and_where_it_stands_in_the_chain(world):
    world.hear(*story(world.store))
    found = world.get("/reports/u1").json
    assert (found["status"], found["errors"], found["warnings"], found["followUpErrors"]) == (
        "completed",
        5,
        1,
        1,
    )
    assert found["findings"][0]["firstRows"] == [5]
    assert all(group["howToFix"] for group in found["findings"])
    assert {group["code"]: group["stage"] for group in found["findings"]}["record.not_saved"] == "follow-up"
    assert found["findings"][0]["stage"] == "validation"
    assert [(link["stage"], link["position"]) for link in found["chain"]] == [("validation", 1), ("final", 2)]
    assert found["chain"][1]["previousHash"] == found["chain"][0]["hash"]
    for file in found["files"]:
        answer = world.get(file["href"].removeprefix("/api/v1"))
        assert hashlib.sha256(answer.data).hexdigest() == file["sha256"] == answer.get_etag()[0]
        again = world.get(file["href"].removeprefix("/api/v1"), **{"If-None-Match": f'"{file["sha256"]}"'})
        assert (again.status_code, again.data) == (304, b"")


def test_where_nothing_failed_there_is_no_follow_up(world):
    world.hear(*story(world.store, applying=()))
    answer = world.get("/reports/u1/follow-up-errors.csv")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_no_report_is_told_before_it_is_whole(world):
    *events, last = story(world.store)
    for at in range(len(events)):
        if isinstance(events[at], e.ValidatorRowsRejected):
            break
    world.hear(*events[:at], *events[at + 1 :], last)
    assert world.get("/reports/u1/errors.csv").status_code == 404
    world.hear(events[at])
    with world.engine.connect() as connection:
        told = [
            json.loads(body) for body in connection.scalars(sa.select(outbox.c.body).order_by(outbox.c.seq))
        ]
    assert [(one["stage"], one["errors"], one["warnings"]) for one in told] == [
        ("validation", 5, 1),
        ("final", 1, 0),
    ]


def test_only_the_district_and_auditors_see_a_report(world):
    world.hear(*story(world.store))
    seen = {
        (district, roles): (
            world.get("/reports/u1/errors.csv", district, roles).status_code,
            len(world.get("/reports", district, roles).json["items"]),
            world.get("/reports/export.zip", district, roles).status_code,
        )
        for district in ("d1", "d2", "")
        for roles in (("system",), ("auditor",))
    }
    assert seen == {
        ("d1", ("system",)): (200, 1, 403),
        ("d1", ("auditor",)): (200, 1, 200),
        ("d2", ("system",)): (404, 0, 403),
        ("d2", ("auditor",)): (200, 1, 200),
        ("", ("system",)): (404, 0, 403),
        ("", ("auditor",)): (200, 1, 200),
    }


def test_the_migrations_make_the_tables_that_the_code_expects(world):
    with world.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        is_text_index = lambda name: name == "upload_number" or name.startswith("upload_text")  # noqa: E731
        is_made = lambda item, name, *_: not (is_sqlite and (item is TRIGRAMS or is_text_index(name)))  # noqa: E731
        context = MigrationContext.configure(connection, opts={"include_object": is_made})
        assert compare_metadata(context, [metadata, messaging]) == []
