"""Rollbook in containers, as `docker compose` brings it up from the files in `deploy/`."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from containers.engine import compose_command
from containers.images import ROOT
from e2e.journey import DISTRICT_RIGHTS

from rollbook.embedded.client import Client
from rollbook.embedded.issuer import AUDIENCE, Issuer
from servers.process import free_ports, wait_until

COMPOSE = ROOT / "deploy/compose.yaml"
VERSION = "test"
PROJECT = "rollbook-test"
ISSUER = "https://issuer.example.org"


@dataclass
class Containers:
    """The composition, with settings in `folder`: the keys of an issuer that only this test knows."""

    folder: Path
    validators: int = 2
    issuer: Issuer = field(default_factory=lambda: Issuer.made(ISSUER))
    url: str = field(init=False)

    def __post_init__(self) -> None:
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        keys = self.folder / "keys"
        keys.mkdir(mode=0o755)
        (keys / "jwks.json").write_text(json.dumps(self.issuer.public_keys()))
        settings = {
            "ROLLBOOK_VERSION": VERSION,
            "ROLLBOOK_TEST_KEYS": str(keys),
            "ROLLBOOK_JWKS_URL": "http://issuer:8080/jwks.json",
            "ROLLBOOK_ISSUER": ISSUER,
            "ROLLBOOK_AUDIENCE": AUDIENCE,
            "ROLLBOOK_DATABASE_PASSWORD": "databases",
            "POSTGRES_PASSWORD": "postgres",
            "RABBITMQ_PASSWORD": "rabbitmq",
            "ROLLBOOK_PUBLISHED_PORT": f"127.0.0.1:{port}",
            "ROLLBOOK_VALIDATORS": str(self.validators),
        }
        (self.folder / "env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        self._compose = self._command(compose_command())

    def compose(self, *words: str) -> str:
        """What `docker compose …` writes to its standard output.  Raises CalledProcessError."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
        done = subprocess.run(
            [*self._compose, *words], env=own, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout

    def exit_codes(self, role: str) -> list[int]:
        """Of the containers that ran this role of any service to its end."""
        return [int(code) for code in self._states("{{.State.ExitCode}}", f"name={PROJECT}.*-{role}")]

    def wait_until_healthy(self) -> None:
        """Return once every container with a health check is well.  Raises ServerDidNotStart."""
        form = "{{if .State.Health}}{{.State.Health.Status}}{{end}}"
        wait_until(lambda: {*self._states(form), ""} == {"healthy", ""}, "health of every container")

    def _states(self, form: str, *filters: str) -> list[str]:
        filters = (f"label=com.docker.compose.project={PROJECT}", *filters)
        listing = [
            "docker",
            "ps",
            "--all",
            "--quiet",
            *(word for one in filters for word in ("--filter", one)),
        ]
        boxes = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split()
        asked = ["docker", "inspect", "--format", form, *boxes]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()

    def client(self, district: str, roles: tuple[str, ...] = DISTRICT_RIGHTS) -> Client:
        """A caller of a district."""
        return Client(self.url, self.issuer.token(district, roles))

    def ops(self, *words: str) -> Any:
        """The JSON that `rollbook ops` answers with, as the runbook has it called."""
        return json.loads(self.compose("run", "--rm", "-T", "ops", *words, "--json"))

    def wait_until_served(self) -> None:
        """Return once the gateway answers, and the service behind it.  Raises ServerDidNotStart."""
        wait_until(self._is_served, "Rollbook in containers")

    def _is_served(self) -> bool:
        try:
            return httpx.get(f"{self.url}/upload/readyz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def _command(self, compose: list[str]) -> list[str]:
        file = COMPOSE
        if compose == ["docker-compose"]:  # it does not know `name:`
            file = self.folder / COMPOSE.name
            file.write_text(re.sub(r"^name:.*", "", COMPOSE.read_text(), flags=re.MULTILINE))
        return [
            *(*compose, "--project-name", PROJECT, "--project-directory", str(COMPOSE.parent)),
            *("--env-file", str(self.folder / "env")),
            *("--file", str(file), "--file", str(Path(__file__).with_name("compose.yaml"))),
        ]


@contextmanager
def composed(folder: Path) -> Iterator[Containers]:
    """Everything up for the length of the block; containers, networks and volumes are removed afterwards."""
    containers = Containers(folder)
    try:
        containers.compose("up", "-d")
        containers.wait_until_served()
        yield containers
    except Exception:
        sys.stderr.write(containers.compose("logs", "--no-color", "--tail", "50"))
        raise
    finally:
        containers.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")
