"""The gateway on loopback: nginx with the very routing that production uses (`deploy/gateway/`)."""

import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Self

from servers.process import (
    ServerProcess,
    accepts_connections,
    free_ports,
    own_directory,
    unprivileged_user,
)
from servers.programs import nginx

ROUTING = Path(__file__).resolve().parents[2] / "gateway" / "rollbook.conf.template"

# What the nginx image brings around the routing, with every path inside our own directory.
_AROUND = """\
daemon off;
pid nginx.pid;
error_log stderr warn;
worker_processes 1;
events { worker_connections 512; }
http {
    default_type application/octet-stream;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include rollbook.conf;
}
"""


@dataclass(frozen=True)
class Upstreams:
    """Where the web process of each service listens, as `host:port`."""

    upload: str
    validator: str
    roster: str
    reports: str


@dataclass
class Gateway:
    """An nginx of our own in front of `upstreams`, as an ordinary user; `url` is the base URL of all.

    The services need not run yet: until they do, the gateway answers 503 for them.
    """

    upstreams: Upstreams
    port: int | None = None
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self._port = self.port or free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self._port}"
        user = unprivileged_user("www-data")
        self._directory = own_directory("gateway", user)
        configuration = Template(ROUTING.read_text()).safe_substitute(
            ROLLBOOK_UPLOAD_WEB=self.upstreams.upload,
            ROLLBOOK_VALIDATOR_WEB=self.upstreams.validator,
            ROLLBOOK_ROSTER_WEB=self.upstreams.roster,
            ROLLBOOK_REPORTS_WEB=self.upstreams.reports,
            ROLLBOOK_GATEWAY_LISTEN=f"127.0.0.1:{self._port}",
        )
        # /dev/stdout cannot be opened again by another user than the one who owns it.
        configuration = configuration.replace("/dev/stdout", "access.log")
        configuration = configuration.replace("/var/cache/nginx/", "")
        (self._directory / "rollbook.conf").write_text(configuration)
        (self._directory / "nginx.conf").write_text(_AROUND)
        # SIGTERM, so that the nginx master takes its worker with it.
        self._process = ServerProcess(
            [nginx(), "-p", str(self._directory), "-c", "nginx.conf", "-e", "stderr"],
            self._directory,
            user=user,
            death_signal=signal.SIGTERM,
        )

    def __enter__(self) -> Self:
        try:
            self._process.start(lambda: accepts_connections(self._port), timeout_seconds=15)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop(signal.SIGTERM)
        shutil.rmtree(self._directory, ignore_errors=True)
