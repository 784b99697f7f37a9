"""The command of a service: `python -m rollbook.<service> web|consume|relay|migrate`."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

import sqlalchemy as sa
import structlog
from kombu.exceptions import KombuError

from rollbook.common.bus import topology
from rollbook.common.bus.connection import connect
from rollbook.common.bus.consumer import ConsumerLoop
from rollbook.common.database import upgrade
from rollbook.common.errors import AnotherVersion, SettingsError
from rollbook.common.health import Health, served
from rollbook.common.outbox.relay import Relay
from rollbook.common.service import Service
from rollbook.common.settings import Settings
from rollbook.common.web.app import create_app

USAGE: Final = "usage: python -m rollbook.{name} web|consume|relay|migrate"
WEB_THREADS: Final = 8
NOT_NOW, WRONG = 1, 2

S = TypeVar("S", bound=Settings)


def main(name: str, settings_class: type[S], compose: Callable[[S], Service], arguments: list[str]) -> int:
    """Run one role of a service until SIGTERM; gives the exit code.

    0: asked to stop, 1: a server, a port or a database cannot be used, 2: wrong call or settings.
    """
    roles: dict[str, Callable[[Service, Any], None]] = {
        "web": serve,
        "consume": consume,
        "relay": relay,
        "migrate": migrate,
    }
    if len(arguments) != 1 or arguments[0] not in roles:
        print(USAGE.format(name=name), file=sys.stderr)  # noqa: T201
        return WRONG
    try:
        settings = settings_class.from_environment(os.environ)
        configure_logging(settings.log_level)
        service = compose(settings)
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return WRONG
    except Exception as error:  # noqa: BLE001  (each library has its own class for an address it cannot read)
        print(f"A setting cannot be used: {_first_line(error)}", file=sys.stderr)  # noqa: T201
        return WRONG
    try:
        roles[arguments[0]](service, settings)
    except (sa.exc.DBAPIError, KombuError, OSError, AnotherVersion) as error:
        why = _first_line(getattr(error, "orig", None) or error)
        print(f"rollbook.{name} {arguments[0]}: {why}", file=sys.stderr)  # noqa: T201
        return NOT_NOW
    return 0


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def configure_logging(level: str) -> None:
    """JSON lines on standard error.  Values of cells never go there: they may be personal data."""
    numeric = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        # Looked up at each line: a stream that was replaced may be closed by now.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def consume(service: Service, settings: Settings) -> None:
    """Consume the service's queues."""
    loop = ConsumerLoop(service, settings.amqp_url, stopped_by_signals())
    with served(Health([service], loop.hindrances), settings.http_host, settings.health_port):
        loop.run()


def relay(service: Service, settings: Settings) -> None:
    """Publish the service's outbox."""
    running = Relay(service, settings.amqp_url, stopped_by_signals())
    with served(Health([service], running.hindrances), settings.http_host, settings.health_port):
        running.run()


def migrate(service: Service, settings: Settings) -> None:
    """Bring the database and the broker's topology up to date."""
    upgrade(service.engine, service.package)
    with connect(settings.amqp_url) as connection:
        topology.apply(connection)


def serve(service: Service, settings: Settings) -> None:
    """Serve the service's HTTP interface, with gunicorn where it is installed."""
    app = create_app([service], settings)
    address = f"{settings.http_host}:{settings.http_port}"
    try:
        from gunicorn.app.base import BaseApplication  # noqa: PLC0415  (only in production)
    except ImportError:
        import waitress  # noqa: PLC0415

        waitress.serve(app, listen=address, threads=WEB_THREADS)
        return

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            options = {"bind": address, "workers": 1, "threads": WEB_THREADS, "worker_class": "gthread",
                       "timeout": 120, "accesslog": None, "loglevel": "warning",
                       "limit_request_line": 0}  # fmt: skip  # the gateway's limit holds
            for option, value in options.items():
                self.cfg.set(option, value)

        def load(self) -> Any:
            return app

    Server().run()


def stopped_by_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set: finish what is in hand, then leave."""
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    return stop
