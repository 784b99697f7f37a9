"""What the relay promises, on both databases: everything is published, whatever stands in its way."""

import threading

import pytest
import sqlalchemy as sa

from rollbook.common.bus.publisher import WINDOW
from rollbook.common.contracts import events as e
from rollbook.common.contracts.routes import ROUTES
from rollbook.common.database import open_engine
from rollbook.common.errors import Unroutable
from rollbook.common.outbox import relay as relaying
from rollbook.common.outbox.bell import bell_of
from rollbook.common.outbox.relay import Relay
from rollbook.common.outbox.tables import metadata, outbox
from rollbook.common.service import Service

REFUSED, TAKEN = e.UploadStalled, e.ChunkChecked


class RecordingPublisher:
    """Takes every message but those of one type."""

    def __init__(self):
        self.taken = []

    def publish(self, _exchange, messages):
        refused = {m.id: Unroutable(m.routing_key) for m in messages if m.routing_key == REFUSED.TYPE}
        self.taken += [m.id for m in messages if m.id not in refused]
        return refused

    def close(self):
        """Nothing is open."""


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    on_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'upload.db'}" if on_file else request.getfixturevalue("database_url")
    made = open_engine(url)
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def service(engine):
    nothing = dict.fromkeys(ROUTES["upload"], lambda *_: None)
    return Service("upload", "rollbook.upload", engine, nothing)


@pytest.fixture
def publisher(monkeypatch):
    made = RecordingPublisher()
    monkeypatch.setattr(relaying, "publisher_for", lambda _url: made)
    return made


def tell(service, *events):
    with service.unit_of_work() as uow:
        uow.outbox.add(*events)
        uow.commit()


def unsent(engine):
    with engine.connect() as connection:
        query = sa.select(outbox.c.type).where(outbox.c.sent_at.is_(None))
        return connection.execute(query).scalars().all()


def relay_of(service):
    return Relay(service, "memory://unused", threading.Event())


def test_what_no_queue_takes_stays_and_holds_up_nothing_behind_it(service, engine, publisher):
    tell(service, *(REFUSED(f"u{n}", "d1", 1) for n in range(WINDOW + 1)))
    tell(service, TAKEN("u1", "d1", 0, 10))
    assert relay_of(service).publish_all() == WINDOW + 1
    assert len(publisher.taken) == 1
    assert unsent(engine) == [REFUSED.TYPE] * (WINDOW + 1)


def test_two_relays_of_one_service_publish_each_message_once(service, engine, publisher):
    if engine.dialect.name == "sqlite":
        pytest.skip("one process has one relay")
    tell(service, *(TAKEN("u1", "d1", n, 10) for n in range(5 * WINDOW)))
    relays = [threading.Thread(target=relay_of(service).publish_all) for _ in range(2)]
    for one in relays:
        one.start()
    for one in relays:
        one.join()
    assert unsent(engine) == []
    assert len(publisher.taken) == len(set(publisher.taken)) == 5 * WINDOW


def test_the_bell_rings_for_what_is_committed_and_for_nothing_else(service):
    bell = bell_of(service.engine)
    service.wake_relay = bell.ring
    bell.wait(0)
    try:
        with service.unit_of_work() as uow:
            uow.outbox.add(TAKEN("u1", "d1", 0, 10))
        assert not bell.wait(0)
        tell(service, TAKEN("u1", "d1", 0, 10))
        assert bell.wait(30)
        assert not bell.wait(0)
    finally:
        bell.close()
