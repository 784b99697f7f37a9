"""Rollbook as its users run it: `rollbook up`, and four services on a real broker and real databases."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from e2e.journey import DISTRICT_RIGHTS

from distributed import Distributed
from rollbook.embedded.client import Client
from rollbook.embedded.issuer import Issuer
from servers import PrivateRabbitMQ

ROLLBOOK = Path(sys.executable).with_name("rollbook")
START_SECONDS = 180


@dataclass
class Up:
    """`rollbook up` on a data directory: it can be killed and started again."""

    data: Path
    url: str = ""
    process: subprocess.Popen[str] | None = field(default=None)

    def start(self) -> None:
        """Start, and wait for the address it prints."""
        command = [str(ROLLBOOK), "up", "--port", "0", "--data", str(self.data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines: Queue[str] = Queue()
        stdout = self.process.stdout
        assert stdout is not None

        def read() -> None:
            for line in stdout:
                lines.put(line)
            stdout.close()

        Thread(target=read, daemon=True).start()
        said = ""
        while not (found := re.search(r"http://\S+:\d+", said)):
            said += lines.get(timeout=START_SECONDS)
        self.url = found.group()

    def kill(self) -> None:
        """Crash it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def client(self, district: str, roles: tuple[str, ...] = DISTRICT_RIGHTS) -> Client:
        """A caller of a district."""
        return Client(self.url, self.token(district, roles))

    def token(self, district: str, roles: tuple[str, ...] = DISTRICT_RIGHTS, **claims: object) -> str:
        """A token for a person of a district."""
        return Issuer.kept_in(self.data).token(district, roles, **claims)

    def ops(self, *words: str) -> Any:
        """The JSON that `rollbook ops` answers with."""
        return _ops(*words, "--data", str(self.data), environment={})

    def database_url(self, service: str) -> str:
        """The database of a service."""
        return f"sqlite:///{self.data / service}.sqlite"


@dataclass
class Apart:
    """The four services as processes of their own, on a broker that may be killed."""

    running: Distributed
    broker: PrivateRabbitMQ

    @property
    def url(self) -> str:
        """The gateway's address."""
        return self.running.url

    def client(self, district: str, roles: tuple[str, ...] = DISTRICT_RIGHTS) -> Client:
        """A caller of a district."""
        return Client(self.url, self.token(district, roles))

    def token(self, district: str, roles: tuple[str, ...] = DISTRICT_RIGHTS, **claims: object) -> str:
        """A token for a person of a district."""
        return self.running.issuer.token(district, roles, **claims)

    def ops(self, *words: str) -> Any:
        """The JSON that `rollbook ops` answers with."""
        return _ops(*words, environment=self.running.operator_environment)

    def database_url(self, service: str) -> str:
        """The database of a service."""
        return self.running.operator_environment[f"ROLLBOOK_{service.upper()}_DATABASE_URL"]


def _ops(*words: str, environment: dict[str, str]) -> Any:
    command = [str(ROLLBOOK), "ops", *words, "--json"]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@contextmanager
def running_up(data: Path) -> Iterator[Up]:
    """`rollbook up` on a data directory, ended like a crash."""
    up = Up(data)
    try:
        up.start()
        yield up
    finally:
        up.kill()
