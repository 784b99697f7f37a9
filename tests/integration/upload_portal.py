"""The upload service as a portal sees it, on SQLite and a folder, with tokens of an issuer of our own."""

import json
import time
import uuid

import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import ECKey

from rollbook.common.contracts import events as e
from rollbook.common.database import upgrade
from rollbook.common.dictionary.templates import template
from rollbook.common.outbox.tables import outbox
from rollbook.common.web.app import create_app
from rollbook.upload.bootstrap import compose
from rollbook.upload.settings import Settings

ISSUER = "https://issuer.example.org"
USERS = template("users")
DISTRICT = {
    "name": "Oak",
    "enrollmentSource": "batch_upload",
    "schools": [{"schoolId": "00123", "name": "Oak"}],
}


class Portal:
    def __init__(self, folder, **limits):
        key = ECKey.generate_key("P-256", auto_kid=True)
        (folder / "jwks.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        (folder / "store").mkdir()
        chosen = Settings(
            database_url=f"sqlite:///{folder / 'upload.sqlite'}",
            amqp_url="memory://",
            store_url=(folder / "store").as_uri(),
            jwks_url=(folder / "jwks.json").as_uri(),
            issuer=ISSUER,
            **limits,
        )
        self.key, self.folder = key, folder
        self.service = compose(chosen)
        upgrade(self.service.engine, self.service.package)
        self.app = create_app([self.service], chosen)

    def token(self, *roles, district="oak", **claims):
        now = int(time.time())
        good = {"iss": ISSUER, "aud": "rollbook", "sub": "ada", "name": "Ada", "district_id": district}
        good |= {"roles": list(roles), "exp": now + 600} | claims
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, good, self.key)

    def call(self, method, path, roles=("system", "enrollment"), district="oak", headers=None, **body):
        headers = {"Authorization": f"Bearer {self.token(*roles, district=district)}", **(headers or {})}
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **body)

    def activate(self):
        assert self.call("PUT", "/districts/oak", ["support"], json=DISTRICT).status_code == 201
        assert self.call("POST", "/districts/oak/batch-upload", ["support"]).status_code == 200

    def send(self, data=USERS, query="?kind=users&filename=u.csv", content_type="text/csv", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", f"/uploads{query}", data=data, content_type=content_type, headers=headers)

    def hear(self, *events):
        for event in events:
            self.service.handle(event, str(uuid.uuid4()))

    def validated(self, upload_id, errors=0, held=()):
        person = e.Person("ada", "Ada")
        self.hear(
            e.ReportReady(upload_id, "oak", "validation", errors, 0),
            e.UploadPreviewed(upload_id, "oak", 4, 4, 0, 0, 0, 0, "k", held),
            e.FileValidated(upload_id, "oak", "users", person, 4, 4, 0, errors, 0, 0, (), None, (), 1, None),
        )

    def sweep(self, later):
        with self.service.unit_of_work() as uow:
            self.service.sweep(uow, later)
            uow.commit()

    def status(self, upload_id):
        return self.call("GET", f"/uploads/{upload_id}").json["status"]

    def told(self):
        with self.service.engine.connect() as connection:
            return list(connection.execute(sa.select(outbox.c.type).order_by(outbox.c.seq)).scalars())
