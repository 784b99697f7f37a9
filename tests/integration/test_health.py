"""Whether each process says rightly that it is able to work, and what it measures."""

import threading
import urllib.error
import urllib.request

import pytest
from integration.whole_rollbook import users_csv
from prometheus_client.parser import text_string_to_metric_families

from rollbook.common.bus import topology
from rollbook.common.bus.connection import connect
from rollbook.common.bus.consumer import ConsumerLoop
from rollbook.common.contracts import events as e
from rollbook.common.contracts.envelope import Message
from rollbook.common.contracts.routes import ROUTES
from rollbook.common.database import open_engine
from rollbook.common.health import Health, served
from rollbook.common.outbox.relay import Relay
from rollbook.common.outbox.tables import metadata
from rollbook.common.service import Service
from servers.process import free_ports


@pytest.fixture
def service(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'upload.db'}")
    metadata.create_all(engine)
    yield Service("upload", "rollbook.upload", engine, dict.fromkeys(ROUTES["upload"], lambda *_: None))
    engine.dispose()


def asked(url):
    """Status and text."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def eventually(look):
    pause = threading.Event()
    for _ in range(1_000):
        if look():
            return
        pause.wait(0.02)
    pytest.fail("it never came true")


def figures(text):
    """Every figure by name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_process_is_ready_only_while_nothing_hinders_it(service):
    hindrances = []
    (port,) = free_ports(1)
    with served(Health([service], lambda: hindrances), "127.0.0.1", port):
        here = f"http://127.0.0.1:{port}"
        assert asked(f"{here}/readyz")[0] == asked(f"{here}/healthz")[0] == 200
        hindrances.append("It brakes.")
        status, text = asked(f"{here}/readyz")
        assert (status, "It brakes." in text, "not_ready" in text) == (503, True, True)
        assert asked(f"{here}/healthz")[0] == 200
        assert asked(f"{here}/nothing")[0] == 404


def test_a_process_without_its_database_is_not_ready_and_says_what_it_still_can(tmp_path):
    engine = open_engine("postgresql+psycopg://127.0.0.1:1/x")
    service = Service("upload", "rollbook.upload", engine, dict.fromkeys(ROUTES["upload"], lambda *_: None))
    health = Health([service])
    assert health.unready() == ["The database of upload does not answer, or has no tables yet."]
    assert b"rollbook_handler_seconds" in health.metrics()


def test_a_consumer_is_ready_once_it_is_connected_and_not_while_it_brakes(service):
    url, failing, stop = f"memory://{id(service)}", threading.Event(), threading.Event()
    with connect(url) as connection:
        topology.apply(connection)

    def handle(event, uow):
        if failing.is_set():
            raise RuntimeError

    service.handlers = dict.fromkeys(ROUTES["upload"], handle)
    loop = ConsumerLoop(service, url, stop)
    assert loop.hindrances()
    running = [threading.Thread(target=loop.run), threading.Thread(target=Relay(service, url, stop).run)]
    for one in running:
        one.start()
    try:
        eventually(lambda: not loop.hindrances())
        failing.set()
        with service.unit_of_work() as uow:
            uow.outbox.add(*(e.ChunkChecked("u1", "d1", index, 10) for index in range(8)))
            uow.commit()
        eventually(loop.hindrances)
    finally:
        stop.set()
        for one in running:
            one.join()


def test_a_relay_without_a_broker_says_that_it_waits(service):
    stop = threading.Event()
    relay = Relay(service, "amqp://guest:guest@127.0.0.1:1/%2F", stop)
    with service.unit_of_work() as uow:
        uow.outbox.add(e.ChunkChecked("u1", "d1", 0, 10))
        uow.commit()
    running = threading.Thread(target=relay.run)
    running.start()
    try:
        eventually(relay.hindrances)
    finally:
        stop.set()
        running.join()


def test_what_waits_is_measured(service):
    with service.unit_of_work() as uow:
        uow.outbox.add(*(e.ChunkChecked("u1", "d1", index, 10) for index in range(3)))
        uow.dead_letters.add(Message("m1", "upload.upload-work-failed", {}, b""), "lost", 4)
        uow.commit()
    found = figures(Health([service]).metrics().decode())
    assert found["rollbook_outbox_unsent", "upload"] == 3
    assert found["rollbook_outbox_lag_seconds", "upload"] >= 0
    assert found["rollbook_dead_letters", "upload"] == 1


def test_uploads_rows_and_findings_are_measured(rollbook):
    caller = rollbook.open_district()
    before = figures(rollbook.app.test_client().get("/metrics").text)
    caller.send(users_csv("schoolId, userRole, userId\n001, nobody, u1"))
    after = figures(rollbook.app.test_client().get("/metrics").text)

    def grown(*key):
        return after[key] - before.get(key, 0)

    assert grown("rollbook_uploads", "users", "needs_correction") == 1
    assert grown("rollbook_upload_rows", "users") == 1
    assert grown("rollbook_findings", "error") > 0
