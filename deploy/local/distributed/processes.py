"""The four services as processes of their own, behind the gateway, on a real broker and real databases."""

import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from distributed.issuer import AUDIENCE, ISSUER, LocalIssuer
from servers import Gateway, PostgreSQL, RabbitMQ, Upstreams, a_postgresql, a_rabbitmq
from servers.process import ServerProcess, accepts_connections, free_ports, own_directory

SERVICES = ("upload", "validator", "roster", "reports")
START_SECONDS = 180.0
ALLOCATORS = {
    "roster": {
        "_RJEM_MALLOC_CONF": (
            "oversize_threshold:131072,background_thread:true,dirty_decay_ms:20,muzzy_decay_ms:0"
        ),
        "MALLOC_MMAP_THRESHOLD_": "131072",
    },
    "reports": {
        "_RJEM_MALLOC_CONF": "oversize_threshold:131072,narenas:1,dirty_decay_ms:0,muzzy_decay_ms:0",
        "MALLOC_MMAP_THRESHOLD_": "131072",
    },
}
"""How the allocators of Polars and of the C library are to be, as in deploy/run-role: see there why."""


@dataclass
class Distributed:
    """A running Rollbook: `url` is the gateway's, `issuer` gives tokens for it.

    `processes` holds every process by name (`upload-web`, `roster-relay`, `validator-consume-2`, …):
    kill one, then `restart` it by that name.  `databases` holds the URL of each service's database, and
    `operator_environment` is what `rollbook ops` needs to know.  Broker and database server are started
    unless they are given.
    """

    validators: int = 2
    gateway_port: int | None = None
    broker: RabbitMQ | None = None
    database_server: PostgreSQL | None = None
    environment: dict[str, str] = field(default_factory=dict)
    amqp_url: str = field(init=False, default="")
    operator_environment: dict[str, str] = field(init=False, default_factory=dict)
    processes: dict[str, ServerProcess] = field(init=False, default_factory=dict)
    databases: dict[str, str] = field(init=False, default_factory=dict)
    _ports: dict[str, int] = field(init=False, default_factory=dict)
    _stack: ExitStack = field(init=False, default_factory=ExitStack)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def health_url(self, name: str) -> str:
        """Where a process answers /healthz, /readyz and /metrics."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def restart(self, name: str) -> None:
        """Start a process again that was killed or has ended."""
        self.processes[name].start(lambda: self._listens(name), START_SECONDS)

    def _listens(self, name: str) -> bool:
        # Consumers and relays too, though nobody needs their port: one that could not have it has ended.
        return accepts_connections(self._ports[name])

    def ended(self) -> list[str]:
        """The names of the processes that are not running (any more)."""
        return [name for name, process in self.processes.items() if not process.is_running]

    def _start(self, stack: ExitStack) -> None:
        self.directory = own_directory("rollbook")
        stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        broker = self.broker or stack.enter_context(a_rabbitmq())
        databases = self.database_server or stack.enter_context(a_postgresql())
        self.amqp_url = amqp_url = broker.new_vhost()
        stack.callback(broker.drop_vhost, amqp_url)
        (self.directory / "store").mkdir()
        store_url = (self.directory / "store").as_uri()
        self.operator_environment = {
            "ROLLBOOK_AMQP_URL": amqp_url,
            "ROLLBOOK_AMQP_MANAGEMENT_URL": broker.management_url,
            "ROLLBOOK_STORE_URL": store_url,
        }

        names = [f"{service}-{role}" for service in SERVICES for role in ("web", "relay", "consume")]
        names += [f"validator-consume-{number}" for number in range(2, self.validators + 1)]
        gateway_port, *ports = free_ports(1 + len(names))
        self._ports = dict(zip(names, ports, strict=True))
        gateway_port = self.gateway_port or gateway_port
        portals = tuple(f"http://{host}:{gateway_port}" for host in ("127.0.0.1", "localhost"))
        self.issuer = stack.enter_context(LocalIssuer(portals))

        for service in SERVICES:
            self.databases[service] = database_url = databases.new_database()
            stack.callback(databases.drop_database, database_url)
            self.operator_environment[f"ROLLBOOK_{service.upper()}_DATABASE_URL"] = database_url
            settings = {
                "ROLLBOOK_DATABASE_URL": database_url,
                "ROLLBOOK_AMQP_URL": amqp_url,
                "ROLLBOOK_STORE_URL": store_url,
                "ROLLBOOK_JWKS_URL": self.issuer.jwks_url,
                "ROLLBOOK_ISSUER": ISSUER,
                "ROLLBOOK_AUDIENCE": AUDIENCE,
                "ROLLBOOK_OIDC_DISCOVERY_URL": self.issuer.discovery_url,  # read by upload alone
                **ALLOCATORS.get(service, {}),
                **self.environment,
            }
            self._migrate(service, settings)
            for name in names:
                if name.startswith(f"{service}-"):
                    role = name.split("-")[1]
                    self.processes[name] = self._process(
                        name, service, role, {**settings, _port_of(role): str(self._ports[name])}
                    )
        stack.callback(self._stop_processes)
        for process in self.processes.values():
            process.start(lambda: True)  # all at once: one after the other would take as long as all together
        for name, process in self.processes.items():
            process.wait(partial(self._listens, name), START_SECONDS)
        upstreams = Upstreams(*(f"127.0.0.1:{self._ports[f'{service}-web']}" for service in SERVICES))
        self.url = stack.enter_context(Gateway(upstreams, gateway_port)).url

    def _stop_processes(self) -> None:
        # All are asked before any is waited for: one after the other would take as long as all together.
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            process.wait_or_kill()

    def _migrate(self, service: str, settings: dict[str, str]) -> None:
        migration = self._process(f"{service}-migrate", service, "migrate", settings)
        migration.run_to_end(START_SECONDS)

    def _process(self, name: str, service: str, role: str, settings: dict[str, str]) -> ServerProcess:
        command: list[str | Path] = [sys.executable, "-m", f"rollbook.{service}", role]
        return ServerProcess(command, self.directory, settings, name=name)


def _port_of(role: str) -> str:
    return "ROLLBOOK_HTTP_PORT" if role == "web" else "ROLLBOOK_HEALTH_PORT"
