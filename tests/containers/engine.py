"""A Docker engine: the one that answers here, else a private one, which needs root and `dockerd`.

The private one changes no firewall rule, cannot reach the network from its containers, and leaves nothing.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.docker import engine_answers
from servers.process import ServerProcess, own_directory

FOR_AN_OWN_ENGINE = {"dockerd": "docker.io", "debootstrap": "debootstrap"}


class EngineMissing(RuntimeError):
    """No engine can be had here; the message says what is missing."""


@contextmanager
def an_engine() -> Iterator[None]:
    """An engine for the length of the block, at the address that DOCKER_HOST or the usual socket stands for.

    Raises EngineMissing, or ServerDidNotStart.
    """
    needed = {"docker": "docker.io"} | ({} if compose_command() else {"docker-compose": "docker-compose"})
    if engine_answers():
        _insist_on(needed)
        yield
        return
    _insist_on(needed | FOR_AN_OWN_ENGINE)
    if os.geteuid() != 0:
        raise EngineMissing("No Docker engine answers here, and only root can start one of our own.")
    with _own_engine():
        yield


def compose_command() -> list[str]:
    """`docker compose`, else the `docker-compose` before it; empty where there is neither."""
    plug_in = ["docker", "compose"]
    if shutil.which("docker"):
        asked = subprocess.run([*plug_in, "version"], check=False, capture_output=True)
        if asked.returncode == 0:
            return plug_in
    return ["docker-compose"] if shutil.which("docker-compose") else []


def _insist_on(programs: dict[str, str]) -> None:
    missing = {program: package for program, package in programs.items() if not shutil.which(program)}
    if missing:
        raise EngineMissing(
            f"Missing for a Docker engine: {', '.join(missing)}. Start an engine of yours, or as root: "
            f"apt-get install --no-install-recommends {' '.join(sorted(set(missing.values())))}"
        )


@contextmanager
def _own_engine() -> Iterator[None]:
    bridge = Path("/sys/class/net/docker0")
    is_bridge_ours = not bridge.exists()
    directory = own_directory("docker")
    socket = f"unix://{directory}/docker.sock"
    process = ServerProcess(
        [
            *("dockerd", "--host", socket, "--pidfile", directory / "pid"),
            *("--data-root", directory / "data", "--exec-root", directory / "exec"),
            *("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"),
            *("--bip", "172.31.250.1/24", "--ip", "127.0.0.1"),
        ],
        directory,
        death_signal=signal.SIGTERM,
    )
    elsewhere = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = socket
    try:
        process.start(engine_answers, timeout_seconds=60)
        yield
    finally:
        process.stop(timeout_seconds=60)
        del os.environ["DOCKER_HOST"]
        if elsewhere is not None:
            os.environ["DOCKER_HOST"] = elsewhere
        if is_bridge_ours and bridge.exists():
            subprocess.run(["ip", "link", "delete", "docker0"], check=True)
        for mount in (directory / "exec/netns").glob("*"):  # it leaves the network of containers mounted
            subprocess.run(["umount", mount], check=True)
        shutil.rmtree(directory)
