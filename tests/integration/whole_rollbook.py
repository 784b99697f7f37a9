"""All four services with nothing between them: HTTP in, and every event handed on at once, in this thread.

A test sees the whole system deterministically: after each call the events run until nobody has any more to
tell.  The bus itself is proved elsewhere.
"""

import contextlib
import csv
import io
import itertools
import json
import time
from dataclasses import dataclass, replace

import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import ECKey

from rollbook.common.contracts.envelope import unwrap
from rollbook.common.contracts.routes import ROUTES
from rollbook.common.database import upgrade
from rollbook.common.outbox.tables import outbox
from rollbook.common.tracing import span
from rollbook.common.web.app import create_app
from rollbook.embedded import composition
from rollbook.embedded.composition import SERVICES

DISTRICT_RIGHTS = ("system", "enrollment")
COLUMNS = (
    "action", "schoolId", "userRole", "userId", "userFirstName", "userLastName", "userEmail", "userGrade",
    "classId", "className", "classGrade", "primaryTeacher",
)  # fmt: skip


class WholeRollbook:
    """Rollbook on SQLite in a folder, or on the databases that `new_database` makes (one per service)."""

    def __init__(self, folder, new_database=None):
        self._key = ECKey.generate_key("P-256", auto_kid=True)
        folder.mkdir(exist_ok=True)
        jwks = folder / "jwks.json"
        jwks.write_text(json.dumps({"keys": [self._key.as_dict(private=False)]}))
        self.services = []
        for name in SERVICES:
            settings = composition.settings_of(name, folder, "memory://none", jwks.as_uri())
            if new_database is not None:
                settings = replace(settings, database_url=new_database())
            bootstrap = composition.importlib.import_module(f"rollbook.{name}.bootstrap")
            self.services.append(bootstrap.compose(settings))
        for service in self.services:
            upgrade(service.engine, service.package)
        self._numbers = itertools.count(1)
        self._held = False
        self.app = create_app(self.services, settings)

    def close(self):
        for service in self.services:
            service.engine.dispose()

    def service(self, name):
        return next(service for service in self.services if service.name == name)

    def token(self, district, roles=DISTRICT_RIGHTS, name="Ada Admin", **claims):
        now = int(time.time())
        good = {
            "iss": composition.ISSUER,
            "aud": composition.AUDIENCE,
            "sub": name.lower().replace(" ", "."),
            "name": name,
            "district_id": district,
            "roles": list(roles),
            "exp": now + 3600,
        }
        return self.signed(good | claims)

    def signed(self, claims):
        """A token that says just this."""
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)

    def caller(self, district, roles=DISTRICT_RIGHTS, **claims):
        return Caller(self, district, self.token(district, roles, **claims))

    def open_district(self, schools=("001", "002"), school_names=None, **more):
        """A district of its own that may upload, and somebody of it who may do everything there."""
        district = f"district-{next(self._numbers)}"
        support = self.caller(district, ("support",))
        names = {one: f"School {one}" for one in schools} | (school_names or {})
        body = {"name": district, "schools": [{"schoolId": one, "name": names[one]} for one in schools]}
        support.ok("PUT", f"/districts/{district}", json=body | more)
        support.ok("POST", f"/districts/{district}/batch-upload")
        return self.caller(district)

    @contextlib.contextmanager
    def held(self):
        """Hand on no event meanwhile."""
        self._held = True
        yield
        self._held = False
        self.run()

    def run(self):
        """Hand on every event until there is none left."""
        moved = not self._held
        while moved:
            moved = False
            for sender in self.services:
                for message_id, headers, body in self._unsent(sender):
                    moved = True
                    event = unwrap(headers, body)
                    for name, heard in ROUTES.items():
                        if type(event) in heard:
                            with span(headers.get("traceparent", "")):
                                self.service(name).handle(event, message_id)

    @staticmethod
    def pending(service):
        """What a service has told and nobody has been handed yet: message IDs and events."""
        with service.engine.connect() as connection:
            rows = connection.execute(sa.select(outbox).where(outbox.c.sent_at.is_(None))).all()
        return [(row.id, unwrap(row.headers, row.body)) for row in rows]

    def _unsent(self, service):
        with service.engine.begin() as connection:
            unsent = sa.select(outbox).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.seq)
            rows = connection.execute(unsent).all()
            ids = [row.seq for row in rows]
            sent = {"sent_at": sa.func.current_timestamp()}
            connection.execute(sa.update(outbox).where(outbox.c.seq.in_(ids)).values(sent))
        return [(row.id, row.headers, row.body) for row in rows]


@dataclass
class Caller:
    """Somebody of a district.  Every call is followed by all that it sets going."""

    rollbook: WholeRollbook
    district: str
    token: str

    def call(self, method, path, **options):
        """One call below /api/v1."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        answer = self.rollbook.app.test_client().open(
            f"/api/v1{path}", method=method, headers=headers, **options
        )
        self.rollbook.run()
        return answer

    def ok(self, method, path, **options):
        """One call that must succeed; its JSON."""
        answer = self.call(method, path, **options)
        assert answer.status_code < 300, (answer.status_code, answer.data)
        return answer.json

    def lines(self, path):
        """The lines of a CSV file as dictionaries."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, (answer.status_code, answer.data)
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))

    def send(self, data, kind="users"):
        """Send a file; what is known of it once it has been compared.

        Addresses @d1. become the district's own: they are unique across districts.
        """
        data = data.replace(b"@d1.", f"@{self.district}.".encode())
        sent = self.ok(
            "POST", f"/uploads?kind={kind}&filename={kind}.csv", data=data, content_type="text/csv"
        )
        return self.upload(sent["id"])

    def apply(self, data, kind="users", **decision):
        """Send a file and have it processed; its ID."""
        upload_id = self.send(data, kind)["id"]
        self.ok("POST", f"/uploads/{upload_id}/process", json=decision)
        return upload_id

    def upload(self, upload_id):
        """Where an upload stands."""
        return self.ok("GET", f"/uploads/{upload_id}")

    def status(self, upload_id):
        """Its status alone."""
        return self.upload(upload_id)["status"]

    def figures(self, upload_id, where="preview"):
        """The district's figures of the preview or of the summary, by record type; blank lines left out."""
        lines = (
            self.ok("GET", f"/uploads/{upload_id}/preview")["counts"]
            if where == "preview"
            else self.lines(f"/reports/{upload_id}/summary.csv")
        )
        figures = ("created", "updated", "noChange", "removed", "errors")
        return {
            line["recordType"]: {name: int(line[name]) for name in figures if int(line[name])}
            for line in lines
            if not line["schoolId"] and any(int(line[name]) for name in figures)
        }

    def roster(self):
        """The export, line by line."""
        return self.lines("/export/users.csv")


def users_csv(text):
    """A users.csv with all conditional columns, from a small table whose cells are trimmed."""
    lines = [[cell.strip() for cell in line.split(",")] for line in text.strip().splitlines()]
    names = [*lines[0], *(name for name in COLUMNS if name not in lines[0])]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(names)
    writer.writerows([*line, *[""] * (len(names) - len(line))] for line in lines[1:])
    return buffer.getvalue().encode()
