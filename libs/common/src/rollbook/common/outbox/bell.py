"""How a relay hears that there is something to publish, without looking all the time.

A transaction that tells something rings when it commits: on PostgreSQL by NOTIFY, which reaches the relay in
its own process; on SQLite by an event in this process.  A bell that was not heard costs a moment, never a
message: the relay looks of itself as well.
"""

import contextlib
import threading
from typing import Any, Final, Protocol

import sqlalchemy as sa

CHANNEL: Final = "rollbook_outbox"


class Bell(Protocol):
    """Rings once there is something in the outbox."""

    def wait(self, seconds: float) -> bool:
        """Return when it rings, or after so many seconds; says whether it rang (or may have)."""

    def ring(self) -> None:
        """Ring from within this process."""

    def close(self) -> None:
        """Listen no more.  Safe to repeat."""


def bell_of(engine: sa.Engine) -> Bell:
    """The bell of a service's database."""
    return PostgreSQLBell(engine) if engine.dialect.name == "postgresql" else ThreadBell()


def ring_at_commit(connection: sa.Connection) -> None:
    """Have the bell of this database ring when the transaction commits, and not if it does not."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


class ThreadBell:
    """For a relay and writers that are threads of one process."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Return when it rings, or after so many seconds; says whether it rang."""
        rung = self._rung.wait(seconds)
        self._rung.clear()
        return rung

    def ring(self) -> None:
        """Let the relay look now."""
        self._rung.set()

    def close(self) -> None:
        """There is nothing to let go of."""


class PostgreSQLBell:
    """LISTEN on a connection of its own, which must be one session (a pooler has to pool by session)."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Return when it rings, or after so many seconds; says whether it rang.

        Raises psycopg's or SQLAlchemy's OperationalError without the server.
        """
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            return True  # it may have rung before anybody listened
        driver: Any = self._connection.connection.driver_connection
        rung = any(True for _ in driver.notifies(timeout=seconds, stop_after=1))
        for _ in driver.notifies(timeout=0):  # what rang meanwhile is the same look
            pass
        return rung

    def ring(self) -> None:
        """It rings by itself: see :func:`ring_at_commit`."""

    def close(self) -> None:
        """End the session.  Safe to repeat."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):  # it may be broken: that is why it is closed
                connection.detach()
                connection.close()
