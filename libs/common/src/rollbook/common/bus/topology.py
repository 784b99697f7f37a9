"""What the broker holds, from one table (`contracts.routes`): exchanges, queues, bindings.

Each work queue Q is a quorum queue bound by exact routing keys.  A failed message waits in `Q.retry.<n>s`,
whose TTL dead-letters it back to Q alone.  What the broker itself gives up (a message that killed its
consumers as often as the delivery limit allows) goes to `Q.dead`, and from there to our own dead letters.
Arguments hold only what never changes; delivery limits and the like are set by policy (see the runbook).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kombu import Exchange, Queue

from rollbook.common.contracts.routes import ROUTES, queue_name

EVENTS: Final = "rollbook.events"
DEAD: Final = "rollbook.dead"
DEFAULT: Final = ""
"""The broker's own exchange, whose routing keys are names of queues."""
RETRY_DELAYS_SECONDS: Final = (1, 5, 30)


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """One queue: `binding` is (exchange, routing key); None where only the default exchange leads to it."""

    name: str
    binding: tuple[str, str] | None
    arguments: dict[str, Any] = field(hash=False)


def retry_queue(queue: str, delay_seconds: int) -> str:
    """The queue in which a message waits before it comes back to its own."""
    return f"{queue}.retry.{delay_seconds}s"


def dead_queue(queue: str) -> str:
    """Where the broker puts the messages of a queue that it gives up."""
    return f"{queue}.dead"


def queues(delays: Sequence[int] = RETRY_DELAYS_SECONDS) -> Iterator[QueueSpec]:
    """Every queue of the system, in a stable order."""
    for service, heard in ROUTES.items():
        for event in heard:
            name = queue_name(service, event)
            work = {
                "x-queue-type": "quorum",
                "x-dead-letter-exchange": DEAD,
                "x-dead-letter-routing-key": name,
                "x-dead-letter-strategy": "at-least-once",
                "x-overflow": "reject-publish",
            }
            yield QueueSpec(name, (EVENTS, event.TYPE), work)
            for delay in delays:
                waiting = {
                    "x-queue-type": "quorum",
                    "x-message-ttl": delay * 1000,
                    "x-dead-letter-exchange": "",
                    "x-dead-letter-routing-key": name,
                    "x-dead-letter-strategy": "at-least-once",
                    "x-overflow": "reject-publish",
                }
                yield QueueSpec(retry_queue(name, delay), None, waiting)
            yield QueueSpec(dead_queue(name), (DEAD, name), {"x-queue-type": "quorum"})


def apply(connection: Any) -> None:
    """Declare everything; what is there already stays as it is.

    Raises amqp's PreconditionFailed where a queue exists with other arguments.
    """
    channel = connection.channel()
    exchanges = {
        EVENTS: Exchange(EVENTS, "topic", channel=channel),
        DEAD: Exchange(DEAD, "direct", channel=channel),
    }
    for exchange in exchanges.values():
        exchange.declare()
    for spec in queues():
        queue = Queue(spec.name, channel=channel, durable=True, queue_arguments=spec.arguments)
        queue.queue_declare()
        if spec.binding:
            exchange_name, key = spec.binding
            queue.bind_to(exchanges[exchange_name], routing_key=key)
    channel.close()


def missing(connection: Any) -> list[str]:
    """The names of the queues that are not there."""
    absent = []
    for spec in queues():
        channel = connection.channel()
        try:
            Queue(spec.name, channel=channel).queue_declare(passive=True)
            channel.close()
        except connection.channel_errors:  # the broker closes the channel of a failed declaration
            absent.append(spec.name)
    return absent
