"""The relay: publishes what stands in the outbox, in order, and marks it as sent once it is confirmed."""

import datetime as dt
import threading
import time
from typing import Final

import sqlalchemy as sa
import structlog

from rollbook.common.bus.publisher import WINDOW, Publisher, publisher_for
from rollbook.common.bus.topology import EVENTS
from rollbook.common.contracts.envelope import Message
from rollbook.common.outbox.tables import inbox, outbox
from rollbook.common.service import Service

POLL_SECONDS: Final = 0.05
SWEEP_SECONDS: Final = 5.0
KEPT: Final = dt.timedelta(days=14)

log = structlog.get_logger(__name__)


class Relay:
    """Publishes one service's outbox until `stop` is set, and lets the service sweep now and then."""

    def __init__(self, service: Service, url: str, stop: threading.Event) -> None:
        self._service, self._url, self._stop = service, url, stop
        self._publisher: Publisher | None = None
        self._wake = threading.Event()
        service.wake_relay = self._wake.set

    def run(self) -> None:
        """Relay and sweep; whatever fails is tried again."""
        pause, swept_at = POLL_SECONDS, time.monotonic()
        while not self._stop.is_set():
            try:
                if self.publish_some():
                    pause = POLL_SECONDS
                    continue
                if time.monotonic() - swept_at > SWEEP_SECONDS:
                    swept_at = time.monotonic()
                    self.sweep()
                pause = POLL_SECONDS
            except Exception as error:  # noqa: BLE001  (broker or database: both come back)
                log.warning("relay waits", service=self._service.name, error=type(error).__name__)
                pause = min(pause * 2, 5.0)
            self._wake.wait(pause)
            self._wake.clear()
        if self._publisher is not None:
            self._publisher.close()

    def publish_some(self) -> bool:
        """Publish one window; says whether anything was sent.

        The rows are locked meanwhile, so that a second relay of the service takes others.

        Raises:
            PublishError: some were refused; the others are marked as sent.
        """
        unsent = (
            sa.select(outbox.c.seq, outbox.c.id, outbox.c.type, outbox.c.headers, outbox.c.body)
            .where(outbox.c.sent_at.is_(None))
            .order_by(outbox.c.seq)
            .limit(WINDOW)
        )
        with self._service.engine.connect().execution_options(
            reading_only=self._service.engine.dialect.name == "sqlite"
        ) as connection:
            rows = connection.execute(unsent.with_for_update(skip_locked=True)).all()
            if not rows:
                return False
            if self._service.engine.dialect.name == "sqlite":
                connection.rollback()  # one relay only; and nobody should wait for a lock while we publish
            failures = self._connected().publish(
                EVENTS, [Message(row.id, row.type, row.headers, row.body) for row in rows]
            )
            sent = [row.seq for row in rows if row.id not in failures]
            mark = sa.update(outbox).where(outbox.c.seq.in_(sent)).values(sent_at=dt.datetime.now(dt.UTC))
            connection.execute(mark)
            connection.commit()
        if failures:
            raise next(iter(failures.values()))
        return True

    def sweep(self) -> None:
        """Set going what has not moved, and drop what is no longer needed of outbox and inbox."""
        now = dt.datetime.now(dt.UTC)
        with self._service.unit_of_work() as uow:
            if self._service.sweep is not None:
                self._service.sweep(uow, now)
            uow.connection.execute(sa.delete(outbox).where(outbox.c.sent_at < now - KEPT))
            uow.connection.execute(sa.delete(inbox).where(inbox.c.handled_at < now - KEPT))
            uow.commit()

    def _connected(self) -> Publisher:
        if self._publisher is None:
            self._publisher = publisher_for(self._url)
        return self._publisher
