"""What the roster answers over HTTP, and that its migrations make the tables it uses."""

import csv
import datetime as dt
import io
import json
import time
import uuid

import polars as pl
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from joserfc import jwt
from joserfc.jwk import RSAKey

from rollbook.common import rows_file
from rollbook.common.contracts import events as e
from rollbook.common.database import upgrade
from rollbook.common.object_store import ObjectStore
from rollbook.common.outbox.tables import metadata as messaging
from rollbook.common.settings import Settings
from rollbook.common.web.app import create_app
from rollbook.roster.adapters import tables
from rollbook.roster.bootstrap import compose

WHO = e.Person("p-admin", "Pat Admin")
AT = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)
ISSUER = "https://issuer.example.org"
CELLS = (
    "schoolId",
    "userRole",
    "userId",
    "userFirstName",
    "userLastName",
    "userEmail",
    "userGrade",
    "classId",
    "className",
)
ROWS = (
    ("001", "student", "0s1", "Ana", 'Li "A", B', "ana@d1.example.org", "07", "c/1", "Maths"),
    ("001", "student", "s2", "Ben", "Li", "ben@d1.example.org", "08", "", ""),
    ("001", "teacher", "t1", "Tia", "Oh", "tia@d1.example.org", "", "c/1", "Maths"),
)  # fmt: skip


@pytest.fixture
def client(tmp_path):
    """A client of a service that has applied one small file; call it with a path and a district."""
    key = RSAKey.generate_key(2048, {"kid": "k1"}, private=True)
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/roster.db",
        amqp_url="memory://",
        store_url=(tmp_path / "store").as_uri(),
        jwks_url=(tmp_path / "jwks.json").as_uri(),
        issuer=ISSUER,
    )
    service = compose(settings)
    upgrade(service.engine, service.package)
    apply_a_file(service, ObjectStore(settings.store_url))
    calls = create_app([service], settings).test_client()

    def get(path, district="d1"):
        claims = {"iss": ISSUER, "aud": "rollbook", "sub": "p", "name": "P", "district_id": district,
                  "roles": ["system"], "iat": int(time.time()), "exp": int(time.time()) + 600}  # fmt: skip
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)
        return calls.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})

    yield get
    service.engine.dispose()


def apply_a_file(service, store):
    schema = rows_file.schema("users")
    lines = [
        {name: None if name.startswith("written.") else "" for name in schema}
        | {"row": number, "action": "", "rejected": False, "broken": False}
        | dict(zip(CELLS, row, strict=True))
        for number, row in enumerate(ROWS, 2)
    ]
    store.put("rows", rows_file.encode(pl.DataFrame(lines, schema=schema)))
    header = tuple(name for name in schema if name in CELLS)
    events = (
        e.DistrictChanged("", "d1", 1, "D", "batch_upload", False, e.Thresholds(75.0, 10.0, 20),
                          (e.School("001", "Oak"),)),
        e.FileValidated("u1", "d1", "users", WHO, 3, 3, 0, 0, 0, 0, ("rows",), None, header, 1, None),
        e.ProcessingRequested("u1", "d1", False, WHO, AT, None),
    )  # fmt: skip
    for event in events:
        service.handle(event, str(uuid.uuid4()))


def lines_of(answer):
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_preview_counts_by_record_type_and_school(client):
    counts = client("/uploads/u1/preview").json["counts"]
    assert [(line["recordType"], line["schoolId"], line["created"]) for line in counts][:5] == [
        ("school", "", 0),
        ("staff", "", 1),
        ("student", "", 2),
        ("class", "", 1),
        ("enrollment", "", 2),
    ]


def test_changes_are_listed_field_by_field(client):
    lines = lines_of(client("/uploads/u1/changes.csv"))
    assert list(lines[0]) == ["recordType", "key", "schoolId", "change", "field", "before", "after", "row"]
    emails = [(line["key"], line["after"], line["row"]) for line in lines if line["field"] == "userEmail"]
    assert emails == [
        ("0s1", "ana@d1.example.org", "2"),
        ("s2", "ben@d1.example.org", "3"),
        ("t1", "tia@d1.example.org", "4"),
    ]


@pytest.mark.parametrize(
    "path", ["/uploads/u1/preview", "/uploads/u1/changes.csv", "/classes/c%2F1/enrollments"]
)
def test_what_is_another_districts_is_not_found(client, path):
    assert client(path, district="d2").status_code == 404


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/students", ["0s1", "s2"]),
        ("/students?q=BEN", ["s2"]),
        ("/students?grade=07", ["0s1"]),
        ("/students?schoolId=002", []),
        ("/staff", ["t1"]),
        ("/classes/c%2F1/enrollments", ["0s1", "t1"]),
    ],
)
def test_lists_are_searched_and_filtered(client, path, ids):
    assert [item["userId"] for item in client(path).json["items"]] == ids


def test_lists_come_in_pages(client):
    first = client("/students?limit=1").json
    second = client(f"/students?limit=1&cursor={first['next']}").json
    assert [first["items"][0]["userId"], second["items"][0]["userId"], second["next"]] == ["0s1", "s2", None]


def test_the_export_has_each_persons_rows_exactly(client):
    lines = lines_of(client("/export/users.csv?type=students"))
    assert [(line["userId"], line["userLastName"], line["schoolId"], line["classId"]) for line in lines] == [
        ("0s1", 'Li "A", B', "001", "c/1"),
        ("s2", "Li", "001", ""),
    ]


def test_an_export_of_an_unknown_type_is_a_problem(client):
    assert client("/export/users.csv?type=parents").json["code"] == "bad_type"


def test_the_migrations_make_the_tables_that_the_code_uses(tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/roster.db")
    upgrade(engine, "rollbook.roster")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        differences = compare_metadata(context, [tables.metadata, messaging])
    engine.dispose()
    assert [item for item in differences if "alembic_version" not in str(item)] == []
