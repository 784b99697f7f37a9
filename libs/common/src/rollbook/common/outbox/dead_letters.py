"""Messages that could not be handled: kept by the service they were for until a person decides.

They lie in its database and not on the bus.  So setting one aside and telling of it is one transaction;
looking at them wears nothing out (a broker counts how often a message was taken and given back); and they
outlive the broker, the one inside a process too.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from rollbook.common.contracts.envelope import Message
from rollbook.common.outbox.outbox import insert_new
from rollbook.common.outbox.tables import dead_letter


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was set aside.  `attempts`: how often it was tried; `replay`: it waits for the relay."""

    queue: str
    id: str
    headers: dict[str, str]
    reason: str
    attempts: int
    died_at: dt.datetime
    replay: bool

    @property
    def type(self) -> str:
        """The event's type with its version, "" where the message has none."""
        return self.headers.get("cloudEvents_type", "")

    @property
    def upload_id(self) -> str:
        """The upload (or the district) that the message is about, "" where it does not say."""
        return self.headers.get("cloudEvents_subject", "")


class DeadLetters:
    """One service's dead letters, within one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, message: Message, reason: str, attempts: int) -> None:
        """Keep a message of the queue that its routing key names; one that is there already dies anew."""
        facts = {
            "headers": message.headers,
            "body": message.body,
            "reason": reason,
            "attempts": attempts,
            "died_at": dt.datetime.now(dt.UTC),
            "replay": False,
        }
        # A replayed message may fail before its relay has let go of it: this waits for the relay's lock, or
        # takes the mark away that the relay deletes by.
        again = sa.update(dead_letter).where(_one(message.routing_key, message.id)).values(facts)
        if self._connection.execute(again).rowcount == 0:
            row = {"queue": message.routing_key, "id": message.id, **facts}
            self._connection.execute(insert_new(self._connection, dead_letter).values(row))

    def listed(self) -> list[DeadLetter]:
        """All of them, the oldest first."""
        columns = [column for column in dead_letter.c if column.name != "body"]
        rows = self._connection.execute(sa.select(*columns).order_by(dead_letter.c.died_at, dead_letter.c.id))
        return [DeadLetter(**row) for row in rows.mappings()]

    def body(self, letter: DeadLetter) -> bytes:
        """What the message says.  Raises LookupError where it has gone meanwhile."""
        found = self._connection.execute(sa.select(dead_letter.c.body).where(_one(letter.queue, letter.id)))
        if (row := found.first()) is None:
            raise LookupError(letter.id)
        return bytes(row.body)

    def replay(self, letter: DeadLetter) -> bool:
        """Have the relay put a message into its queue again; False where it has gone meanwhile."""
        wanted = sa.update(dead_letter).where(_one(letter.queue, letter.id)).values(replay=True)
        return self._connection.execute(wanted).rowcount == 1

    def discard(self, letter: DeadLetter) -> bool:
        """Give a message up for good; False where it has gone meanwhile."""
        gone = sa.delete(dead_letter).where(_one(letter.queue, letter.id))
        return self._connection.execute(gone).rowcount == 1

    def to_replay(self, limit: int) -> list[Message]:
        """Messages that are to be replayed, the oldest first; others who ask meanwhile get other ones."""
        wanted = sa.select(dead_letter).where(dead_letter.c.replay).order_by(dead_letter.c.died_at)
        rows = self._connection.execute(wanted.limit(limit).with_for_update(skip_locked=True))
        return [Message(row.id, row.queue, row.headers, row.body) for row in rows]

    def replayed(self, messages: Sequence[Message]) -> None:
        """These are in their queues again."""
        for message in messages:
            again = _one(message.routing_key, message.id) & dead_letter.c.replay
            self._connection.execute(sa.delete(dead_letter).where(again))


def _one(queue: str, identity: str) -> sa.ColumnElement[bool]:
    return (dead_letter.c.queue == queue) & (dead_letter.c.id == identity)
