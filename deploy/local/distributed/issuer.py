"""The identity provider of a local Rollbook, at an origin of its own, as a real one is."""

import threading
from dataclasses import dataclass, field
from typing import Self

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from rollbook.common.web.problems import answer_with_problems
from rollbook.embedded.issuer import AUDIENCE, VALID_SECONDS, Issuer
from rollbook.embedded.loopback_only import answer_to_loopback_only
from rollbook.embedded.sign_in import PEOPLE, make_provider

ISSUER = "https://issuer.example.org"

__all__ = ["AUDIENCE", "ISSUER", "LocalIssuer"]


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (the name of the base class)
        """Say nothing."""


@dataclass
class LocalIssuer:
    """Signs tokens with a key of its own, and serves the provider of the embedded mode.

    `portals`: the origins whose pages may sign in.  The public key is at `jwks_url`, and what pages need to
    know at `discovery_url`.
    """

    portals: tuple[str, ...] = ()
    jwks_url: str = field(init=False)
    discovery_url: str = field(init=False)

    def __post_init__(self) -> None:
        self._issuer = Issuer.made(ISSUER)
        app = Flask("issuer", static_folder=None)
        app.register_blueprint(make_provider(self._issuer, PEOPLE, self.portals))
        answer_to_loopback_only(app)
        answer_with_problems(app)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
        self._thread = threading.Thread(target=self._server.serve_forever, name="issuer")
        url = f"http://127.0.0.1:{self._server.server_port}"
        self.jwks_url, self.discovery_url = f"{url}/jwks.json", f"{url}/.well-known/openid-configuration"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def token(
        self,
        district_id: str,
        roles: tuple[str, ...] = ("system", "enrollment"),
        name: str = "Ada Example",
        valid_seconds: int = VALID_SECONDS,
        **claims: object,
    ) -> str:
        """A signed token for a person of this district; further claims replace or add to the usual ones."""
        return self._issuer.token(district_id, roles, name, valid_seconds, **claims)
