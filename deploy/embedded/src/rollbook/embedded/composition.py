"""All four services in one process: SQLite each, a bus in memory, a folder for files, and threads."""

import datetime as dt
import importlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import httpx
import sqlalchemy as sa
from flask import Flask

from rollbook.common.bus import topology
from rollbook.common.bus.connection import connect
from rollbook.common.bus.consumer import ConsumerLoop
from rollbook.common.bus.load import load_of
from rollbook.common.database import upgrade
from rollbook.common.errors import AnotherVersion
from rollbook.common.health import Health
from rollbook.common.metrics import QueueCollector
from rollbook.common.outbox.relay import Relay
from rollbook.common.outbox.resend import unsend
from rollbook.common.service import Service
from rollbook.common.settings import Settings
from rollbook.common.web.app import create_app
from rollbook.embedded import data_directory, sample_district
from rollbook.embedded.client import Client
from rollbook.embedded.issuer import AUDIENCE, ISSUER, Issuer, jwks_url
from rollbook.embedded.loopback_only import answer_to_loopback_only
from rollbook.embedded.refusal import CannotRun
from rollbook.embedded.sign_in import PEOPLE, DemoPerson, make_provider
from rollbook.reports.adapters.checkpoints import SigningKey

SERVICES: Final = ("upload", "validator", "roster", "reports")

SIGN_IN: Final = "/oidc"
"""Where the provider is that people sign in at."""

TOLD_AGAIN: Final = dt.timedelta(days=1)
"""How far back events are told again at a start.  What is older is known to be stalled, and told then."""


@dataclass
class Embedded:
    """A running Rollbook on a data directory.  As a context manager it ends every thread it started.

    The bus is lost with the process, the outboxes are not: at a start everything told of late is told again,
    and the inboxes drop what was handled before.

    `demo_people`: whether anybody may sign in as one of the demo `people`, whose sample district is then
    entered; None is: while there is no other district.

    Raises:
        CannotRun: what lies in the data directory cannot be used.
    """

    data: Path
    demo_people: bool | None = None
    people: Sequence[DemoPerson] = field(init=False, default=())
    services: list[Service] = field(init=False)
    app: Flask = field(init=False)
    _stop: threading.Event = field(init=False, default_factory=threading.Event)
    _threads: list[threading.Thread] = field(init=False, default_factory=list)
    _jobs: list[Relay | ConsumerLoop] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._bus = f"memory://{self.data.name}-{os.getpid()}"
        self._issuer = Issuer.kept_in(self.data)
        keys = jwks_url(self.data)
        self.services = [compose(name, self.data, self._bus, keys) for name in SERVICES]
        settings = settings_of(SERVICES[0], self.data, self._bus, keys)
        queues = QueueCollector(lambda: load_of(self._bus))
        self.app = create_app(self.services, settings, Health(self.services, self._hindrances, [queues]))
        answer_to_loopback_only(self.app)

    def __enter__(self) -> Self:
        with connect(self._bus) as connection:
            topology.apply(connection)
        for service in self.services:
            _open_database(service)
        self._open_sign_in()
        for service in self.services:
            self._start(f"{service.name}-relay", Relay(service, self._bus, self._stop))
            for number in range(_consumers(service)):
                self._start(f"{service.name}-consume-{number}", ConsumerLoop(service, self._bus, self._stop))
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for service in self.services:
            service.wake_relay()
        for thread in self._threads:
            thread.join()
        for service in self.services:
            service.engine.dispose()

    def _open_sign_in(self) -> None:
        districts = sample_district.districts_in(self.services[0].engine)
        alone = districts <= {person.district_id for person in PEOPLE}
        self.people = PEOPLE if (alone if self.demo_people is None else self.demo_people) else ()
        self.app.register_blueprint(make_provider(self._issuer, self.people), url_prefix=SIGN_IN)
        if self.people and sample_district.DISTRICT not in districts:
            token = self._issuer.token(sample_district.DISTRICT, ("support",), "Sam Support")
            with Client("http://localhost", token, httpx.WSGITransport(self.app)) as support:
                sample_district.enter(support)

    def _start(self, name: str, job: Relay | ConsumerLoop) -> None:
        thread = threading.Thread(target=job.run, name=name)
        thread.start()
        self._threads.append(thread)
        self._jobs.append(job)

    def _hindrances(self) -> list[str]:
        return [hindrance for job in self._jobs for hindrance in job.hindrances()]


def compose(name: str, data: Path, bus: str, jwks_url: str) -> Service:
    """One service, composed by its own bootstrap."""
    bootstrap = importlib.import_module(f"rollbook.{name}.bootstrap")
    service = bootstrap.compose(settings_of(name, data, bus, jwks_url))
    if not isinstance(service, Service):
        raise TypeError(f"rollbook.{name}.bootstrap.compose gave no Service")
    return service


def settings_of(name: str, data: Path, bus: str, jwks_url: str) -> Settings:
    """The settings of a service in the embedded mode; most of its own keep their defaults."""
    settings: type[Settings] = importlib.import_module(f"rollbook.{name}.settings").Settings
    own: dict[str, Any] = {}
    if name == "reports":
        own = {"checkpoint_key": checkpoint_key(data)}
    if name == "upload":
        own = {"oidc_discovery_url": f"{SIGN_IN}/.well-known/openid-configuration"}
    return settings(
        database_url=data_directory.database_url(data, name),
        amqp_url=bus,
        store_url=data_directory.store_url(data),
        jwks_url=jwks_url,
        issuer=ISSUER,
        audience=AUDIENCE,
        **own,
    )


def checkpoint_key(data: Path) -> str:
    """The key that signs checkpoints of the reports' chains, made when it is first needed."""
    path = data / "checkpoint-key.json"
    if not path.exists():
        data_directory.keep_secret(path, SigningKey.made())
    return path.read_text()


def _open_database(service: Service) -> None:
    """Bring a database up to date, and have told again what was told of late."""
    try:
        upgrade(service.engine, service.package)
        unsend(service.engine, dt.datetime.now(dt.UTC) - TOLD_AGAIN)
    except AnotherVersion as error:
        raise CannotRun(str(error)) from None
    except sa.exc.DBAPIError as error:
        raise CannotRun(f"the database of {service.name} cannot be used: {error.orig}.") from None


def _consumers(service: Service) -> int:
    # Only chunks gain from more than one: the others would wait for the same SQLite write lock.
    return (os.cpu_count() or 1) if service.name == "validator" else 1
