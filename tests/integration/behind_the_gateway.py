"""The four services, each an application of its own, behind the real gateway."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from integration.whole_rollbook import WholeRollbook
from werkzeug.serving import make_server

from rollbook.common.web.app import create_app
from rollbook.embedded import composition
from servers import Gateway, Upstreams


@contextlib.contextmanager
def behind_the_gateway(rollbook: WholeRollbook, folder: Path) -> Iterator[tuple[str, Upstreams]]:
    """The URL of the gateway, and where each service listens."""
    jwks = (folder / "jwks.json").as_uri()
    with contextlib.ExitStack() as stack:
        hosts = {}
        for service in rollbook.services:
            settings = composition.settings_of(service.name, folder, "memory://none", jwks)
            hosts[service.name] = stack.enter_context(_served(create_app([service], settings)))
        upstreams = Upstreams(**hosts)
        yield stack.enter_context(Gateway(upstreams)).url, upstreams


@contextlib.contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
