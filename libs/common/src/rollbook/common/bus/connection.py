"""Connections to the bus by URL: `amqp://` is RabbitMQ, `memory://name` a broker inside this process."""

from typing import Any

from kombu import Connection

from rollbook.common.bus import memory


def connect(url: str, heartbeat_seconds: int = 0) -> Any:
    """A kombu connection; nothing is sent before it is used."""
    if url.startswith("memory:"):
        return Connection(url, transport=memory.Transport)
    return Connection(url, heartbeat=heartbeat_seconds)
