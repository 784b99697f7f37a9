"""What was committed while the broker is down is told once it is back."""

import threading

import sqlalchemy as sa

from rollbook.common.bus import topology
from rollbook.common.bus.connection import connect
from rollbook.common.contracts import events as e
from rollbook.common.contracts.routes import ROUTES
from rollbook.common.database import open_engine
from rollbook.common.outbox.relay import Relay
from rollbook.common.outbox.tables import metadata, outbox
from rollbook.common.service import Service


def test_the_relay_goes_on_when_the_broker_is_back(own_rabbitmq, tmp_path):
    with connect(own_rabbitmq.url) as connection:
        topology.apply(connection)
    engine = open_engine(f"sqlite:///{tmp_path / 'upload.db'}")
    metadata.create_all(engine)
    nothing = dict.fromkeys(ROUTES["upload"], lambda *_: None)
    service = Service("upload", "rollbook.upload", engine, nothing)
    stop, pause = threading.Event(), threading.Event()
    relay = threading.Thread(target=Relay(service, own_rabbitmq.url, stop).run)
    relay.start()

    def tell(index):
        with service.unit_of_work() as uow:
            uow.outbox.add(e.ChunkChecked("u1", "d1", index, 10))
            uow.commit()

    def unsent():
        with engine.connect() as connection:
            waiting = sa.select(sa.func.count()).where(outbox.c.sent_at.is_(None))
            return connection.execute(waiting).scalar_one()

    def all_told(tries=2_000):
        return any(unsent() == 0 or pause.wait(0.02) for _ in range(tries))

    try:
        tell(0)
        assert all_told()
        own_rabbitmq.stop()
        tell(1)
        assert unsent() == 1
        own_rabbitmq.start()
        assert all_told()
    finally:
        stop.set()
        relay.join(40)
        engine.dispose()
