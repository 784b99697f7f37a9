"""What becomes of a message that failed: it waits in a retry queue, or is kept with the dead letters.

The class of the exception decides (see `rollbook.common.errors`), and how often the message was tried.
"""

import dataclasses
from typing import Final

import structlog

from rollbook.common.bus import topology
from rollbook.common.bus.publisher import Publisher, publisher_for
from rollbook.common.contracts.envelope import Message, unwrap
from rollbook.common.contracts.events import Event, UploadFailed
from rollbook.common.errors import PublishError, Unprocessable
from rollbook.common.service import Service

ATTEMPT: Final = "attempt"  # our own header: copies of x-death from clients are ignored since RabbitMQ 4.0
_GIVEN_UP_BECAUSE: Final = "x-first-death-reason"

log = structlog.get_logger(__name__)


class SettingAside:
    """Sets the failed messages of one service aside.  Owned by one thread."""

    def __init__(self, service: Service, url: str) -> None:
        self._service, self._url = service, url
        self._publisher: Publisher | None = None

    def failed(self, message: Message, event: Event | None, error: Exception) -> bool:
        """Send a message to its retry queue or to the dead letters; says whether it may be acknowledged.

        `event` is what the message carries, None where it cannot be read.  Raises SQLAlchemyError where the
        dead letters cannot be written.
        """
        attempt, delays = attempt_of(message), topology.RETRY_DELAYS_SECONDS
        given_up = isinstance(error, Unprocessable) or attempt >= len(delays)
        log.warning(
            "message failed", queue=message.routing_key, id=message.id, attempt=attempt, given_up=given_up,
            error=type(error).__name__, exc_info=not isinstance(error, Unprocessable),
        )  # fmt: skip
        if given_up:
            # Only our own exceptions are known to hold no cell of a file.
            said = str(error) if isinstance(error, Unprocessable) else ""
            self._keep(message, event, said or type(error).__name__, type(error).__name__)
            return True
        headers = {**message.headers, ATTEMPT: str(attempt + 1)}
        waiting = topology.retry_queue(message.routing_key, delays[attempt])
        return self._publish(dataclasses.replace(message, routing_key=waiting, headers=headers))

    def given_up_by_broker(self, queue: str, message: Message) -> None:
        """Keep a message of a queue that the broker itself has given up.  Raises SQLAlchemyError."""
        why = ascii(message.headers.get(_GIVEN_UP_BECAUSE, "unknown"))
        log.warning("message given up by the broker", queue=queue, id=message.id, reason=why)
        try:
            event = unwrap(message.headers, message.body)
        except Unprocessable:
            event = None
        reason = f"The broker gave it up: {why}."
        self._keep(dataclasses.replace(message, routing_key=queue), event, reason, why)

    def close(self) -> None:
        """Let the connection go."""
        if self._publisher is not None:
            self._publisher.close()

    def _keep(self, message: Message, event: Event | None, reason: str, told: str) -> None:
        """Keep a message with the dead letters, and tell so of an upload, in one transaction."""
        own = {
            name: value
            for name, value in message.headers.items()
            if name != ATTEMPT and not name.startswith("x-")  # what a replay starts without
        }
        with self._service.unit_of_work() as uow:
            kept = dataclasses.replace(message, headers=own)
            uow.dead_letters.add(kept, reason, attempt_of(message) + 1)
            if event is not None and event.upload_id:
                because = f"{event.TYPE}: {told}"
                uow.outbox.add(UploadFailed(event.upload_id, event.district_id, self._service.name, because))
            uow.commit()

    def _publish(self, message: Message) -> bool:
        if self._publisher is None:
            self._publisher = publisher_for(self._url)
        try:
            return not self._publisher.publish(topology.DEFAULT, [message])
        except PublishError as error:
            log.warning("cannot set a message aside", error=type(error).__name__)
            return False


def attempt_of(message: Message) -> int:
    """How often a message was tried before."""
    text = message.headers.get(ATTEMPT, "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
