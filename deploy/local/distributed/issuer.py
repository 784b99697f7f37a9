"""Tokens for a local Rollbook: an identity provider reduced to one key and its public half over HTTP."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from joserfc import jwt
from joserfc.jwk import ECKey

ISSUER = "https://issuer.example.org"
AUDIENCE = "rollbook"


@dataclass
class LocalIssuer:
    """Signs tokens with a key of its own (ES256) and serves that key's public half at `jwks_url`."""

    _key: ECKey = field(
        default_factory=lambda: ECKey.generate_key("P-256", {"kid": "local", "alg": "ES256", "use": "sig"})
    )

    def __post_init__(self) -> None:
        body = json.dumps({"keys": [self._key.as_dict(private=False)]}).encode()

        class PublicKeys(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/jwk-set+json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), PublicKeys)
        self._thread = threading.Thread(target=self._server.serve_forever, name="issuer")
        self.jwks_url = f"http://127.0.0.1:{self._server.server_port}/jwks.json"

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
        roles: Sequence[str] = ("system", "enrollment"),
        name: str = "Ada Example",
        valid_seconds: int = 12 * 3600,
        **claims: object,
    ) -> str:
        """A signed token for a person of this district; further claims replace or add to the usual ones."""
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": name.lower().replace(" ", "."),
            "name": name,
            "district_id": district_id,
            "roles": list(roles),
            "iat": now,
            "exp": now + valid_seconds,
        }
        return jwt.encode({"alg": "ES256", "kid": "local"}, usual | claims, self._key)
