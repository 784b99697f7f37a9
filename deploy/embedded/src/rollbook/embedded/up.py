"""`rollbook up`: everything in one process, until Ctrl-C or SIGTERM."""

import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

from flask import Flask
from waitress.server import create_server

from rollbook.common.entrypoints import configure_logging
from rollbook.embedded import data_directory
from rollbook.embedded.composition import Embedded
from rollbook.embedded.refusal import CannotRun

HOST: Final = "127.0.0.1"
_THREADS: Final = 16
"""Each page that watches an upload's events holds one."""
_MAX_BODY_BYTES: Final = 2 * 1024**3
"""Above the limit of a file, so that it is the service that refuses, and says why."""
_INVITATION: Final = (
    "Open it in a browser. Anyone on this machine can sign in there as one of the demo people: no passwords."
)
_NO_INVITATION: Final = "Nobody can sign in there in a browser: it offers no demo people (see up --help)."


def up(folder: Path, port: int, say: Callable[[str], None], *, demo_people: bool | None = None) -> None:
    """Serve until asked to stop; `port` 0 takes a free one, `demo_people` as Embedded has it.

    Raises:
        CannotRun: the data directory or the port cannot be had.
    """
    data = data_directory.opened(folder)
    configure_logging("WARNING")
    with data_directory.held(data):
        signal.signal(signal.SIGTERM, _as_ctrl_c)
        rollbook = Embedded(data, demo_people)
        server = _server(rollbook.app, port)
        try:
            with rollbook:
                url = f"http://{HOST}:{server.effective_port}"
                data_directory.announce(data, url)
                say(f"Rollbook runs at {url} on {data}; Ctrl-C stops it.")
                say(_INVITATION if rollbook.people else _NO_INVITATION)
                server.run()
        except KeyboardInterrupt:
            pass
        finally:
            server.close()


def _server(app: Flask, port: int) -> Any:
    try:
        return create_server(
            app, host=HOST, port=port, threads=_THREADS, max_request_body_size=_MAX_BODY_BYTES
        )
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotRun(f"port {port} cannot be used: {reason}; choose another --port.") from None


def _as_ctrl_c(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
