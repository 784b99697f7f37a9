"""What Rollbook expects of a bus: one suite, held to by RabbitMQ and by the bus of the embedded mode."""

import dataclasses
import threading
import time
from contextlib import contextmanager
from uuid import uuid4

import pytest
import sqlalchemy as sa

from rollbook.common.bus import topology
from rollbook.common.bus.connection import connect
from rollbook.common.bus.consumer import ConsumerLoop
from rollbook.common.bus.publisher import publisher_for
from rollbook.common.contracts import events as e
from rollbook.common.contracts.envelope import Message, wrap
from rollbook.common.contracts.routes import ROUTES, queue_name
from rollbook.common.database import open_engine
from rollbook.common.errors import Retryable, Unprocessable, Unroutable
from rollbook.common.outbox.dead_letters import DeadLetters
from rollbook.common.outbox.relay import Relay
from rollbook.common.outbox.tables import metadata, outbox
from rollbook.common.service import Service

HEARD = queue_name("upload", e.ChunkChecked)


@pytest.fixture(params=["memory", "rabbitmq"])
def url(request):
    in_memory = request.param == "memory"
    found = f"memory://{uuid4().hex}" if in_memory else request.getfixturevalue("amqp_url")
    with connect(found) as connection:
        topology.apply(connection)
    return found


@pytest.fixture
def engine(tmp_path):
    made = open_engine(f"sqlite:///{tmp_path / 'upload.db'}")
    metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture
def publisher(url):
    made = publisher_for(url)
    yield made
    made.close()


def checked(index):
    return e.ChunkChecked("u1", "d1", index, 10)


def upload_service(engine, handle):
    return Service("upload", "rollbook.upload", engine, dict.fromkeys(ROUTES["upload"], handle))


@contextmanager
def running(*jobs):
    """Jobs of `(class, service, url)` in threads; all have ended at the end of the block."""
    stop = threading.Event()
    threads = [threading.Thread(target=kind(service, url, stop).run) for kind, service, url in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)


def eventually(look, seconds=30.0):
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came true"
        pause.wait(0.02)
    return found


def taken(url, queue):
    """One message of a queue, taken from it; None where there is none."""
    with connect(url) as connection:
        channel = connection.channel()
        message = channel.basic_get(queue, no_ack=True)
        channel.close()
        return message


def test_a_message_that_a_queue_is_bound_for_is_confirmed(url, publisher):
    message = wrap(checked(0))
    assert publisher.publish(topology.EVENTS, [message]) == {}
    assert taken(url, HEARD).headers["cloudEvents_id"] == message.id


def test_only_the_unroutable_ones_of_a_window_are_refused(publisher):
    window = [wrap(checked(index)) for index in range(100)]
    lost = Message("lost", "nobody.hears.this", {}, b"{}")
    failures = publisher.publish(topology.EVENTS, [*window[:50], lost, *window[50:]])
    assert {identity: type(error) for identity, error in failures.items()} == {"lost": Unroutable}


def test_applying_the_topology_again_changes_nothing(url):
    with connect(url) as connection:
        topology.apply(connection)
        assert topology.missing(connection) == []


def test_what_is_not_acknowledged_comes_again(url, publisher):
    publisher.publish(topology.EVENTS, [wrap(checked(0))])
    with connect(url) as connection:
        assert connection.channel().basic_get(HEARD) is not None
    assert eventually(lambda: taken(url, HEARD)).headers["cloudEvents_id"] == wrap(checked(0)).id


def test_a_message_delivered_twice_is_handled_once(url, publisher, engine):
    seen = []
    with running((ConsumerLoop, upload_service(engine, lambda event, _: seen.append(event)), url)):
        publisher.publish(topology.EVENTS, [wrap(checked(0)), wrap(checked(0)), wrap(checked(1))])
        eventually(lambda: checked(1) in seen)
    assert seen == [checked(0), checked(1)]


def test_a_failure_is_tried_again_after_its_delay(url, publisher, engine):
    times = []

    def fails_once(event, uow):
        times.append(time.monotonic())
        if len(times) == 1:
            raise Retryable

    with running((ConsumerLoop, upload_service(engine, fails_once), url)):
        publisher.publish(topology.EVENTS, [wrap(checked(0))])
        eventually(lambda: len(times) == 2)
    assert 0.9 < times[1] - times[0] < 5


def test_what_comes_afterwards_is_tried_again_and_the_event_is_handled_once(url, publisher, engine):
    handled, went_on = [], []

    def goes_on(event):
        went_on.append(event)
        if len(went_on) == 1:
            raise Retryable

    service = upload_service(engine, lambda event, _: handled.append(event))
    service.afterwards = {e.ChunkChecked: goes_on}
    with running((ConsumerLoop, service, url)):
        publisher.publish(topology.EVENTS, [wrap(checked(0))])
        eventually(lambda: len(went_on) == 2)
    assert (handled, went_on) == ([checked(0)], [checked(0)] * 2)


def test_what_a_message_makes_a_service_tell_is_of_the_messages_trace(url, publisher, engine):
    def tells(event, uow):
        uow.outbox.add(checked(event.index + 10))

    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    with running((ConsumerLoop, upload_service(engine, tells), url)):
        asked = [f"00-{trace}-{parent}-01", f"00-{trace}-{'0' * 16}-01"]  # the second is none
        publisher.publish(
            topology.EVENTS, [wrap(checked(at), traceparent=one) for at, one in enumerate(asked)]
        )
        first, second = eventually(lambda: found if len(found := traceparents(engine)) == 2 else None)
    assert (first[1] == trace, first[2] != parent, first[3]) == (True, True, "01")
    assert (len(second[1]), second[1] != trace, second[3]) == (32, True, "00")


def test_an_event_that_the_service_does_not_hear_ends_in_the_dead_letters(url, publisher, engine):
    seen = []
    with running((ConsumerLoop, upload_service(engine, lambda event, _: seen.append(event)), url)):
        stray = e.DistrictChanged("", "d1", 1, "D", "batch_upload", False, e.Thresholds(75.0, 10.0, 20), ())
        publisher.publish(topology.DEFAULT, [dataclasses.replace(wrap(stray), routing_key=HEARD)])
        (dead,) = eventually(lambda: dead_letters(engine))
    assert (dead.queue, dead.reason) == (HEARD, f"upload does not hear events of type {stray.TYPE}")
    assert seen == []


@pytest.mark.parametrize(
    ("error", "tries", "reason"),
    [(Retryable("a cell"), 2, "Retryable"), (Unprocessable("ours"), 1, "ours")],
)
def test_what_cannot_be_handled_ends_in_the_dead_letters(
    url, publisher, engine, monkeypatch, *, error, tries, reason
):
    monkeypatch.setattr(topology, "RETRY_DELAYS_SECONDS", (1,))
    seen = []

    def fails(event, uow):
        seen.append(event)
        raise error

    with running((ConsumerLoop, upload_service(engine, fails), url)):
        publisher.publish(topology.EVENTS, [wrap(checked(0))])
        (dead,) = eventually(lambda: dead_letters(engine))
    assert (dead.queue, dead.id, dead.attempts, dead.reason) == (HEARD, wrap(checked(0)).id, tries, reason)
    assert len(seen) == tries
    assert outbox_types(engine) == [e.UploadFailed.TYPE]


def test_what_is_not_a_message_of_ours_ends_in_the_dead_letters(url, publisher, engine):
    seen = []
    with running((ConsumerLoop, upload_service(engine, lambda event, _: seen.append(event)), url)):
        publisher.publish(topology.EVENTS, [Message("m1", e.ChunkChecked.TYPE, {}, b"\xff not JSON")])
        (dead,) = eventually(lambda: dead_letters(engine))
    assert (dead.queue, dead.id, dead.reason) == (HEARD, "m1", "no event of type '' is known here")
    assert seen == []


def test_what_the_broker_gives_up_is_kept_and_told_of(url, publisher, engine):
    with running((ConsumerLoop, upload_service(engine, lambda *_: None), url)):
        publisher.publish(topology.DEAD, [dataclasses.replace(wrap(checked(0)), routing_key=HEARD)])
        (dead,) = eventually(lambda: dead_letters(engine))
    assert (dead.queue, dead.id, dead.upload_id) == (HEARD, wrap(checked(0)).id, "u1")
    assert "broker gave it up" in dead.reason
    assert outbox_types(engine) == [e.UploadFailed.TYPE]


def test_a_replayed_dead_letter_comes_to_its_own_queue_alone_and_starts_afresh(url, engine):
    seen = []
    service = upload_service(engine, lambda event, _: seen.append(event))
    letter = dataclasses.replace(wrap(checked(0)), routing_key=HEARD)
    for _ in range(2):  # the second time it is known to the inbox
        with service.unit_of_work() as uow:
            uow.dead_letters.add(letter, "it was not to be", 4)
            uow.dead_letters.replay(uow.dead_letters.listed()[0])
            uow.commit()
        with running((Relay, service, url), (ConsumerLoop, service, url)):
            eventually(lambda: not dead_letters(engine))
            eventually(lambda: seen)
    assert seen == [checked(0)]
    assert taken(url, queue_name("reports", e.UploadStalled)) is None


def test_a_replayed_dead_letter_that_fails_again_is_kept_again(url, engine, monkeypatch):
    monkeypatch.setattr(topology, "RETRY_DELAYS_SECONDS", ())
    tries = []

    def fails(event, uow):
        if event == checked(0):  # and not the word of its failure, which this service hears too
            tries.append(event)
            raise Retryable

    service = upload_service(engine, fails)
    with service.unit_of_work() as uow:
        uow.dead_letters.add(dataclasses.replace(wrap(checked(0)), routing_key=HEARD), "first", 4)
        uow.dead_letters.replay(uow.dead_letters.listed()[0])
        uow.commit()
    with running((Relay, service, url), (ConsumerLoop, service, url)):
        eventually(lambda: [letter.reason for letter in dead_letters(engine)] == ["Retryable"])
    assert len(tries) == 1


def test_a_message_is_held_while_neither_retry_nor_dead_letters_can_be_had(
    url, publisher, engine, monkeypatch
):
    monkeypatch.setattr(topology, "RETRY_DELAYS_SECONDS", ())
    tries = []

    def fails_once(event, uow):
        tries.append(event)
        if len(tries) == 1:
            raise Retryable

    def cannot_be_written(*_):
        raise sa.exc.OperationalError("", {}, Exception())

    monkeypatch.setattr(DeadLetters, "add", cannot_be_written)
    with running((ConsumerLoop, upload_service(engine, fails_once), url)):
        publisher.publish(topology.EVENTS, [wrap(checked(0))])
        eventually(lambda: len(tries) == 2)
    assert dead_letters(engine) == []
    assert taken(url, HEARD) is None


def dead_letters(engine):
    with engine.connect() as connection:
        return DeadLetters(connection).listed()


def outbox_types(engine):
    with engine.connect() as connection:
        return list(connection.execute(sa.select(outbox.c.type).order_by(outbox.c.seq)).scalars())


def traceparents(engine):
    with engine.connect() as connection:
        headers = connection.execute(sa.select(outbox.c.headers).order_by(outbox.c.seq)).scalars()
        return [one["traceparent"].split("-") for one in headers]


def unsent(engine):
    with engine.connect() as connection:
        return list(connection.execute(sa.select(outbox.c.id).where(outbox.c.sent_at.is_(None))).scalars())
