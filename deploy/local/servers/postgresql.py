"""A real PostgreSQL: from the environment, from Docker, or a private process that can be crashed.

URLs are SQLAlchemy's (`postgresql+psycopg://…`).
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from servers.docker import image_available
from servers.process import (
    NotOurProcess,
    ServerProcess,
    free_ports,
    own_directory,
    unprivileged_user,
    wait_until,
)
from servers.programs import postgresql_program

URL_VARIABLE = "ROLLBOOK_TEST_POSTGRES_URL"
DOCKER_IMAGE = "postgres:16"


@contextmanager
def a_postgresql() -> Iterator["PostgreSQL"]:
    """A server for the length of the block; see the package about where it comes from."""
    with ExitStack() as stack:
        if url := os.environ.get(URL_VARIABLE):
            yield PostgreSQL(_with_driver(url))
        elif image_available(DOCKER_IMAGE):
            yield stack.enter_context(_in_docker())
        else:
            yield stack.enter_context(PrivatePostgreSQL())


@dataclass
class PostgreSQL:
    """A server that somebody else runs.  `url` names a database whose user may create others."""

    url: str

    @property
    def is_process_owned(self) -> bool:
        """Whether kill, stop and start work."""
        return False

    def new_database(self, template: str | None = None, name: str | None = None) -> str:
        """The URL of a new database: empty, or a copy of the one whose URL is `template`.

        A copy takes about 15 ms, migrations take a hundred times that: migrate once a session, copy for
        each test.  Nobody may be connected to the template meanwhile.
        """
        name = name or f"test_{uuid4().hex[:12]}"
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            source = make_url(template).database or ""
            statement = sql.SQL("{} TEMPLATE {}").format(statement, sql.Identifier(source))
        self._execute(statement)
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop a database made by `new_database`, ending its connections.  Safe to repeat."""
        name = sql.Identifier(make_url(url).database or "")
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def terminate_connections(self, url: str) -> int:
        """End every connection to this database as an operator would; how many there were."""
        count = sql.SQL(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = {} AND pid <> pg_backend_pid()"
        )
        row = self._execute(count.format(sql.Literal(make_url(url).database)))
        return int(row[0]) if row else 0

    def serves(self) -> bool:
        """Whether the server answers a query."""
        try:
            self._execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    def kill(self) -> None:
        """End the server as a crash would (SIGKILL)."""
        raise NotOurProcess("this PostgreSQL was not started here")

    def stop(self) -> None:
        """Stop the server cleanly."""
        raise NotOurProcess("this PostgreSQL was not started here")

    def start(self) -> None:
        """Start the server again, on the same port and with the same data."""
        raise NotOurProcess("this PostgreSQL was not started here")

    def _execute(self, statement: sql.SQL | sql.Composed) -> tuple[Any, ...] | None:
        address = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchone() if cursor.description else None


@dataclass(kw_only=True)
class PrivatePostgreSQL(PostgreSQL):
    """A server process of our own on loopback: half a second to start.  Ends with us.

    `durable=True` keeps fsync on, for what is measured or kept.  Without it a commit still survives
    the server being killed, though not the machine losing power.
    """

    url: str = ""
    durable: bool = False
    directory: Path = field(init=False)
    _process: ServerProcess = field(init=False)

    def __post_init__(self) -> None:
        (self._port,) = free_ports(1)
        self.url = f"postgresql+psycopg://rollbook@127.0.0.1:{self._port}/postgres"
        self._user = unprivileged_user("postgres")
        self.directory = own_directory("postgresql", self._user)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "128MB",
            "max_wal_size": "2GB",  # the default of 1 GB checkpoints in the middle of a large upload
            "fsync": "on" if self.durable else "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        # SIGQUIT is PostgreSQL's "leave at once": unlike SIGKILL it frees the shared memory.
        self._process = ServerProcess(
            [postgresql_program("postgres"), "-D", str(self._data), *options],
            self.directory,
            user=self._user,
            death_signal=signal.SIGQUIT,
        )

    @property
    def is_process_owned(self) -> bool:
        """Yes: kill, stop and start work."""
        return True

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop(signal.SIGQUIT)
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self) -> None:
        """Start the server, the first time or again with the same port and data; returns when it serves."""
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._process.start(self.serves)

    def stop(self) -> None:
        """Stop the server cleanly without waiting for its clients to leave.  Safe to repeat."""
        self._process.stop(signal.SIGINT)

    def kill(self) -> None:
        """End the server as a crash would (SIGKILL).  Safe to repeat."""
        self._process.kill()

    def _initialise(self) -> None:
        group = None if self._user is None else self.directory.stat().st_gid
        subprocess.run(
            [
                *(postgresql_program("initdb"), "-D", str(self._data), "-U", "rollbook", "-A", "trust"),
                *("--no-sync", "--locale=C.UTF-8", "-E", "UTF8"),
            ],
            check=True,
            cwd=self.directory,
            stdout=subprocess.DEVNULL,
            user=self._user,
            group=group,
            extra_groups=None if self._user is None else [],
        )


@contextmanager
def _in_docker() -> Iterator[PostgreSQL]:
    # Imported here: it takes half a second, and most machines that run the tests have no engine.  The
    # ready-made PostgresContainer is left out for the same reason as RabbitMQ's.
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415

    container = DockerContainer(DOCKER_IMAGE).with_exposed_ports(5432)
    container.with_env("POSTGRES_USER", "rollbook").with_env("POSTGRES_PASSWORD", "rollbook")
    with container as running:
        place = f"{running.get_container_host_ip()}:{running.get_exposed_port(5432)}"
        server = PostgreSQL(f"postgresql+psycopg://rollbook:rollbook@{place}/rollbook")
        wait_until(server.serves, "PostgreSQL in Docker")
        yield server


def _with_driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
