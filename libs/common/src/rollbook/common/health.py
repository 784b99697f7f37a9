"""Whether a process is alive and able to work, and what it measures: asked by orchestrators and Prometheus.

`Health` knows; a web process answers from its application, the others from a small server of their own
(`ROLLBOOK_HEALTH_PORT`).
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from rollbook.common.database import reading
from rollbook.common.metrics import MessagingCollector, exposition
from rollbook.common.outbox.tables import outbox
from rollbook.common.service import Service
from rollbook.common.web.problems import problem_json


class Health:
    """The health of the services in one process.  `hindrances` says what keeps it from working now."""

    def __init__(
        self,
        services: Sequence[Service],
        hindrances: Callable[[], Sequence[str]] = tuple,
        collectors: Sequence[Collector] = (),
    ) -> None:
        self._services, self._hindrances = services, hindrances
        messaging = MessagingCollector((service.name, service.engine) for service in services)
        own = [collector for service in services for collector in service.collectors]
        self._collectors = [messaging, *own, *collectors]

    def unready(self) -> list[str]:
        """What keeps the process from working, in words; nothing where it is ready."""
        return [*(text for service in self._services if (text := _database(service))), *self._hindrances()]

    def metrics(self) -> bytes:
        """What it measures, in the text format of Prometheus."""
        return exposition(self._collectors)


def _database(service: Service) -> str | None:
    try:
        with reading(service.engine) as connection:
            connection.execute(sa.select(outbox.c.seq).limit(1))
    except sa.exc.SQLAlchemyError:
        return f"The database of {service.name} does not answer, or has no tables yet."
    return None


@contextmanager
def served(health: Health, host: str, port: int) -> Iterator[None]:
    """Answer /healthz, /readyz and /metrics at a port meanwhile; at none where it is 0.

    Raises OSError where the port cannot be had.
    """
    if not port:
        yield
        return

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = _answer(health, self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name of the base class)
            """Asked every few seconds: nothing to write down."""

    server = ThreadingHTTPServer((host, port), Answers)
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(health: Health, path: str) -> tuple[int, str, bytes]:
    if path == "/metrics":
        return 200, CONTENT_TYPE_LATEST, health.metrics()
    if path == "/healthz":
        return 200, "application/json", json.dumps({"status": "ok"}).encode()
    if path == "/readyz":
        unready = health.unready()
        if not unready:
            return 200, "application/json", json.dumps({"status": "ok"}).encode()
        return 503, "application/problem+json", problem_json(503, "not_ready", " ".join(unready))
    return (
        404,
        "application/problem+json",
        problem_json(404, "not_found", "There is nothing at this address."),
    )
