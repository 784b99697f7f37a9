"""What a service is, to those who run it: the consumer loop, the relay, the web server, the embedded mode."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from rollbook.common.contracts.events import Event
from rollbook.common.contracts.routes import ROUTES, queue_name
from rollbook.common.errors import Unprocessable
from rollbook.common.unit_of_work import UnitOfWork

Handler = Callable[[Any, UnitOfWork], None]
"""Handles one event inside the transaction it is given; never commits.  Safe to run twice for one event.

Raises Retryable or Unprocessable (see :mod:`rollbook.common.errors`); anything else counts as Retryable.
"""

Afterwards = Callable[[Any], None]
"""Does what an event has made possible and what would hold its transaction for too long.

Called once the event is handled and committed, before its message is acknowledged, and again whenever that
message comes again: so it finds out by itself what is left to do, in transactions of its own.  Raises like a
Handler.
"""

Sweep = Callable[[UnitOfWork, dt.datetime], None]
"""Looks, every few seconds, for work that has not moved, and sets it going again.  Never commits."""


def _no_work() -> None:
    """Nobody waits for this service's relay."""


@dataclass(slots=True)
class Service:
    """One service, composed: made by its ``bootstrap.compose(settings)``.

    ``package`` is the dotted package that holds ``migrations/``; ``blueprints`` are flask-smorest blueprints
    with paths below ``/api/v1``, ``pages`` Flask blueprints at the root; ``collectors`` measure for
    Prometheus; ``wake_relay`` is set by whoever runs a relay in the same process.
    """

    name: str
    package: str
    engine: sa.Engine
    handlers: dict[type[Event], Handler]
    blueprints: tuple[Any, ...] = ()
    pages: tuple[Any, ...] = ()
    collectors: tuple[Any, ...] = ()
    afterwards: Mapping[type[Event], Afterwards] = field(default_factory=dict)
    sweep: Sweep | None = None
    wake_relay: Callable[[], None] = field(default=_no_work)

    def __post_init__(self) -> None:
        """Refuse a composition that does not handle exactly what the service hears."""
        if set(self.handlers) != set(ROUTES[self.name]):
            wrong = sorted(event.TYPE for event in set(self.handlers) ^ set(ROUTES[self.name]))
            raise TypeError(f"{self.name} handles and hears different events: {', '.join(wrong)}")

    def unit_of_work(self) -> UnitOfWork:
        """A new transaction on this service's database."""
        return UnitOfWork(self.engine, self.wake_relay)

    def handle(self, event: Event, message_id: str) -> None:
        """Handle an event: once in its transaction, by the id of its message, and then what comes afterwards.

        Raises Unprocessable for an event that this service does not hear, and what its handler raises.
        """
        kind = type(event)
        if kind not in self.handlers:
            raise Unprocessable(f"{self.name} does not hear events of type {event.TYPE}")
        with self.unit_of_work() as uow:
            if uow.inbox.first_time(queue_name(self.name, kind), message_id):
                self.handlers[kind](event, uow)
                uow.commit()
        if kind in self.afterwards:
            self.afterwards[kind](event)
