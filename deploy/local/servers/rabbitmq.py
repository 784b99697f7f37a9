"""A real RabbitMQ: from the environment, from Docker, or a private broker process that can be crashed.

Everything beside AMQP goes over the management API, which all three have: creating a vhost takes 20 ms there,
`rabbitmqctl` starts an Erlang machine for a second each time.
"""

import base64
import json
import os
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

from servers.docker import image_available
from servers.process import (
    NotOurProcess,
    ServerProcess,
    accepts_connections,
    free_ports,
    own_directory,
    unprivileged_user,
    wait_until,
)
from servers.programs import epmd, rabbitmq_program

AMQP_VARIABLE = "ROLLBOOK_TEST_AMQP_URL"
MANAGEMENT_VARIABLE = "ROLLBOOK_TEST_AMQP_MANAGEMENT_URL"
DOCKER_IMAGE = "rabbitmq:3.13-management"


@contextmanager
def a_rabbitmq() -> Iterator["RabbitMQ"]:
    """A broker for the length of the block; see the package about where it comes from."""
    with ExitStack() as stack:
        if url := os.environ.get(AMQP_VARIABLE):
            yield RabbitMQ(url, os.environ.get(MANAGEMENT_VARIABLE) or _usual_management_url(url))
        elif image_available(DOCKER_IMAGE):
            yield stack.enter_context(_in_docker())
        else:
            yield stack.enter_context(PrivateRabbitMQ())


@dataclass
class RabbitMQ:
    """A broker that somebody else runs.  `url` names the vhost `/`; `management_url` is its HTTP API."""

    url: str
    management_url: str

    @property
    def is_process_owned(self) -> bool:
        """Whether kill, stop and start work."""
        return False

    def new_vhost(self) -> str:
        """The URL of a new, empty vhost."""
        name = f"test-{uuid4().hex[:12]}"
        user = unquote(urlsplit(self.url).username or "guest")
        self.manage("PUT", f"/api/vhosts/{name}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.manage("PUT", f"/api/permissions/{name}/{quote(user, safe='')}", everything)
        return f"{self.url.rpartition('/')[0]}/{name}"

    def drop_vhost(self, url: str) -> None:
        """Delete a vhost made by `new_vhost`, closing its connections.  Safe to repeat."""
        with suppress(urllib.error.HTTPError):
            self.manage("DELETE", f"/api/vhosts/{url.rpartition('/')[2]}")

    def set_policy(self, vhost_url: str, pattern: str, definition: dict[str, Any]) -> None:
        """Apply a policy to the queues of a vhost whose names match `pattern` (a delivery limit, say)."""
        body = {"pattern": pattern, "definition": definition, "apply-to": "queues"}
        self.manage("PUT", f"/api/policies/{vhost_url.rpartition('/')[2]}/test", body)

    def close_all_connections(self, at_least: int = 1, timeout_seconds: float = 15.0) -> int:
        """Close every client connection as an operator would; how many there were.

        The broker lists a new connection some seconds late, so this waits until it lists `at_least` that
        many: a test that closes nothing proves nothing.  A connection is gone when its client has heard of
        it.  Raises TimeoutError.
        """
        deadline = time.monotonic() + timeout_seconds
        while len(names := self._connections()) < at_least:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the broker lists {len(names)} connections, not {at_least}")
            time.sleep(0.05)
        for name in names:
            with suppress(urllib.error.HTTPError):
                self.manage("DELETE", f"/api/connections/{quote(name, safe='')}")
        return len(names)

    def _connections(self) -> set[str]:
        return {connection["name"] for connection in self.manage("GET", "/api/connections")}

    def manage(self, method: str, path: str, body: object = None) -> Any:
        """One call of the management API; raises HTTPError, or ConnectionError without an answer."""
        address = urlsplit(self.management_url)
        login = urlsplit(self.url)
        user, password = unquote(login.username or "guest"), unquote(login.password or "guest")
        request = urllib.request.Request(
            f"{address.scheme}://{address.hostname}:{address.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode(),
                "Content-Type": "application/json",
                "Connection": "close",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read()
        except urllib.error.HTTPError:
            raise
        except OSError as error:
            raise ConnectionError(
                f"RabbitMQ's management API does not answer at {self.management_url}; "
                f"say in {MANAGEMENT_VARIABLE} where it is"
            ) from error
        return json.loads(text) if text else None

    def is_managed(self) -> bool:
        """Whether the management API answers."""
        try:
            self.manage("GET", "/api/overview")
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End the broker as a crash would (SIGKILL)."""
        raise NotOurProcess("this RabbitMQ was not started here")

    def stop(self) -> None:
        """Stop the broker cleanly."""
        raise NotOurProcess("this RabbitMQ was not started here")

    def start(self) -> None:
        """Start the broker again, on the same port and with the same data."""
        raise NotOurProcess("this RabbitMQ was not started here")


@dataclass(kw_only=True)
class PrivateRabbitMQ(RabbitMQ):
    """A broker process of our own on loopback: about 4 s to start, 150 MB.  Ends with us.

    A quorum queue declared less than 2 s before `kill` can lose its log: declare well before, or wait.
    """

    url: str = ""
    management_url: str = ""
    directory: Path = field(default_factory=lambda: own_directory("rabbitmq"))

    def __post_init__(self) -> None:
        self._port, self._management_port, epmd_port, distribution_port = free_ports(4)
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}/%2F"
        self.management_url = f"http://127.0.0.1:{self._management_port}"
        self._write_configuration()
        user = unprivileged_user("rabbitmq")
        environment = self._environment(epmd_port, distribution_port)
        if user is not None:
            for path in (self.directory, *self.directory.rglob("*")):
                shutil.chown(path, user)
        # Nodes find each other by epmd even when there is one node only; a private one leaves the
        # machine's own brokers alone.
        self._epmd = ServerProcess(
            [epmd(), "-port", str(epmd_port), "-address", "127.0.0.1"], self.directory, environment, user
        )
        self._epmd_port = epmd_port
        self._broker = ServerProcess([rabbitmq_program("rabbitmq-server")], self.directory, environment, user)

    @property
    def is_process_owned(self) -> bool:
        """Yes: kill, stop and start work."""
        return True

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of it is kept, so it is killed: a clean stop would take a second."""
        self._broker.kill()
        self._epmd.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self) -> None:
        """Start the broker, the first time or again with the same ports and data; returns when it serves."""
        if not self._epmd.is_running:
            self._epmd.start(lambda: accepts_connections(self._epmd_port))
        self._broker.start(self._serves)

    def stop(self) -> None:
        """Stop the broker cleanly, as an operator does.  Safe to repeat."""
        self._broker.stop()

    def kill(self) -> None:
        """End the broker as a crash would (SIGKILL).  Safe to repeat."""
        self._broker.kill()

    def _serves(self) -> bool:
        return _speaks_amqp(self._port) and accepts_connections(self._management_port)

    def _write_configuration(self) -> None:
        lines = [
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
            f"management.tcp.port = {self._management_port}",
            "management.tcp.ip = 127.0.0.1",
            # Rates are never looked at, and computing them costs the bench some of its two cores.
            "management.rates_mode = none",
            # How late a new connection is listed; the usual 5 s are long in a test.
            "collect_statistics_interval = 1000",
            # Test machines are full; a broker that blocks publishers for that tells nothing about Rollbook.
            "disk_free_limit.absolute = 50MB",
        ]
        (self.directory / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self.directory / "enabled_plugins").write_text("[rabbitmq_management].\n")
        cookie = self.directory / ".erlang.cookie"
        cookie.write_text(uuid4().hex)
        cookie.chmod(0o400)

    def _environment(self, epmd_port: int, distribution_port: int) -> dict[str, str]:
        at = self.directory
        return {
            "HOME": str(at),
            "detached": "1",  # the child process is then the Erlang machine itself, which signals reach
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"
            ),
            "RABBITMQ_NODENAME": "rollbook@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_MNESIA_BASE": str(at / "data"),
            "RABBITMQ_LOG_BASE": str(at / "log"),
            "RABBITMQ_PID_FILE": str(at / "pid"),
            "RABBITMQ_CONFIG_FILE": str(at / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(at / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(at / "generated"),
            "RABBITMQ_SCHEMA_DIR": str(at / "schema"),
            "RABBITMQ_CONF_ENV_FILE": str(at / "no-such-file"),
        }


@contextmanager
def _in_docker() -> Iterator[RabbitMQ]:
    # Imported here: it takes half a second, and most machines that run the tests have no engine.  The
    # ready-made RabbitMqContainer warns of its own deprecation, and warnings are errors in our tests.
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415

    # The image's guest may connect from inside the container only.
    container = DockerContainer(DOCKER_IMAGE).with_exposed_ports(5672, 15672)
    container.with_env("RABBITMQ_DEFAULT_USER", "rollbook").with_env("RABBITMQ_DEFAULT_PASS", "rollbook")
    with container as running:
        host = running.get_container_host_ip()
        port = int(running.get_exposed_port(5672))
        broker = RabbitMQ(
            f"amqp://rollbook:rollbook@{host}:{port}/%2F",
            f"http://{host}:{running.get_exposed_port(15672)}",
        )
        wait_until(lambda: _speaks_amqp(port, host) and broker.is_managed(), "RabbitMQ in Docker")
        yield broker


def _speaks_amqp(port: int, host: str = "127.0.0.1") -> bool:
    """Whether the broker answers the protocol header with a method frame (0x01), not merely accepts."""
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(b"AMQP\0\0\x09\x01")
            return connection.recv(1) == b"\x01"
    except OSError:
        return False


def _usual_management_url(amqp_url: str) -> str:
    return f"http://{urlsplit(amqp_url).hostname}:15672"
