"""The load of the queues as metrics, where the bus lies in the process that is asked."""

from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from rollbook.common.bus.load import QueueLoad

MESSAGES: Final = "rollbook_queue_messages"
CONSUMERS: Final = "rollbook_queue_consumers"


class QueueCollector(Collector):
    """Asks the bus at each scrape."""

    def __init__(self, load: Callable[[], Iterable[QueueLoad]]) -> None:
        self._load = load

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Messages of each queue by state (ready, unacknowledged), and its consumers."""
        messages = GaugeMetricFamily(MESSAGES, "Messages in a queue.", labels=["queue", "state"])
        consumers = GaugeMetricFamily(CONSUMERS, "Consumers of a queue.", labels=["queue"])
        for one in self._load():
            messages.add_metric([one.name, "ready"], one.ready)
            if one.unacknowledged is not None:
                messages.add_metric([one.name, "unacknowledged"], one.unacknowledged)
            consumers.add_metric([one.name], one.consumers)
        return [messages, consumers]
