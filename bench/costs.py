"""What the processes of a Rollbook have cost so far, and when each step of an upload's journey was taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg

from distributed import Distributed


def process_trees(running: Distributed) -> dict[str, list[psutil.Process]]:
    """The processes by name, each with its children."""
    return {
        name: [parent := psutil.Process(server.process.pid), *parent.children(recursive=True)]
        for name, server in running.processes.items()
        if server.process is not None
    }


def peaks(running: Distributed) -> dict[str, int]:
    """The peak resident bytes of each process, of the largest where it has children."""
    return {name: max(peak_of(one.pid) for one in tree) for name, tree in process_trees(running).items()}


def peak_of(pid: int) -> int:
    """VmHWM of a process, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def forget_peaks(running: Distributed) -> None:
    """Count the peaks from now on."""
    for tree in process_trees(running).values():
        for one in tree:
            Path(f"/proc/{one.pid}/clear_refs").write_text("5")


def processor_seconds(running: Distributed) -> dict[str, float]:
    """Seconds of processor time of each process so far."""
    return {
        name: sum(one.cpu_times().user + one.cpu_times().system for one in tree)
        for name, tree in process_trees(running).items()
    }


@dataclass(frozen=True, slots=True)
class Step:
    """An event that a service told, or began to handle, and when."""

    at: datetime
    service: str
    what: str


def steps(running: Distributed, upload_id: str) -> list[Step]:
    """What happened to an upload, in order: from the outboxes (told at commit, published) and inboxes."""
    told: dict[str, tuple[str, str]] = {}
    found = []
    for service, url in running.databases.items():
        for identity, event_type, begun, sent in _rows(
            url, "SELECT id, type, created_at, sent_at FROM outbox WHERE subject = %s", upload_id
        ):
            told[identity] = (service, event_type)
            found.append(Step(begun, service, f"tells {event_type}"))
            if sent is not None:
                found.append(Step(sent, service, f"relay has sent {event_type}"))
    for service, url in running.databases.items():
        for identity, handled in _rows(url, "SELECT id, handled_at FROM inbox"):
            if identity in told:
                found.append(Step(handled, service, f"takes {told[identity][1]}"))
    return sorted(found, key=lambda step: step.at)


def _rows(url: str, query: str, *values: str) -> Iterator[Any]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        yield from connection.execute(query, values)
