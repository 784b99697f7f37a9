"""Where the Rollbook is that an operator looks at: a data directory, or the servers the environment names."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import httpx
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from rollbook.common.bus.load import QueueLoad, load_of
from rollbook.common.database import open_engine
from rollbook.common.errors import Unavailable
from rollbook.common.metrics import QUEUE_CONSUMERS, QUEUE_MESSAGES
from rollbook.embedded import data_directory
from rollbook.embedded.composition import checkpoint_key
from rollbook.embedded.refusal import CannotRun

SERVICES: Final = ("upload", "validator", "roster", "reports")
AMQP: Final = "ROLLBOOK_AMQP_URL"
MANAGEMENT: Final = "ROLLBOOK_AMQP_MANAGEMENT_URL"
STORE: Final = "ROLLBOOK_STORE_URL"
CHECKPOINT_KEY: Final = "ROLLBOOK_CHECKPOINT_KEY"
DATABASES: Final = {service: f"ROLLBOOK_{service.upper()}_DATABASE_URL" for service in SERVICES}
"""The variables of the environment.  An operator sees all four databases, so each has a name of its own."""


class Place(Protocol):
    """One Rollbook, running or not.  Everything raises CannotRun where it cannot be had."""

    def database_urls(self, *services: str) -> dict[str, str]:
        """The databases of these services."""

    def store_url(self) -> str:
        """The store of files."""

    def checkpoint_key(self) -> str:
        """The key that checkpoints are signed with."""

    def queues(self) -> list[QueueLoad]:
        """The load of the queues."""


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The folder of a `rollbook up`.  Only its queues need the process, in whose memory they are."""

    folder: Path

    def __post_init__(self) -> None:
        """Refuse a folder in which no Rollbook has ever run."""
        if not all((self.folder / f"{service}.sqlite").is_file() for service in SERVICES):
            raise CannotRun(f"{self.folder} is no data directory of `rollbook up`.")

    def database_urls(self, *services: str) -> dict[str, str]:
        """The databases of these services."""
        return {service: data_directory.database_url(self.folder.resolve(), service) for service in services}

    def store_url(self) -> str:
        """The store of files."""
        return data_directory.store_url(self.folder.resolve())

    def checkpoint_key(self) -> str:
        """The key that checkpoints are signed with."""
        return checkpoint_key(self.folder)

    def queues(self) -> list[QueueLoad]:
        """The load of the queues, as the running process measures it."""
        address = data_directory.address(self.folder)
        if address is None:
            raise CannotRun(f"no `rollbook up` runs on {self.folder}; its queues are in that process.")
        try:
            text = httpx.get(f"{address}/metrics", timeout=10).raise_for_status().text
        except httpx.HTTPError as error:
            raise CannotRun(f"the `rollbook up` at {address} does not answer: {error}.") from None
        return _load_from(text)


@dataclass(frozen=True, slots=True)
class Servers:
    """A distributed Rollbook, reached as its services reach it."""

    environment: Mapping[str, str]

    def database_urls(self, *services: str) -> dict[str, str]:
        """The databases of these services."""
        values = self._settings(*(DATABASES[service] for service in services))
        return dict(zip(services, values, strict=True))

    def store_url(self) -> str:
        """The store of files."""
        return self._settings(STORE)[0]

    def checkpoint_key(self) -> str:
        """The key that checkpoints are signed with."""
        return self._settings(CHECKPOINT_KEY)[0]

    def queues(self) -> list[QueueLoad]:
        """The load of the queues; the dead letters beside them need the databases, so both are asked for."""
        url, *_ = self._settings(AMQP, *DATABASES.values())
        try:
            return load_of(url, self.environment.get(MANAGEMENT, ""))
        except (Unavailable, ValueError) as error:
            raise CannotRun(f"{error}; is {AMQP} right?") from None

    def _settings(self, *names: str) -> list[str]:
        missing = [name for name in names if not self.environment.get(name, "").strip()]
        if missing:
            raise CannotRun(f"not set: {', '.join(missing)} (or name a data directory with --data).")
        return [self.environment[name].strip() for name in names]


def place_of(data: Path | None, environment: Mapping[str, str]) -> Place:
    """What --data names; else the servers, if the environment names any; else the usual data directory."""
    if data is not None:
        return DataDirectory(data)
    if data_directory.DEFAULT.is_dir() and not any(environment.get(name) for name in _OF_SERVERS):
        return DataDirectory(data_directory.DEFAULT)
    return Servers(environment)


@contextmanager
def opened(place: Place, *services: str) -> Iterator[dict[str, sa.Engine]]:
    """The databases of these services (of all, if none is named).

    Raises:
        CannotRun: a database cannot be had, or fails while it is used.
    """
    engines: dict[str, sa.Engine] = {}
    try:
        for service, url in place.database_urls(*(services or SERVICES)).items():
            engines[service] = open_engine(url)
        yield engines
    except sa.exc.ArgumentError:
        wrong = next(service for service in services or SERVICES if service not in engines)
        raise CannotRun(f"{DATABASES[wrong]} is no address of a database.") from None
    except sa.exc.DBAPIError as error:
        reason = str(error.orig).strip().splitlines() or [type(error).__name__]
        raise CannotRun(f"a database does not answer as it should: {reason[0]}") from None
    finally:
        for engine in engines.values():
            engine.dispose()


_OF_SERVERS: Final = (AMQP, STORE, *DATABASES.values())


def _load_from(metrics: str) -> list[QueueLoad]:
    found: dict[str, dict[str, int]] = {}
    for family in text_string_to_metric_families(metrics):
        if family.name in {QUEUE_MESSAGES, QUEUE_CONSUMERS}:
            for sample in family.samples:
                of_queue = found.setdefault(sample.labels["queue"], {})
                of_queue[sample.labels.get("state", "consumers")] = int(sample.value)
    return [
        QueueLoad(name, of_queue["ready"], of_queue["unacknowledged"], of_queue["consumers"])
        for name, of_queue in sorted(found.items())
    ]
