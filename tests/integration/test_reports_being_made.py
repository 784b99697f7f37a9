"""While a report is being made: others read and write, a process dies, another one makes the same."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa
from unit.reports.upload_story import AT, story

from rollbook.common.contracts.events import ReportReady
from rollbook.common.object_store import ObjectStore
from rollbook.common.outbox.tables import outbox
from rollbook.reports.bootstrap import compose

LATER = AT + dt.timedelta(days=1)


@pytest.fixture
def meanwhile(monkeypatch):
    """Has something done once, at the moment when an object is read that a report is made of."""

    def arrange(key, act):
        get, todo = ObjectStore.get, [act]

        def get_and_act(store, wanted):
            if wanted == key and todo:
                todo.pop()()
            return get(store, wanted)

        monkeypatch.setattr(ObjectStore, "get", get_and_act)

    return arrange


def told(world):
    """The reports that were announced, in order."""
    bodies = sa.select(outbox.c.body).where(outbox.c.type == ReportReady.TYPE).order_by(outbox.c.seq)
    with world.engine.connect() as connection:
        return [(body["uploadId"], body["stage"]) for body in map(json.loads, connection.scalars(bodies))]


def test_another_report_is_read_and_that_is_recorded(world, meanwhile):
    world.hear(*story(world.store))
    seen = []
    meanwhile(
        "uploads/u2/counts-preview.json",
        lambda: seen.append(world.get("/reports/u1/summary.csv").status_code),
    )
    world.hear(*story(world.store, upload_id="u2", at=LATER))
    assert seen == [200]
    reads = world.get("/reports/u1/reads", roles=("auditor",)).json["items"]
    assert [read["what"] for read in reads] == ["summary.csv"]
    assert told(world) == [(upload, stage) for upload in ("u1", "u2") for stage in ("validation", "final")]


def test_a_message_that_comes_again_after_a_death_makes_the_report(world, meanwhile):
    *events, last = story(world.store)

    def die():
        raise MemoryError

    meanwhile("uploads/u1/counts-applied.json", die)
    world.hear(*events)
    with pytest.raises(MemoryError):
        world.service.handle(last, "the-last")
    assert told(world) == [("u1", "validation")]
    world.service.handle(last, "the-last")
    assert told(world) == [("u1", "validation"), ("u1", "final")]
    assert world.get("/reports/u1/follow-up-errors.csv").status_code == 200


def test_of_two_processes_that_make_the_same_report_the_first_keeps_it(world, meanwhile):
    *events, last = story(world.store)
    other = compose(world.settings)
    meanwhile("uploads/u1/counts-applied.json", lambda: other.handle(last, "told-to-the-other"))
    world.hear(*events, last)
    other.engine.dispose()
    assert told(world) == [("u1", "validation"), ("u1", "final")]
    chain = world.get("/reports/u1").json["chain"]
    assert [(link["stage"], link["position"]) for link in chain] == [("validation", 1), ("final", 2)]
