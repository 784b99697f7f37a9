"""The work queues with what waits in them, beside them and for a person."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rollbook.common.bus import topology
from rollbook.common.bus.load import QueueLoad
from rollbook.common.contracts.routes import ROUTES, queue_name
from rollbook.embedded.ops import dead_letters


def lines(loads: list[QueueLoad], engines: Mapping[str, sa.Engine]) -> list[dict[str, Any]]:
    """One line per work queue: ready, unacknowledged, consumers, retrying, dead."""
    by_name = {load.name: load for load in loads}
    dead = Counter(letter.queue for letter in dead_letters.listed(engines))
    found = []
    for service, heard in ROUTES.items():
        for event in heard:
            name = queue_name(service, event)
            load = by_name[name]
            retrying = sum(
                by_name[topology.retry_queue(name, delay)].ready for delay in topology.RETRY_DELAYS_SECONDS
            )
            found.append(
                {
                    "queue": name,
                    "ready": load.ready,
                    "unacknowledged": load.unacknowledged,
                    "consumers": load.consumers,
                    "retrying": retrying,
                    "dead": dead[name] + by_name[topology.dead_queue(name)].ready,
                }
            )
    return found
