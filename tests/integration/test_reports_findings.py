"""Findings and rejected rows as JSON pages."""

import datetime as dt

import pytest
from unit.reports.upload_story import AT, HEADER, story

FINDINGS, REJECTED = "/reports/u1/findings", "/reports/u1/rejected-rows"


@pytest.fixture
def told(world):
    world.hear(*story(world.store))
    return world


def pages(world, path, **query):
    """All items of a list, asked for in pages of two, and how many pages there were."""
    items, cursor = [], ""
    for number in range(1, 20):
        page = world.call("GET", path, query_string=query | {"limit": 2, "cursor": cursor}).json
        items += page["items"]
        if (cursor := page["next"]) is None:
            return items, number
    raise AssertionError("The pages do not end.")


def test_findings_are_the_lines_of_errors_csv(told):
    items, count = pages(told, FINDINGS)
    assert count == 3
    assert [(one["row"], one["column"], one["code"], one["severity"], one["value"]) for one in items] == [
        (3, "userRole", "userRole.unknown_value", "error", "pupil"),
        (3, "userLastName", "userLastName.required", "error", ""),
        (4, "row", "row.too_many_cells", "error", ""),
        (5, "row", "row.too_few_cells", "error", ""),
        (6, "userId", "userId.resembles_ssn", "warning", "t1"),
        (7, "schoolId", "schoolId.not_found", "error", "999"),
    ]
    assert items[5] | {"message": "", "howToFix": ""} == {
        "row": 7, "column": "schoolId", "code": "schoolId.not_found", "severity": "error", "value": "999",
        "message": "", "howToFix": "", "relatedRows": [], "userId": "", "classId": "",
    }  # fmt: skip
    assert items[5]["message"].startswith("schoolId 999 is not")


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"severity": "warning"}, [6]),
        ({"code": "schoolId.not_found"}, [7]),
        ({"column": "row"}, [4, 5]),
        ({"column": "row", "code": "row.too_few_cells"}, [5]),
        ({"value": "pupil"}, [3]),
        ({"code": "none"}, []),
        ({"stage": "follow-up"}, [2]),
        ({"stage": "validation", "severity": "error"}, [3, 3, 4, 5, 7]),
    ],
)
def test_findings_can_be_filtered(told, query, rows):
    assert [one["row"] for one in pages(told, FINDINGS, **query)[0]] == rows


def test_rejected_rows_come_as_uploaded_with_what_was_found(told):
    items, count = pages(told, REJECTED)
    assert count == 2
    assert told.get(REJECTED).json["columns"] == list(HEADER)
    assert [(one["row"], one["cells"], [found["code"] for found in one["findings"]]) for one in items] == [
        (3, ["002", "pupil", "s2", "=Ben", "", "ben@example.org", "c1"],
         ["userRole.unknown_value", "userLastName.required"]),
        (4, ["001", "student", "s3", "=1+1", "Li", "@x", "c1", "surplus", "=2"], ["row.too_many_cells"]),
        (5, ["001", "student", "", "", "", "", ""], ["row.too_few_cells"]),
        (7, ["999", "student", "s4", "Dora", "Diaz", "dora@example.org", "c2"], ["schoolId.not_found"]),
    ]  # fmt: skip
    assert set(items[0]["findings"][0]) == {
        "column", "code", "severity", "value", "message", "howToFix", "relatedRows"
    }  # fmt: skip


@pytest.mark.parametrize("path", [FINDINGS, REJECTED])
def test_who_read_them_is_recorded_and_others_do_not_see_them(told, path):
    assert told.get(path, district="d2").status_code == 404
    assert told.get(path).status_code == 200
    read = [one["what"] for one in told.get("/reports/u1/reads", roles=("auditor",)).json["items"]]
    assert read == ["errors.csv" if path == FINDINGS else "corrections.csv"]


@pytest.mark.parametrize("path", [FINDINGS, REJECTED])
def test_before_they_are_made_and_after_they_are_removed_there_are_none(world, path):
    events = story(world.store)
    world.hear(events[0])
    assert (world.get(path).status_code, world.get(path).json["code"]) == (404, "report_not_found")
    world.hear(*events[1:])
    assert world.get(path).status_code == 200
    with world.service.unit_of_work() as uow:
        world.service.sweep(uow, AT + dt.timedelta(days=3 * 365 + 1))
        uow.commit()
    assert (world.get(path).status_code, world.get(path).json["code"]) == (410, "removed")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("severity=bad", "bad_severity"),
        ("stage=final", "bad_stage"),
        ("cursor=WyJhIl0", "bad_cursor"),
        ("cursor=WyI5OTk5OTkiXQ", "bad_cursor"),
        ("cursor=WyI3Il0", "bad_cursor"),
        ("limit=0", "bad_limit"),
    ],
)
def test_a_question_that_cannot_be_meant_is_refused(told, query, code):
    answer = told.get(f"{FINDINGS}?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, code)
