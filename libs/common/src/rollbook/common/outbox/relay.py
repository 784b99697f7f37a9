"""The relay: publishes what stands in the outbox, in order, and marks it as sent once it is confirmed.

Dead letters that are to be replayed it puts into the queue they came from, and there alone.
"""

import datetime as dt
import threading
import time
from collections import Counter
from typing import Final

import sqlalchemy as sa
import structlog

from rollbook.common.bus.publisher import WINDOW, Publisher, publisher_for
from rollbook.common.bus.topology import DEFAULT, EVENTS
from rollbook.common.contracts.envelope import Message
from rollbook.common.outbox.bell import bell_of
from rollbook.common.outbox.dead_letters import DeadLetters
from rollbook.common.outbox.tables import inbox, outbox
from rollbook.common.service import Service

LOOK_SECONDS: Final = 0.5  # without being rung for
LONGEST_PAUSE_SECONDS: Final = 5.0
SWEEP_SECONDS: Final = 5.0
CLEANING_SECONDS: Final = 3600.0
KEPT: Final = dt.timedelta(days=14)

log = structlog.get_logger(__name__)


class Relay:
    """Publishes one service's outbox until `stop` is set, and lets the service sweep now and then."""

    def __init__(self, service: Service, url: str, stop: threading.Event) -> None:
        self._service, self._url, self._stop = service, url, stop
        self._publisher: Publisher | None = None
        self._bell = bell_of(service.engine)
        self._swept_at = self._cleaned_at = time.monotonic()
        service.wake_relay = self._bell.ring
        self._waits = False

    def hindrances(self) -> list[str]:
        """What keeps it from working now."""
        return [f"The relay of {self._service.name} waits for its database or the broker."] * self._waits

    def run(self) -> None:
        """Relay and sweep; whatever fails is tried again, ever more slowly."""
        pause = LOOK_SECONDS
        while not self._stop.is_set():
            try:
                refused = self.publish_all() + self.replay()
                self._keep_house()
                self._waits = False
                pause = LOOK_SECONDS if not refused else min(pause * 2, LONGEST_PAUSE_SECONDS)
                self._bell.wait(pause)
            except Exception as error:  # noqa: BLE001  (broker or database: both come back)
                self._waits = True
                log.warning("relay waits", service=self._service.name, error=type(error).__name__)
                self._bell.close()
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                self._stop.wait(pause)
        self._bell.close()
        if self._publisher is not None:
            self._publisher.close()

    def publish_all(self) -> int:
        """Publish whatever stands in the outbox, window by window; gives the number of refused messages.

        A refused message stays, and holds up none behind it.  Raises Unavailable without a broker.
        """
        seq, refused = 0, Counter[tuple[str, str]]()
        while not self._stop.is_set():
            rows = self._publish_window(seq, refused)
            if not rows:
                break
            seq = rows[-1]
        for (event_type, error), count in refused.items():
            log.warning(
                "messages refused", service=self._service.name, type=event_type, error=error, count=count
            )
        return refused.total()

    def _publish_window(self, after: int, refused: Counter[tuple[str, str]]) -> list[int]:
        """Publish the next unsent rows after one; gives their `seq`.

        The rows are locked meanwhile, so that a second relay of the service takes others.
        """
        unsent = (
            sa.select(outbox.c.seq, outbox.c.id, outbox.c.type, outbox.c.headers, outbox.c.body)
            .where(outbox.c.sent_at.is_(None), outbox.c.seq > after)
            .order_by(outbox.c.seq)
            .limit(WINDOW)
        )
        one_relay_only = self._service.engine.dialect.name == "sqlite"
        with self._service.engine.connect().execution_options(reading_only=one_relay_only) as connection:
            rows = connection.execute(unsent.with_for_update(skip_locked=True)).all()
            if not rows:
                return []
            if one_relay_only:
                connection.rollback()  # nobody should wait for a lock while we publish
            failures = self._connected().publish(
                EVENTS, [Message(row.id, row.type, row.headers, row.body) for row in rows]
            )
            refused.update((row.type, type(failures[row.id]).__name__) for row in rows if row.id in failures)
            sent = [row.seq for row in rows if row.id not in failures]
            mark = sa.update(outbox).where(outbox.c.seq.in_(sent)).values(sent_at=dt.datetime.now(dt.UTC))
            connection.execute(mark)
            connection.commit()
        return [row.seq for row in rows]

    def replay(self) -> int:
        """Put a window of dead letters into their queues again; gives the number of refused messages.

        Raises Unavailable without a broker; they stay.
        """
        one_relay_only = self._service.engine.dialect.name == "sqlite"
        with self._service.engine.connect().execution_options(reading_only=one_relay_only) as connection:
            wanted = DeadLetters(connection).to_replay(WINDOW)
            if not wanted:
                return 0
            if one_relay_only:
                connection.rollback()
            failures = self._connected().publish(DEFAULT, wanted)
            DeadLetters(connection).replayed([one for one in wanted if one.id not in failures])
            connection.commit()
        return len(failures)

    def _keep_house(self) -> None:
        now = time.monotonic()
        if self._service.sweep is not None and now - self._swept_at > SWEEP_SECONDS:
            self._swept_at = now
            with self._service.unit_of_work() as uow:
                self._service.sweep(uow, dt.datetime.now(dt.UTC))
                uow.commit()
        if now - self._cleaned_at > CLEANING_SECONDS:
            self._cleaned_at = now
            self.clean(dt.datetime.now(dt.UTC))

    def clean(self, now: dt.datetime) -> None:
        """Drop what is no longer needed of outbox and inbox."""
        with self._service.unit_of_work() as uow:
            uow.connection.execute(sa.delete(outbox).where(outbox.c.sent_at < now - KEPT))
            uow.connection.execute(sa.delete(inbox).where(inbox.c.handled_at < now - KEPT))
            uow.commit()

    def _connected(self) -> Publisher:
        if self._publisher is None:
            self._publisher = publisher_for(self._url)
        return self._publisher
