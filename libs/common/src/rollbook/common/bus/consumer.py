"""The one loop that consumes: connection thread and worker thread, retries, dead letters, a graceful stop.

The connection thread receives, keeps heartbeats going, acknowledges.  The worker handles one message after
the other: BEGIN; inbox; handler (its changes and its outbox); COMMIT; what comes afterwards.  Only then is
the message acknowledged, so a process that dies in between gets it again, and the inbox makes that harmless.

A failed message goes to a retry queue with its attempt counted, or to the dead letters; it is acknowledged
only once it is there.  Where neither can be had now, the worker holds it and tries again.
"""

import contextlib
import queue
import random
import select
import threading
import time
import uuid
from dataclasses import dataclass
from socket import socketpair
from typing import Any, Final

import structlog
from kombu import Consumer, Queue

from rollbook.common.bus import topology
from rollbook.common.bus.connection import connect
from rollbook.common.bus.setting_aside import SettingAside
from rollbook.common.contracts.envelope import Message, unwrap
from rollbook.common.contracts.events import Event
from rollbook.common.contracts.routes import queue_name
from rollbook.common.metrics import HANDLER_SECONDS
from rollbook.common.service import Service
from rollbook.common.tracing import span

HEARTBEAT_SECONDS: Final = 30
_RECONNECT_SECONDS: Final = (0.5, 15.0)
_BRAKE_AFTER: Final = 5
_BRAKE_SECONDS: Final = 10.0
_ID_LENGTH: Final = 36  # as the inbox keeps it

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Delivery:
    queue: str
    message: Any  # kombu's, to acknowledge


class ConsumerLoop:
    """Consumes all queues of one service until `stop` is set.  `ready` is False while it is braking."""

    def __init__(self, service: Service, url: str, stop: threading.Event) -> None:
        self._service, self._url, self._stop = service, url, stop
        self._queues = [queue_name(service.name, event) for event in service.handlers]
        self._given_up = {topology.dead_queue(name): name for name in self._queues}
        self._todo: queue.SimpleQueue[_Delivery | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[_Delivery, bool]] = queue.SimpleQueue()
        # A pair of sockets, since a thread can wait for the broker's socket and for another one at once.
        self._worker_is_done, self._done_bell = socketpair()
        self._done_bell.setblocking(False)
        self._in_hand = 0
        self._failures = 0
        self._aside = SettingAside(service, url)
        self.ready = False

    def hindrances(self) -> list[str]:
        """What keeps it from working now."""
        if self.ready:
            return []
        return [f"The consumer of {self._service.name} is not connected, or brakes after failures in a row."]

    def run(self) -> None:
        """Consume; connect again, ever more slowly, whenever the connection is lost."""
        worker = threading.Thread(target=self._work, name=f"{self._service.name}-worker", daemon=True)
        worker.start()
        pause = _RECONNECT_SECONDS[0]
        while not self._stop.is_set():
            started = time.monotonic()
            try:
                self._consume()
            except Exception as error:  # noqa: BLE001  (whatever it was: connect again)
                self.ready = False
                if time.monotonic() - started > _RECONNECT_SECONDS[1]:
                    pause = _RECONNECT_SECONDS[0]
                log.warning("connection lost", service=self._service.name, error=type(error).__name__)
                self._stop.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311  (jitter)
                pause = min(pause * 2, _RECONNECT_SECONDS[1])
        self._todo.put(None)
        worker.join()
        self._worker_is_done.close()
        self._done_bell.close()

    def _consume(self) -> None:
        with connect(self._url, HEARTBEAT_SECONDS) as connection:
            channel = connection.channel()
            channel.basic_qos(0, 1, False)
            consumers = [self._consumer(name, channel) for name in (*self._queues, *self._given_up)]
            for consumer in consumers:
                consumer.consume()
            self.ready = True
            try:
                self._drain(connection)
                for consumer in consumers:
                    consumer.cancel()
                self._finish(connection)
            finally:
                # What the worker still has in hand was received on this connection: its acknowledgement
                # would be refused on the next one.  It finishes, and the message that comes again is known.
                self._forget()

    def _consumer(self, name: str, channel: Any) -> Any:
        def received(message: Any) -> None:
            self._in_hand += 1
            self._todo.put(_Delivery(name, message))

        # Our own decoding: kombu's would log what it cannot decode, and acknowledge it.
        queues = [Queue(name)]  # declared by the topology alone
        return Consumer(channel, queues, auto_declare=False, on_message=received, accept=None)

    def _drain(self, connection: Any) -> None:
        beat = time.monotonic()
        while not self._stop.is_set():
            self._receive(connection)
            self._acknowledge()
            if time.monotonic() - beat > HEARTBEAT_SECONDS / 4:
                beat = time.monotonic()
                if connection.supports_heartbeats:
                    connection.heartbeat_check()

    def _receive(self, connection: Any) -> None:
        """Take what has come; where nothing has, wait a moment for the broker or the worker."""
        socket = getattr(connection.connection, "sock", None)
        if socket is None:  # the broker in this process has none to wait for
            with contextlib.suppress(TimeoutError):
                connection.drain_events(timeout=0.005 if self._in_hand else 0.1)
            return
        with contextlib.suppress(TimeoutError):
            while not self._stop.is_set():
                connection.drain_events(timeout=0)
        readable, _, _ = select.select([socket, self._worker_is_done], [], [], 0.5)
        if self._worker_is_done in readable:
            self._worker_is_done.recv(4096)

    def _finish(self, connection: Any) -> None:
        while self._in_hand:
            self._acknowledge(wait_seconds=0.5)
            if connection.supports_heartbeats:
                connection.heartbeat_check()

    def _acknowledge(self, wait_seconds: float = 0.0) -> None:
        while True:
            try:
                delivery, settled = (
                    self._done.get(timeout=wait_seconds) if wait_seconds else self._done.get_nowait()
                )
            except queue.Empty:
                return
            self._in_hand -= 1
            if settled:
                delivery.message.ack()
            else:
                delivery.message.requeue()

    def _forget(self) -> None:
        self.ready = False
        while self._in_hand:
            try:
                self._done.get(timeout=0.5)
                self._in_hand -= 1
            except queue.Empty:
                continue

    # What follows runs in the worker thread.

    def _work(self) -> None:
        while (delivery := self._todo.get()) is not None:
            while not (settled := self._settled(delivery)) and not self._stop.is_set():
                # Held and not given back: a broker counts how often a message comes, and gives it up at last.
                self._brake()
            self._done.put((delivery, settled))
            with contextlib.suppress(BlockingIOError):  # so many rings unheard are heard as one
                self._done_bell.send(b"!")
            if self._failures >= _BRAKE_AFTER:
                self._brake()
        self._aside.close()

    def _brake(self) -> None:
        self.ready = False
        doublings = min(max(self._failures - _BRAKE_AFTER, 0), 10)
        self._stop.wait(min(0.5 * 2**doublings, _BRAKE_SECONDS))

    def _settled(self, delivery: _Delivery) -> bool:
        """Whether a message may be acknowledged: it was handled or set aside."""
        if self._stop.is_set():
            return False
        try:
            message = _message_of(delivery)
            with span(message.headers.get("traceparent", "")):
                return self._handle(message)
        except Exception as error:
            self._failures += 1
            with contextlib.suppress(Exception):  # a log that cannot be written must not end the worker
                log.exception("message not settled", queue=delivery.queue, error=type(error).__name__)
            return False

    def _handle(self, message: Message) -> bool:
        queue = message.routing_key
        if queue in self._given_up:
            self._aside.given_up_by_broker(self._given_up[queue], message)
            return True
        event: Event | None = None
        started = time.monotonic()
        try:
            event = unwrap(message.headers, message.body)
            self._service.handle(event, message.id)
            HANDLER_SECONDS.labels(queue, "handled").observe(time.monotonic() - started)
        except Exception as error:  # noqa: BLE001  (its class says what becomes of the message)
            HANDLER_SECONDS.labels(queue, "failed").observe(time.monotonic() - started)
            self._failures += 1
            return self._aside.failed(message, event, error)
        self._failures, self.ready = 0, True
        return True


def _message_of(delivery: _Delivery) -> Message:
    received = delivery.message
    body = received.body.encode() if isinstance(received.body, str) else bytes(received.body)
    headers = {name: str(value) for name, value in (received.headers or {}).items()}
    identity = str(headers.get("cloudEvents_id") or received.properties.get("message_id") or "")
    if not (
        0 < len(identity) <= _ID_LENGTH and identity.isprintable()
    ):  # a stranger's: still the same each time
        identity = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{identity}|{body.hex()}"))
    return Message(identity, delivery.queue, headers, body)
