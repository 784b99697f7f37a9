"""What a transaction has to tell, and what has been heard before."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from rollbook.common.contracts.envelope import wrap
from rollbook.common.contracts.events import Event
from rollbook.common.outbox.bell import ring_at_commit
from rollbook.common.outbox.tables import inbox, outbox
from rollbook.common.tracing import traceparent


class Outbox:
    """Collects the events of one transaction; :meth:`flush` writes them in one statement.

    An event that stands in the table already (same id: the work was done before) is not added again.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._rows: list[dict[str, object]] = []

    def add(self, *events: Event, attempt: int = 0) -> None:
        """Tell these events, in this order, once the transaction commits."""
        at = dt.datetime.now(dt.UTC)
        for event in events:
            message = wrap(event, attempt=attempt, at=at, traceparent=traceparent())
            self._rows.append(
                {
                    "id": message.id,
                    "type": event.TYPE,
                    "subject": event.upload_id or event.district_id,
                    "attempt": attempt,
                    "headers": message.headers,
                    "body": message.body,
                    "created_at": at,
                }
            )

    def flush(self) -> bool:
        """Write what was added; says whether there was anything."""
        if not self._rows:
            return False
        self._connection.execute(insert_new(self._connection, outbox), self._rows)
        ring_at_commit(self._connection)
        self._rows = []
        return True


class Inbox:
    """Which messages each queue's handler has handled before."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def first_time(self, queue: str, identity: str) -> bool:
        """Note a message as handled (with this transaction); False where it was handled before."""
        row = {"queue": queue, "id": identity, "handled_at": dt.datetime.now(dt.UTC)}
        return self._connection.execute(insert_new(self._connection, inbox).values(row)).rowcount == 1


def insert_new(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that passes over rows whose key is there already, on PostgreSQL and SQLite.

    Its ``rowcount`` says how many were new; SQLAlchemy keeps that of an INSERT only where it is told to, and
    gives -1 on PostgreSQL otherwise.
    """
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
