"""A server process of our own: started, waited for, stopped or killed, and never left behind."""

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_DIRECTORY_PREFIX = "rollbook-server-"
_FIRST_PORT = 10_000


class ServerDidNotStart(RuntimeError):
    """A server ended, or did not answer, while it was starting; the message holds the end of its log."""


class NotOurProcess(RuntimeError):
    """The server was not started by us (an address from the environment, or Docker): it cannot be killed."""


@dataclass
class ServerProcess:
    """One child process that dies with its parent, and its log.

    `setpriv --pdeathsig` has the kernel send `death_signal` when the *thread* that called `start` ends, so
    a server must be started from a thread that lives as long as the server is wanted: the main one.
    """

    command: Sequence[str | Path]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    user: int | None = None
    death_signal: signal.Signals = signal.SIGKILL
    name: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Everything the process wrote to its standard output and error, over all its starts."""
        return self.directory / f"{self.name or Path(self.command[0]).name}.log"

    @property
    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def start(self, ready: Callable[[], bool], timeout_seconds: float = 180.0) -> None:
        """Start the process and return when `ready()`; raises ServerDidNotStart."""
        self.process = self._spawn()
        self.wait(ready, timeout_seconds)

    def wait(self, ready: Callable[[], bool], timeout_seconds: float = 180.0) -> None:
        """Return when the started process is `ready()`; raises ServerDidNotStart if it ends before."""
        deadline = time.monotonic() + timeout_seconds
        while not ready():
            if not self.is_running:
                raise ServerDidNotStart(f"{self.command[0]} ended at once:\n{self.end_of_log()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ServerDidNotStart(f"{self.command[0]} does not answer:\n{self.end_of_log()}")
            time.sleep(0.02)

    def run_to_end(self, timeout_seconds: float) -> None:
        """Run a command that ends by itself; raises ServerDidNotStart when it fails or takes longer."""
        self.process = self._spawn()
        try:
            code = self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            code = -signal.SIGKILL
        if code:
            raise ServerDidNotStart(f"{self.name} ended with {code}:\n{self.end_of_log()}")

    def ask_to_stop(self, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        """Send the signal and do not wait.  Safe to repeat."""
        if self.process is not None and self.is_running:
            self.process.send_signal(stop_signal)

    def wait_or_kill(self, timeout_seconds: float = 30.0) -> None:
        """Wait for a process that was asked to stop, and kill it when it has not after `timeout_seconds`."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def stop(self, stop_signal: signal.Signals = signal.SIGTERM, timeout_seconds: float = 30.0) -> None:
        """Ask the process to end and see that it does.  Safe to repeat."""
        self.ask_to_stop(stop_signal)
        self.wait_or_kill(timeout_seconds)

    def kill(self) -> None:
        """End the process as a crash would, with SIGKILL, and see its children gone.  Safe to repeat.

        PostgreSQL's backends leave a moment after their postmaster, and until then it does not start again.
        """
        if self.process is None:
            return
        children = psutil.Process(self.process.pid).children(recursive=True) if self.is_running else []
        self.process.kill()
        self.process.wait()
        for child in psutil.wait_procs(children, timeout=10)[1]:
            child.kill()

    def end_of_log(self, characters: int = 4000) -> str:
        """The last lines that the process wrote."""
        return self.log.read_text(errors="replace")[-characters:] if self.log.exists() else ""

    def _spawn(self) -> subprocess.Popen[bytes]:
        group = None if self.user is None else pwd.getpwuid(self.user).pw_gid
        with self.log.open("ab") as log:
            return subprocess.Popen(
                ["setpriv", "--pdeathsig", self.death_signal.name.removeprefix("SIG"), "--", *self.command],
                cwd=self.directory,
                env={**_plain_environment(), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self.user,
                group=group,
                extra_groups=None if self.user is None else [],
            )


def own_directory(name: str, owner: int | None = None) -> Path:
    """A new temporary directory for one server; those of processes that no longer live are removed first.

    A process that is killed cannot clean up after itself, so the next one does, by the pid in the name.
    """
    for old in Path(tempfile.gettempdir()).glob(f"{_DIRECTORY_PREFIX}*"):
        pid = old.name.removeprefix(_DIRECTORY_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(old, ignore_errors=True)
    directory = Path(tempfile.mkdtemp(prefix=f"{_DIRECTORY_PREFIX}{os.getpid()}-{name}-"))
    if owner is not None:
        os.chown(directory, owner, pwd.getpwuid(owner).pw_gid)
    return directory


def wait_until(ready: Callable[[], bool], what: str, timeout_seconds: float = 90.0) -> None:
    """Return when `ready()`; raises ServerDidNotStart naming `what`."""
    deadline = time.monotonic() + timeout_seconds
    while not ready():
        if time.monotonic() > deadline:
            raise ServerDidNotStart(f"{what} does not answer after {timeout_seconds:.0f} s")
        time.sleep(0.1)


def unprivileged_user(*names: str) -> int | None:
    """The uid to run a server as when we are root: the first of `names` that exists; None when not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return next(known[name] for name in (*names, "nobody") if name in known)


def free_ports(count: int) -> list[int]:
    """Different loopback ports that nobody listens on at the moment.

    They lie below those that the kernel gives to connections: a browser has many, and one of them on the
    port of a server that is about to start would keep it from starting.
    """
    below = _first_port_of_connections()
    ports: list[int] = []
    with ExitStack() as held:
        for port in random.sample(range(_FIRST_PORT, below), below - _FIRST_PORT):
            if len(ports) == count:
                break
            with contextlib.suppress(OSError):
                held.enter_context(socket.create_server(("127.0.0.1", port)))
                ports.append(port)
    return ports


def _first_port_of_connections() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 32768


def accepts_connections(port: int) -> bool:
    """Whether somebody listens on this loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _plain_environment() -> dict[str, str]:
    """Our environment without settings meant for other servers of the same kind on this machine."""
    foreign = ("RABBITMQ_", "ERL_", "PG")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
