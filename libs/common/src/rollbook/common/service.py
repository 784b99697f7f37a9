"""What a service is, to those who run it: the consumer loop, the relay, the web server, the embedded mode."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from rollbook.common.contracts.events import Event
from rollbook.common.contracts.routes import ROUTES
from rollbook.common.unit_of_work import UnitOfWork

Handler = Callable[[Any, UnitOfWork], None]
"""Handles one event inside the transaction it is given; never commits.  Safe to run twice for one event.

Raises Retryable or Unprocessable (see :mod:`rollbook.common.errors`); anything else counts as Retryable.
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
