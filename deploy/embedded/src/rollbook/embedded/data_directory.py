"""The folder in which the embedded mode keeps everything: databases, files, the issuer's key, its address."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rollbook.embedded.refusal import CannotRun

DEFAULT: Final = Path("rollbook-data")
_ADDRESS: Final = "address"


def opened(folder: Path) -> Path:
    """The folder, made where it is missing.

    Raises:
        CannotRun: it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"{folder} cannot be used as data directory: {error.strerror}.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CannotRun(f"{folder} cannot be used as data directory: it is not writable.")
    return folder.resolve()


def database_url(folder: Path, service: str) -> str:
    """The database of a service."""
    return f"sqlite:///{folder / service}.sqlite"


def store_url(folder: Path) -> str:
    """Where files lie."""
    return (folder / "store").as_uri()


def announce(folder: Path, url: str) -> None:
    """Say where the process that holds the folder answers."""
    (folder / _ADDRESS).write_text(url)


def address(folder: Path) -> str | None:
    """Where the process that holds the folder answers; None where there is none."""
    try:
        with held(folder):
            return None
    except CannotRun:
        return (folder / _ADDRESS).read_text() if (folder / _ADDRESS).exists() else None


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone; the hold ends with the process, however it ends.

    Raises:
        CannotRun: another process holds it.
    """
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(f"another `rollbook up` is using {folder}; choose another --data.") from None
        yield


def keep_secret(path: Path, text: str) -> None:
    """Write a secret that only its owner may read: whole or not at all, and never over one that is there."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
