"""A reports service with its web application, and tokens for it."""

import json

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from unit.reports.upload_story import Reports

from rollbook.common.web.app import create_app
from rollbook.reports.adapters.checkpoints import SigningKey


class World(Reports):
    """The service with its web application and tokens for it."""

    def __init__(self, url, folder):
        key = ECKey.generate_key("P-256", {"kid": "k1"})
        jwks = folder / "jwks.json"
        jwks.write_text(json.dumps(KeySet([key]).as_dict(private=False)))
        self._key = key
        super().__init__(url, folder / "files", jwks_url=jwks.as_uri(), checkpoint_key=SigningKey.made())
        self.web = create_app([self.service], self.settings).test_client()

    def get(self, path, district="d1", roles=("system",), **headers):
        return self.call("GET", path, district, roles, headers=headers)

    def call(self, method, path, district="d1", roles=("system",), *, headers=None, claims=None, **body):
        claims = {
            "iss": "https://id.example.org", "aud": "rollbook", "exp": 4_000_000_000, "sub": "p1",
            "district_id": district, "roles": list(roles), **(claims or {}),
        }  # fmt: skip
        token = jwt.encode({"alg": "ES256", "kid": "k1"}, claims, self._key)
        headers = {"Authorization": f"Bearer {token}", **(headers or {})}
        return self.web.open(f"/api/v1{path}", method=method, headers=headers, **body)
