"""What Rollbook measures, for Prometheus.  No metric holds a cell of a file, or names a person or a district.

==============================  ======================================================================
`rollbook_handler_seconds`      how long handling one message took, by queue and outcome (handled,
                                failed); a histogram, in the process that consumes
`rollbook_outbox_unsent`        events that no relay has published yet, by service
`rollbook_outbox_lag_seconds`   age of the oldest of them, by service; 0 where there is none
`rollbook_dead_letters`         messages that wait for a person, by service
`rollbook_queue_messages`       messages in a queue, by queue and state (ready, unacknowledged);
                                only where the bus is in the process: RabbitMQ measures itself
`rollbook_queue_consumers`      consumers of a queue; likewise
`rollbook_uploads`              uploads by kind and status; the upload service
`rollbook_upload_rows`          rows of all files that were taken in, by kind; the upload service
`rollbook_findings`             findings of all files, by severity; the reports service
`rollbook_reports_overdue`      reports for which something announced has not come; the reports service
==============================  ======================================================================

All but the first are gauges, read from the databases when they are asked for.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import sqlalchemy as sa
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from rollbook.common.bus.load import QueueLoad
from rollbook.common.database import reading
from rollbook.common.outbox.tables import dead_letter, outbox

HANDLER_SECONDS: Final = Histogram(
    "rollbook_handler_seconds", "How long handling one message took.", ["queue", "outcome"]
)
QUEUE_MESSAGES: Final = "rollbook_queue_messages"
QUEUE_CONSUMERS: Final = "rollbook_queue_consumers"


class QueueCollector(Collector):
    """The load of the queues of a bus in this process."""

    def __init__(self, load: Callable[[], Iterable[QueueLoad]]) -> None:
        self._load = load

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Messages of each queue by state, and its consumers."""
        messages = GaugeMetricFamily(QUEUE_MESSAGES, "Messages in a queue.", labels=["queue", "state"])
        consumers = GaugeMetricFamily(QUEUE_CONSUMERS, "Consumers of a queue.", labels=["queue"])
        for one in self._load():
            messages.add_metric([one.name, "ready"], one.ready)
            if one.unacknowledged is not None:
                messages.add_metric([one.name, "unacknowledged"], one.unacknowledged)
            consumers.add_metric([one.name], one.consumers)
        return [messages, consumers]


class TableCollector(Collector):
    """A gauge that a query gives: each row is the values of the labels, and last the figure."""

    def __init__(
        self, name: str, words: str, labels: Sequence[str], engine: sa.Engine, query: sa.Executable
    ) -> None:
        self._name, self._words, self._labels = name, words, labels
        self._engine, self._query = engine, query

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The figures as they are now; none while the database is away."""
        gauge = GaugeMetricFamily(self._name, self._words, labels=self._labels)
        try:
            with reading(self._engine) as connection:
                for *labels, figure in connection.execute(self._query):
                    gauge.add_metric([str(label) for label in labels], float(figure or 0))
        except sa.exc.SQLAlchemyError:
            return []
        return [gauge]


class MessagingCollector(Collector):
    """What waits in the outbox of a service, and among its dead letters."""

    def __init__(self, services: Iterable[tuple[str, sa.Engine]]) -> None:
        self._services = tuple(services)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The figures of each service whose database answers."""
        unsent = GaugeMetricFamily("rollbook_outbox_unsent", "Events not yet published.", labels=["service"])
        lag = GaugeMetricFamily("rollbook_outbox_lag_seconds", "Age of the oldest.", labels=["service"])
        dead = GaugeMetricFamily("rollbook_dead_letters", "Messages for a person.", labels=["service"])
        waiting = sa.select(sa.func.count(), sa.func.min(outbox.c.created_at)).where(
            outbox.c.sent_at.is_(None)
        )
        for name, engine in self._services:
            try:
                with reading(engine) as connection:
                    count, oldest = connection.execute(waiting).one()
                    letters = connection.execute(
                        sa.select(sa.func.count()).select_from(dead_letter)
                    ).scalar_one()
            except sa.exc.SQLAlchemyError:
                continue
            unsent.add_metric([name], count)
            age = (dt.datetime.now(dt.UTC) - oldest).total_seconds() if oldest else 0.0
            lag.add_metric([name], max(age, 0.0))
            dead.add_metric([name], letters)
        return [unsent, lag, dead]


def exposition(collectors: Iterable[Collector]) -> bytes:
    """What these collectors and this process measure, in the text format of Prometheus."""
    own = CollectorRegistry()
    for collector in collectors:
        own.register(collector)
    return generate_latest(own) + generate_latest(REGISTRY)
