"""Publishing to RabbitMQ with pika: a window of confirms, every message mandatory.

pika's SelectConnection runs in a thread of its own, since its confirms come when they come; `publish`
hands it a window of messages and waits until each is confirmed, refused or returned.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pika
from pika.adapters.select_connection import SelectConnection

from rollbook.common.contracts.envelope import CONTENT_TYPE, Message
from rollbook.common.errors import Nacked, PublishError, Unavailable, Unroutable

HEARTBEAT_SECONDS: Final = 30
BLOCKED_SECONDS: Final = 30
ANSWER_SECONDS: Final = 30.0


@dataclass
class _Window:
    """The messages in flight: which delivery tag is whose, and what came of those that were not taken."""

    by_tag: dict[int, str] = field(default_factory=dict)
    failures: dict[str, PublishError] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)


class RabbitMQPublisher:
    """A connection to one broker, opened at the first publish and again after it was lost."""

    def __init__(self, url: str) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.heartbeat = HEARTBEAT_SECONDS
        self._parameters.blocked_connection_timeout = BLOCKED_SECONDS
        self._connection: Any = None
        self._channel: Any = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._lost: str = ""
        self._tag = 0
        self._window = _Window()

    def publish(self, exchange: str, messages: Sequence[Message]) -> Mapping[str, PublishError]:
        """Publish at most a window of messages; see Publisher."""
        if not messages:
            return {}
        self._connect()
        window = self._window = _Window()
        self._connection.ioloop.add_callback_threadsafe(lambda: self._send(window, exchange, messages))
        if not window.done.wait(ANSWER_SECONDS) or self._lost:
            reason = self._lost or "the broker did not confirm in time"
            self.close()
            raise Unavailable(reason)
        return window.failures

    def close(self) -> None:
        """Close the connection and end its thread."""
        connection, thread = self._connection, self._thread
        self._connection = self._channel = self._thread = None
        if connection is not None and thread is not None:
            connection.ioloop.add_callback_threadsafe(lambda: _stop(connection))
            thread.join(ANSWER_SECONDS)

    def _connect(self) -> None:
        if self._connection is not None and not self._lost:
            return
        self.close()
        self._ready.clear()
        self._lost, self._tag, self._window = "", 0, _Window()
        self._connection = SelectConnection(
            self._parameters,
            on_open_callback=self._opened,
            on_open_error_callback=lambda _connection, error: self._gone(error),
            on_close_callback=lambda _connection, error: self._gone(error),
        )
        self._thread = threading.Thread(
            target=_run, args=(self._connection.ioloop,), name="rabbitmq-publisher", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(ANSWER_SECONDS) or self._lost:
            reason = self._lost or "the broker did not answer in time"
            self.close()
            raise Unavailable(reason)

    # What follows runs in the connection's thread.

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda _channel, error: self._gone(error))
        channel.add_on_return_callback(self._returned)
        channel.confirm_delivery(self._answered, callback=lambda _frame: self._ready.set())

    def _gone(self, error: Any) -> None:
        self._lost = f"the connection to the broker is gone: {type(error).__name__}"
        self._ready.set()
        self._window.done.set()

    def _send(self, window: _Window, exchange: str, messages: Sequence[Message]) -> None:
        try:
            for message in messages:
                self._tag += 1
                window.by_tag[self._tag] = message.id
                properties = pika.BasicProperties(
                    message_id=message.id,
                    content_type=CONTENT_TYPE,
                    delivery_mode=2,
                    headers=dict(message.headers),
                )
                self._channel.basic_publish(
                    exchange, message.routing_key, message.body, properties, mandatory=True
                )
        except Exception as error:  # noqa: BLE001  (in pika's thread nobody else would hear of it)
            self._gone(error)

    def _returned(self, _channel: Any, method: Any, properties: Any, _body: bytes) -> None:
        reason = f"no queue is bound for {method.routing_key}: {method.reply_text}"
        self._window.failures[str(properties.message_id)] = Unroutable(reason)

    def _answered(self, frame: Any) -> None:
        window, tag = self._window, int(frame.method.delivery_tag)
        answered = [t for t in window.by_tag if t == tag or (frame.method.multiple and t < tag)]
        for one in answered:
            identity = window.by_tag.pop(one)
            if frame.method.NAME == "Basic.Nack":
                window.failures[identity] = Nacked("the broker refused the message")
        if not window.by_tag:
            window.done.set()


def _run(ioloop: Any) -> None:
    try:
        ioloop.start()
    finally:
        ioloop.close()  # its own pair of sockets, by which other threads wake it


def _stop(connection: Any) -> None:
    if connection.is_open:
        connection.add_on_close_callback(lambda *_: connection.ioloop.stop())
        connection.close()
    else:
        connection.ioloop.stop()
