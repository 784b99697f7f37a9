"""How full the queues are, on either bus."""

import base64
import json
import urllib.request
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pika
import pika.exceptions

from rollbook.common.bus import topology
from rollbook.common.errors import Unavailable

_ANSWER_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """What a queue holds, and how many consume it.  `unacknowledged` is None where nobody can say."""

    name: str
    ready: int
    unacknowledged: int | None
    consumers: int


def load_of(url: str, management_url: str = "") -> list[QueueLoad]:
    """The load of every queue of the topology, by name.

    AMQP does not tell of messages that consumers have in hand; RabbitMQ's management API does, a little late.

    Raises:
        Unavailable: the broker or its management API does not answer, or holds no such queues.
    """
    if url.startswith("memory:"):
        from rollbook.common.bus.memory import broker_of  # noqa: PLC0415  (which knows this module)

        return broker_of(urlsplit(url).netloc or "default").load()
    in_hand = _in_hand(url, management_url) if management_url else {}
    return [QueueLoad(name, ready, in_hand.get(name), consumers) for name, ready, consumers in _declared(url)]


def _declared(url: str) -> list[tuple[str, int, int]]:
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.blocked_connection_timeout = _ANSWER_SECONDS
    try:
        with pika.BlockingConnection(parameters) as connection:
            channel = connection.channel()
            names = sorted(spec.name for spec in topology.queues())
            found = [channel.queue_declare(name, passive=True).method for name in names]
    except pika.exceptions.ChannelClosedByBroker as error:
        raise Unavailable(f"{error.reply_text}; run migrate, which declares the queues") from None
    except (pika.exceptions.AMQPError, OSError) as error:
        raise Unavailable(f"the broker does not answer ({type(error).__name__})") from None
    return [(method.queue, method.message_count, method.consumer_count) for method in found]


def _in_hand(url: str, management_url: str) -> dict[str, int]:
    broker = pika.URLParameters(url)
    columns = "columns=name,messages_unacknowledged"
    address = f"{management_url.rstrip('/')}/api/queues/{quote(broker.virtual_host, safe='')}?{columns}"
    who = f"{broker.credentials.username}:{broker.credentials.password}".encode()
    request = urllib.request.Request(  # noqa: S310  (the address is an operator's setting)
        address, headers={"Authorization": f"Basic {base64.b64encode(who).decode()}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310
            queues: list[dict[str, Any]] = json.load(answer)
    except (OSError, ValueError) as error:
        raise Unavailable(f"the management API does not answer at {management_url} ({error})") from None
    return {queue["name"]: int(queue.get("messages_unacknowledged", 0)) for queue in queues}
