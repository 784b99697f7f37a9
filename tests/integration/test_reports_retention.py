"""What is kept how long: removed when it is due, never while a hold stands, and never unseen."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa
from integration.test_reports_service import REFUSED
from integration.whole_rollbook import users_csv
from unit.reports.upload_story import AT, story

from rollbook.common.contracts import events as e
from rollbook.common.outbox.tables import outbox
from rollbook.reports.adapters.tables import chain_entry
from rollbook.reports.adapters.verification import removals as removals_of
from rollbook.reports.adapters.verification import verify_chain

SUPPORT, AUDITOR, ADMIN = ("support",), ("auditor",), ("system", "enrollment")
DAY = dt.timedelta(days=1)
FILES = ("summary.csv", "errors.csv", "corrections.csv", "follow-up-errors.csv")


@pytest.fixture
def kept(world):
    world.hear(*story(world.store), REFUSED)
    return world


def swept(world, days):
    with world.service.unit_of_work() as uow:
        world.service.sweep(uow, AT + days * DAY)
        uow.commit()
    assert list(verify_chain(world.engine, world.store)) == []


def statuses(world):
    return [world.get(f"/reports/u1/{name}").status_code for name in FILES]


def has_file(world):
    try:
        world.store.size("uploads/u1/file")
    except FileNotFoundError:
        return False
    return True


def removals(world):
    return [
        (link["part"], link["why"]) for link in world.get("/reports/u1").json["chain"]
        if link["stage"] == "removed"
    ]  # fmt: skip


def test_each_part_goes_when_it_is_due_and_leaves_a_tombstone(kept):
    assert kept.get("/reports/u1").json["keptUntil"] == {
        "file": "2026-05-30", "details": "2029-02-28", "report": "2033-02-27",
    }  # fmt: skip
    swept(kept, 89)
    assert (has_file(kept), removals(kept)) == (True, [])
    swept(kept, 91)
    assert (has_file(kept), removals(kept), statuses(kept)) == (False, [("file", "retention")], [200] * 4)

    swept(kept, 3 * 365 + 1)
    found = kept.get("/reports/u1").json
    assert statuses(kept) == [200, 410, 410, 410]
    assert "it was removed on 2029-03-01" in kept.get("/reports/u1/errors.csv").json["detail"]
    assert (found["keptUntil"], set(found["removed"])) == ({"report": "2033-02-27"}, {"file", "details"})
    assert (found["findings"][0]["count"], found["findings"][0]["values"]) == (1, [])
    assert "pupil" not in json.dumps(found)

    swept(kept, 7 * 365 + 1)
    found = kept.get("/reports/u1").json
    assert statuses(kept) == [410] * 4
    assert removals(kept) == [("file", "retention"), ("details", "retention"), ("report", "retention")]
    assert (found["fileName"], found["uploadedBy"], found["summary"]) == ("", {"sub": "", "name": ""}, [])
    assert "district d1: the file of upload u1 was removed by retention on 2026-05-31" in removals_of(
        kept.engine
    )
    assert [link["stage"] for link in found["chain"]] == ["validation", "final", *["removed"] * 3]
    assert ["who" in link for link in found["chain"]] == [False, False, True, True, True]


def test_facts_that_are_gone_without_a_tombstone_are_missed(kept):
    with kept.engine.begin() as connection:
        connection.execute(chain_entry.update().where(chain_entry.c.position == 1).values(facts=None))
    (fault,) = verify_chain(kept.engine, kept.store)
    assert "what entry 1 says is gone, and nothing tells of its removal" in fault


def test_a_district_has_periods_of_its_own(kept):
    path = "/districts/d1/retention"
    assert kept.get(path).json == {"fileDays": 90, "detailsDays": 1095, "reportDays": 2555}
    answer = kept.call("PUT", path, roles=SUPPORT, json={"fileDays": 5, "detailsDays": 10})
    assert answer.json == kept.get(path).json == {"fileDays": 5, "detailsDays": 10, "reportDays": 2555}
    kept.hear(*story(kept.store, upload_id="v1", district_id="d2"))
    swept(kept, 6)
    assert (has_file(kept), kept.get("/reports/v1", "d2").json["removed"]) == (False, {})
    assert kept.get(path, "d2").status_code == 404
    assert kept.call("PUT", path, json={}).status_code == 403
    for body in ({"fileDays": 0}, {"fileDays": True}, {"days": 1}, {"fileDays": 100, "detailsDays": 50}):
        assert kept.call("PUT", path, roles=SUPPORT, json=body).json["code"] == "invalid_retention"


@pytest.mark.parametrize(
    ("path", "roles"), [("/districts/d1/legal-hold", SUPPORT), ("/reports/u1/legal-hold", AUDITOR)]
)
def test_a_legal_hold_stops_removal_until_it_is_lifted(kept, path, roles):
    for reason in (None, "", " ", 5, True, ["A complaint"], {"of": "Ann"}, "x" * 1001):
        body = {"reason": reason}
        assert kept.call("PUT", path, roles=roles, json=body).json["code"] == "reason_needed"
        if reason and reason != " ":
            assert kept.call("DELETE", path, roles=roles, json=body).json["code"] == "reason_needed"
    assert kept.call("PUT", path, roles=roles, json={}).json["code"] == "reason_needed"
    assert kept.call("PUT", path, roles=ADMIN, json={"reason": "A complaint"}).status_code == 403
    for _ in range(2):
        assert kept.call("PUT", path, roles=roles, json={"reason": "A complaint"}).status_code == 204
    assert kept.get("/reports/u1").json["legalHold"]
    assert kept.call("DELETE", "/reports/u1/file", roles=ADMIN).json["code"] == "legal_hold"
    swept(kept, 8 * 365)
    assert (has_file(kept), removals(kept)) == (True, [])
    assert kept.call("DELETE", path, roles=roles).status_code == 204
    assert not kept.get("/reports/u1").json["legalHold"]
    swept(kept, 8 * 365 + 1)
    assert not has_file(kept)
    with kept.engine.connect() as connection:
        done = connection.scalars(sa.select(chain_entry.c.what).order_by(chain_entry.c.position)).all()
    assert [what for what in done if what in {"held", "released"}] == ["held", "released"]


def test_an_uploaded_file_can_be_removed_now_by_those_who_upload(kept):
    path = "/reports/u1/file"
    assert kept.call("DELETE", path, roles=("system",)).status_code == 403
    assert kept.call("DELETE", path, "d2", ADMIN).status_code == 404
    assert kept.call("DELETE", "/reports/u0/file", roles=ADMIN).status_code == 404
    for _ in range(2):
        assert kept.call("DELETE", path, roles=ADMIN).status_code == 204
    assert (has_file(kept), removals(kept)) == (False, [("file", "request")])
    assert statuses(kept) == [200] * 4
    with kept.engine.connect() as connection:
        told = connection.scalars(sa.select(outbox.c.type)).all()
    assert told.count(e.FileRemoved.TYPE) == 1


def test_the_file_of_an_upload_at_work_is_not_removed(world):
    world.hear(story(world.store)[0])
    assert world.call("DELETE", "/reports/u1/file", roles=ADMIN).json["code"] == "upload_at_work"
    swept(world, 8 * 365)
    assert has_file(world)


def test_an_upload_whose_file_was_removed_can_no_longer_be_processed(d1):
    upload = d1.send(users_csv("schoolId,userRole,userId\n001,pupil,s1"))
    assert upload["status"] == "needs_correction"
    assert d1.call("DELETE", f"/reports/{upload['id']}/file").status_code == 204
    after = d1.upload(upload["id"])
    assert after["status"] == "cancelled"
    assert "upload it again" in after["reason"]
    gone = d1.call("GET", f"/uploads/{upload['id']}/file")
    assert (gone.status_code, gone.json["code"]) == (410, "file_removed")
