"""The one loop that consumes: connection thread and worker thread, retries, dead letters, a graceful stop.

The connection thread receives, keeps heartbeats going, acknowledges.  The worker handles one message after
the other: BEGIN; inbox; handler (its changes and its outbox); COMMIT.  Only then is the message acknowledged,
so a process that dies in between gets it again, and the inbox makes that harmless.

A failed message goes to a retry queue with its attempt counted, or to the dead letters; it is acknowledged
only once that publish is confirmed.
"""

import contextlib
import dataclasses
import queue
import random
import select
import threading
import time
from dataclasses import dataclass
from socket import socketpair
from typing import Any, Final

import structlog
from kombu import Consumer, Queue

from rollbook.common.bus import topology
from rollbook.common.bus.connection import connect
from rollbook.common.bus.publisher import Publisher, publisher_for
from rollbook.common.contracts.envelope import Message, unwrap
from rollbook.common.contracts.events import Event, UploadFailed
from rollbook.common.contracts.routes import queue_name
from rollbook.common.errors import PublishError, Unprocessable
from rollbook.common.service import Service

HEARTBEAT_SECONDS: Final = 30
ATTEMPT: Final = "attempt"  # our own header: copies of x-death from clients are ignored since RabbitMQ 4.0
_RECONNECT_SECONDS: Final = (0.5, 15.0)
_BRAKE_AFTER: Final = 5
_BRAKE_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Delivery:
    queue: str
    message: Any  # kombu's, to acknowledge


class ConsumerLoop:
    """Consumes all queues of one service until `stop` is set.  `ready` is False while it is braking."""

    def __init__(self, service: Service, url: str, stop: threading.Event) -> None:
        self._service, self._url, self._stop = service, url, stop
        self._handlers = {
            queue_name(service.name, event): handler for event, handler in service.handlers.items()
        }
        self._todo: queue.SimpleQueue[_Delivery | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[_Delivery, bool]] = queue.SimpleQueue()
        # A pair of sockets, since a thread can wait for the broker's socket and for another one at once.
        self._worker_is_done, self._done_bell = socketpair()
        self._done_bell.setblocking(False)
        self._in_hand = 0
        self._failures = 0
        self._publisher: Publisher | None = None
        self.ready = False

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
            consumers = [self._consumer(name, channel) for name in self._handlers]
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
            if self._stop.is_set():
                self._done.put((delivery, False))
                continue
            settled = False
            try:
                settled = self._handle(delivery)
            except Exception as error:
                log.exception("message not settled", queue=delivery.queue, error=type(error).__name__)
            self._done.put((delivery, settled))
            with contextlib.suppress(BlockingIOError):  # so many rings unheard are heard as one
                self._done_bell.send(b"!")
            if self._failures >= _BRAKE_AFTER:
                self.ready = False
                self._stop.wait(min(0.5 * 2 ** (self._failures - _BRAKE_AFTER), _BRAKE_SECONDS))
        if self._publisher is not None:
            self._publisher.close()

    def _handle(self, delivery: _Delivery) -> bool:
        """Handle a message; says whether it may be acknowledged."""
        message = _message_of(delivery)
        event: Event | None = None
        try:
            event = unwrap(message.headers, message.body)
            with self._service.unit_of_work() as uow:
                if uow.inbox.first_time(delivery.queue, message.id):
                    self._handlers[delivery.queue](event, uow)
                    uow.commit()
        except Exception as error:  # noqa: BLE001  (its class says what becomes of the message)
            self._failures += 1
            return self._set_aside(delivery.queue, message, event, error)
        self._failures, self.ready = 0, True
        return True

    def _set_aside(self, queue: str, message: Message, event: Event | None, error: Exception) -> bool:
        """Send a failed message to its retry queue or to the dead letters."""
        attempt = int(message.headers.get(ATTEMPT, "0"))
        delays = topology.RETRY_DELAYS_SECONDS
        given_up = isinstance(error, Unprocessable) or attempt >= len(delays)
        log.warning(
            "message failed", queue=queue, id=message.id, attempt=attempt, given_up=given_up,
            error=type(error).__name__, exc_info=not isinstance(error, Unprocessable),
        )  # fmt: skip
        headers = dict(message.headers)
        if given_up:
            # Only our own exceptions are known to hold no cell of a file.
            headers["reason"] = str(error) if isinstance(error, Unprocessable) else type(error).__name__
            target, exchange = queue, topology.DEAD
        else:
            headers[ATTEMPT] = str(attempt + 1)
            target, exchange = topology.retry_queue(queue, delays[attempt]), ""
        aside = dataclasses.replace(message, routing_key=target, headers=headers)
        if not self._publish(exchange, aside):
            return False
        if given_up and event is not None and event.upload_id:
            with self._service.unit_of_work() as uow:
                reason = f"{event.TYPE}: {type(error).__name__}"
                uow.outbox.add(UploadFailed(event.upload_id, event.district_id, self._service.name, reason))
                uow.commit()
        return True

    def _publish(self, exchange: str, message: Message) -> bool:
        if self._publisher is None:
            self._publisher = publisher_for(self._url)
        try:
            return not self._publisher.publish(exchange, [message])
        except PublishError as error:
            log.warning("cannot set a message aside", error=type(error).__name__)
            return False


def _message_of(delivery: _Delivery) -> Message:
    received = delivery.message
    body = received.body.encode() if isinstance(received.body, str) else bytes(received.body)
    headers = {name: str(value) for name, value in (received.headers or {}).items()}
    identity = str(headers.get("cloudEvents_id") or received.properties.get("message_id") or "")
    return Message(identity, delivery.queue, headers, body)
