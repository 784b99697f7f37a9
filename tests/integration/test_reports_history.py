"""The history: found, paged, archived, and who has read what."""

import datetime as dt
import io
import subprocess
import zipfile

import pytest
from integration.test_reports_service import REFUSED
from unit.reports.upload_story import AT, story


def ids(world, query, **options):
    answer = world.get(f"/reports{query}", **options)
    assert answer.status_code == 200, answer.data
    return [item["uploadId"] for item in answer.json["items"]]


@pytest.fixture
def six(world):
    world.hear(REFUSED, *story(world.store))
    for number in range(2, 6):
        world.hear(story(world.store, upload_id=f"u{number}", at=AT + dt.timedelta(days=number % 2))[0])
    return world


def test_the_history_is_newest_first_and_filtered(six):
    for query, wanted in (
        ("", ["u5", "u3", "u4", "u2", "u1", "u0"]),
        ("?from=2026-03-02", ["u5", "u3"]),
        ("?to=2026-02-28", ["u0"]),
        ("?from=2026-03-01T08:00:00Z&to=2026-03-01T08:00:00%2B00:00", ["u4", "u2", "u1"]),
        ("?schoolId=001", ["u1"]),
        ("?schoolId=00", []),
        ("?uploadedBy=sam", ["u0"]),
        ("?uploadedBy=p2", ["u0"]),
        ("?uploadedBy=sa", []),
        ("?status=completed", ["u1"]),
        ("?kind=demographics", []),
        ("?kind=users&status=refused", ["u0"]),
        ("?q=OLD", ["u0"]),
        ("?q=ld.cs", ["u0"]),
        ("?q=pat%20ad", ["u5", "u3", "u4", "u2", "u1"]),
        ("?q=001", ["u1"]),
        ("?q=U4", ["u4"]),
        ("?q=%25", []),
        ("?q=_", []),
    ):
        assert ids(six, query) == wanted, query


def test_pages_do_not_move_when_something_arrives(six):
    first = six.get("/reports?limit=2").json
    six.hear(story(six.store, upload_id="u9", at=AT + dt.timedelta(days=9))[0])
    second = six.get(f"/reports?limit=2&cursor={first['next']}").json
    third = six.get(f"/reports?limit=2&cursor={second['next']}").json
    pages = [[item["uploadId"] for item in one["items"]] for one in (first, second, third)]
    assert pages == [["u5", "u3"], ["u4", "u2"], ["u1", "u0"]]
    assert third["next"] is None


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("from", "yesterday"), ("to", "2026-02-30"), ("from", "0001-01-01T00:00:00%2B14:00"),
        ("status", "done"), ("kind", "xlsx"), ("limit", "0"), ("cursor", "x"), ("q", "%00"),
        ("schoolId", "1" * 300), ("uploadedBy", "%00"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_meant_is_named(world, parameter, value):
    answer = world.get(f"/reports?{parameter}={value}")
    assert (answer.status_code, answer.json["code"]) == (422, f"bad_{parameter}")
    assert parameter in answer.json["detail"]


def test_an_archive_holds_every_report_and_a_manifest_that_sha256sum_verifies(world, tmp_path):
    world.hear(REFUSED, *story(world.store))
    answer = world.get("/reports/export.zip", "", ("auditor",))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "archive")
    assert {"u0/report.json", "u1/validation/errors.csv", "u1/final/follow-up-errors.csv"} < names
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "manifest-sha256.txt"],
        cwd=tmp_path / "archive", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert checked.stdout.count(": OK") == len(names) - 1
    assert ids(world, "?schoolId=001", roles=("auditor",)) == ["u1"]
    filtered = world.get("/reports/export.zip?schoolId=001", "", ("auditor",))
    with zipfile.ZipFile(io.BytesIO(filtered.data)) as archive:
        assert not any(name.startswith("u0/") for name in archive.namelist())


def test_every_read_of_a_report_is_recorded_with_who_and_what(world):
    world.hear(REFUSED, *story(world.store))
    world.get("/reports/u1")
    world.get("/reports/u1/errors.csv", **{"If-None-Match": "*"})
    world.call("HEAD", "/reports/u1/errors.csv")
    world.get("/reports/u1/errors.csv", "d2")
    world.get("/reports/u1/errors.csv", Range="bytes=0-3")
    world.get("/reports/export.zip", "", ("auditor",))
    found = world.get("/reports/u1/reads?limit=2", "", ("auditor",)).json
    assert [(one["what"], one["who"]["roles"]) for one in found["items"]] == [
        ("export.zip", ["auditor"]),
        ("errors.csv", ["system"]),
    ]
    assert [
        (one["what"], one["who"]["sub"])
        for one in world.get(f"/reports/u1/reads?cursor={found['next']}", "", ("auditor",)).json["items"]
    ] == [("report", "p1")]
    assert world.get("/reports/u1/reads").status_code == 403
    assert world.get("/reports/nothing/reads", "", ("auditor",)).status_code == 404


def test_an_auditor_whose_token_names_districts_sees_those(world):
    world.hear(*story(world.store), *story(world.store, upload_id="v1", district_id="d2"))
    world.hear(*story(world.store, upload_id="w1", district_id="d3"))
    seen = {}
    for districts in (None, [], ["d2"], ["d2", "d3"]):
        claims = {} if districts is None else {"district_ids": districts}
        answer = world.call("GET", "/reports", "d1", ("auditor",), claims=claims)
        seen[str(districts)] = sorted(item["uploadId"] for item in answer.json["items"])
        assert world.call("GET", "/reports/w1", "d1", ("auditor",), claims=claims).status_code == (
            200 if "w1" in seen[str(districts)] else 404
        )
    assert seen == {
        "None": ["u1", "v1", "w1"],
        "[]": ["u1"],
        "['d2']": ["u1", "v1"],
        "['d2', 'd3']": ["u1", "v1", "w1"],
    }
    assert world.call("GET", "/reports", claims={"district_ids": "d1"}).status_code == 401
