"""A missing batch gives no report until it comes, and an alarm after a while."""

import datetime as dt

import pytest
from structlog.testing import capture_logs
from unit.reports.upload_story import AT, story

from rollbook.common.contracts import events as e
from rollbook.reports.adapters.overdue import measure_overdue


def swept(world, later):
    with capture_logs() as logs, world.service.unit_of_work() as uow:
        world.service.sweep(uow, dt.datetime.now(dt.UTC) + later)
        uow.commit()
    return [(log["log_level"], log["event"], log["upload_id"], log["stage"]) for log in logs]


def overdue(world):
    lines = world.web.get("/metrics").get_data(as_text=True).splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("rollbook_reports_overdue "))


@pytest.mark.parametrize(("phase", "stage"), [("across", "validation"), ("applying", "final")])
def test_a_missing_batch_is_an_alarm_until_it_comes(world, phase, stage):
    events = story(world.store)
    lost = next(event for event in events if getattr(event, "phase", "") == phase)
    told = [event for event in events if event is not lost]
    before_process = next(at for at, event in enumerate(told) if isinstance(event, e.ProcessingRequested))
    if stage == "validation":
        world.hear(*(one for one in told[:before_process] if not isinstance(one, e.StatusChanged)))
    else:
        world.hear(*(one for one in told if not isinstance(one, e.StatusChanged)))
        world.hear(e.StatusChanged("u1", "d1", "processing", AT, None, ""))
    assert stage not in {link["stage"] for link in world.get("/reports/u1").json["chain"]}
    assert swept(world, dt.timedelta(minutes=5)) == []
    alarm = ("error", "report_overdue", "u1", stage)
    measure_overdue(world.engine, dt.timedelta(0))
    assert overdue(world) == 1
    assert alarm in swept(world, dt.timedelta(minutes=20))
    assert swept(world, dt.timedelta(minutes=25)) == []
    world.hear(lost)
    assert stage in {link["stage"] for link in world.get("/reports/u1").json["chain"]}
    assert swept(world, dt.timedelta(minutes=30)) == []
    assert overdue(world) == 0
