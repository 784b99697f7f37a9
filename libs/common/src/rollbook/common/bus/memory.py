"""A broker inside this process, for the embedded mode: kombu's in-memory transport with what it lacks.

Added are time-to-live, dead-lettering to the default exchange, mandatory publishing, and the return of
unacknowledged messages to their own queue.  `memory://name` is one broker per name.  It is lost when the
process ends: the outboxes, which are not, tell it everything again.
"""

import heapq
import itertools
import threading
import time
import weakref
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty
from typing import Any, Final

from kombu import Connection
from kombu.transport import virtual
from kombu.transport.memory import Channel as MemoryChannel
from kombu.transport.memory import Transport as MemoryTransport

from rollbook.common.bus.load import QueueLoad
from rollbook.common.contracts.envelope import CONTENT_TYPE, Message
from rollbook.common.errors import PublishError, Unroutable

POLL_SECONDS: Final = 0.01


@dataclass
class Broker:
    """What one broker holds.  Guarded by its lock."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    queues: dict[str, deque[Any]] = field(default_factory=dict)
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: list[tuple[float, int, str, Any]] = field(default_factory=list)
    serial: Any = field(default_factory=itertools.count)
    state: Any = field(default_factory=virtual.BrokerState)
    channels: Any = field(default_factory=weakref.WeakSet)

    def put(self, queue: str, message: Any) -> None:
        """Append a message, or let it wait where the queue has a time-to-live."""
        with self.lock:
            delay = self.arguments.get(queue, {}).get("x-message-ttl")
            if delay is None:
                self.queues.setdefault(queue, deque()).append(message)
                return
            due = time.monotonic() + delay / 1000
            heapq.heappush(self.waiting, (due, next(self.serial), queue, message))

    def get(self, queue: str) -> Any:
        """The oldest message of a queue.  Raises Empty."""
        with self.lock:
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, waited_in, message = heapq.heappop(self.waiting)
                target = self.arguments[waited_in]["x-dead-letter-routing-key"]
                self.queues.setdefault(target, deque()).append(message)
            if not self.queues.get(queue):
                raise Empty
            return self.queues[queue].popleft()

    def load(self) -> list[QueueLoad]:
        """What every queue holds, and how many consume it; by name."""
        with self.lock:
            waiting = Counter(queue for _, _, queue, _ in self.waiting)
            unacknowledged, consumers = Counter[str](), Counter[str]()
            for channel in list(self.channels):
                consumers.update(channel.consumed())
                unacknowledged.update(channel.unacknowledged())
            return [
                QueueLoad(
                    name,
                    ready=len(self.queues.get(name, ())) + waiting[name],
                    unacknowledged=unacknowledged[name],
                    consumers=consumers[name],
                )
                for name in sorted(self.arguments)
            ]


_brokers: dict[str, Broker] = {}
_brokers_lock = threading.Lock()


def broker_of(name: str) -> Broker:
    """The broker of a name, made when it is first asked for."""
    with _brokers_lock:
        return _brokers.setdefault(name, Broker())


class Channel(MemoryChannel):
    """A channel whose queues are those of its broker."""

    do_restore = True

    def __init__(self, connection: Any, **options: Any) -> None:
        super().__init__(connection, **options)
        self.broker.channels.add(self)

    @property
    def broker(self) -> Broker:
        """The broker behind this channel."""
        found: Broker = self.connection.broker
        return found

    def consumed(self) -> list[str]:
        """The queue of each consumer."""
        return list(self._tag_to_queue.values())

    def unacknowledged(self) -> list[str]:
        """The queue of each message that was delivered and not acknowledged yet."""
        delivered = [] if self._qos is None else list(self._qos._delivered.items())
        return [message.delivery_info["queue"] for tag, message in delivered if tag not in self._qos._dirty]

    def _has_queue(self, queue: str, **_: Any) -> bool:
        return queue in self.broker.queues

    def _new_queue(self, queue: str, arguments: dict[str, Any] | None = None, **_: Any) -> None:
        with self.broker.lock:
            self.broker.queues.setdefault(queue, deque())
            self.broker.arguments.setdefault(queue, arguments or {})

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        del timeout
        payload = self.broker.get(queue)
        payload["properties"]["delivery_info"]["queue"] = queue  # where it goes back to, if it does
        return payload

    def _put(self, queue: str, message: Any, **_: Any) -> None:
        self.broker.put(queue, message)

    def _size(self, queue: str) -> int:
        return len(self.broker.queues.get(queue, ()))

    def _delete(self, queue: str, *_: Any, **__: Any) -> None:
        self.broker.queues.pop(queue, None)

    def _purge(self, queue: str) -> int:
        found = self.broker.queues.get(queue, deque())
        size = len(found)
        found.clear()
        return size

    def _restore(self, message: Any) -> None:
        # To its own queue: by its routing key it would also go to the others that had a copy.
        with self.broker.lock:
            queue = message.delivery_info["queue"]
            self.broker.queues.setdefault(queue, deque()).appendleft(message.serializable())

    def _restore_at_beginning(self, message: Any) -> None:
        self._restore(message)

    def close(self) -> None:
        """Close; what was not acknowledged is back in its queue."""
        virtual.Channel.close(self)


class Transport(MemoryTransport):
    """The transport of `memory://name`."""

    Channel = Channel
    polling_interval = POLL_SECONDS

    def __init__(self, client: Any, **options: Any) -> None:
        super().__init__(client, **options)
        self.broker = broker_of(client.hostname or "default")
        self.state = self.broker.state
        self.polling_interval = POLL_SECONDS


class MemoryPublisher:
    """Publishes inside this process; see Publisher."""

    def __init__(self, url: str) -> None:
        self._connection = Connection(url, transport=Transport)
        self._channel = self._connection.channel()

    def publish(self, exchange: str, messages: Sequence[Message]) -> Mapping[str, PublishError]:
        """Publish; what no queue is bound for is refused."""
        failures: dict[str, PublishError] = {}
        for message in messages:
            targets = self._targets(exchange, message.routing_key)
            if not targets:
                failures[message.id] = Unroutable(f"no queue is bound for {message.routing_key}")
            for queue in targets:
                prepared = self._channel.prepare_message(
                    message.body,
                    content_type=CONTENT_TYPE,
                    content_encoding="binary",
                    headers=dict(message.headers),
                    properties={"message_id": message.id},
                )
                self._channel._inplace_augment_message(prepared, exchange, message.routing_key)
                self._channel.broker.put(queue, prepared)
        return failures

    def close(self) -> None:
        """Let the connection go."""
        self._connection.release()

    def _targets(self, exchange: str, routing_key: str) -> list[str]:
        if not exchange:
            return [routing_key] if routing_key in self._channel.broker.queues else []
        if exchange not in self._channel.state.exchanges:
            return []
        table = self._channel.get_table(exchange)
        found = self._channel.typeof(exchange).lookup(table, exchange, routing_key, None)
        return sorted(queue for queue in found if queue)
