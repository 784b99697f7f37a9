"""One transaction of a service: its changes and the events that tell of them, all or nothing."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from rollbook.common.outbox.dead_letters import DeadLetters
from rollbook.common.outbox.outbox import Inbox, Outbox


def _nobody() -> None:
    """There is no relay in this process to wake."""


class UnitOfWork:
    """A context manager around one transaction.  What was not committed is rolled back at its end.

    ``wake_relay`` is called after a commit that told something, so that a relay in the same process publishes
    without waiting for its next poll.
    """

    connection: sa.Connection
    inbox: Inbox
    outbox: Outbox
    dead_letters: DeadLetters

    def __init__(self, engine: sa.Engine, wake_relay: Callable[[], None] = _nobody) -> None:
        self._engine = engine
        self._wake_relay = wake_relay

    def __enter__(self) -> Self:
        self.connection = self._engine.connect()
        self.connection.begin()
        self.inbox = Inbox(self.connection)
        self.outbox = Outbox(self.connection)
        self.dead_letters = DeadLetters(self.connection)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()  # rolls back what was not committed

    def commit(self) -> None:
        """Make the changes and their events lasting, together."""
        told = self.outbox.flush()
        self.connection.commit()
        if told:
            self._wake_relay()
