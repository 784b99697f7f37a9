"""Where the programs are that are not Python's, and what to install when they are not there."""

import os
import shutil
from pathlib import Path


class ProgramMissing(RuntimeError):
    """A program is not installed; the message says how to get it."""

    def __init__(self, program: str, package: str, variable: str | None = None) -> None:
        otherwise = f", or give the address of a running server in {variable}" if variable else ""
        super().__init__(
            f"{program} was not found. Install the Debian package {package} "
            f"(as root: make servers){otherwise}."
        )


def rabbitmq_program(name: str) -> Path:
    """`rabbitmq-server` itself, not the wrapper in /usr/sbin: that one changes user and detaches."""
    for found in (Path("/usr/lib/rabbitmq/bin") / name, *_on_path(name)):
        if found.exists():
            return found
    raise ProgramMissing(name, "rabbitmq-server", "ROLLBOOK_TEST_AMQP_URL")


def epmd() -> Path:
    """The Erlang port mapper, which comes with the Erlang that RabbitMQ runs on."""
    for found in _on_path("epmd"):
        return found
    raise ProgramMissing("epmd", "rabbitmq-server", "ROLLBOOK_TEST_AMQP_URL")


def postgresql_program(name: str) -> Path:
    """A program of the newest PostgreSQL installed; Debian keeps the server's own out of PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    for found in (*(path / name for path in reversed(versions)), *_on_path(name)):
        if found.exists():
            return found
    raise ProgramMissing(name, "postgresql", "ROLLBOOK_TEST_POSTGRES_URL")


def nginx() -> Path:
    """The web server in front of the services; Debian has it in /usr/sbin, which few users have in PATH."""
    for found in (Path("/usr/sbin/nginx"), *_on_path("nginx")):
        if found.exists():
            return found
    raise ProgramMissing("nginx", "nginx-light")


def chromium() -> Path:
    """The browser: best the one without windows, which opens pages with a third less work."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    for found in (path for name in names for path in _on_path(name)):
        return found
    raise ProgramMissing("Chromium", "chromium-headless-shell")


def _on_path(name: str) -> list[Path]:
    found = shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin")
    return [Path(found)] if found else []
