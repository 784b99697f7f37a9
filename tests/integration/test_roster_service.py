"""The roster service on both databases: what a file would do, what it does, and what comes back out."""

import datetime as dt
import io
import json

import polars as pl
import pytest
import sqlalchemy as sa

from rollbook.common import rows_file
from rollbook.common.contracts import events as e
from rollbook.common.database import open_engine, upgrade
from rollbook.common.errors import NotYetKnown
from rollbook.common.object_store import ObjectStore
from rollbook.common.outbox.tables import outbox
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.roster import applying, handlers
from rollbook.roster.adapters import bulk, roster_rows
from rollbook.roster.adapters.directory import Directory
from rollbook.roster.adapters.roster_store import RosterStore
from rollbook.roster.domain.roster_file import Selection

WHO = e.Person("p-admin", "Pat Admin")
AT = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)
COLUMNS = rows_file.schema("users")
HEADER = tuple(
    name for name in COLUMNS if not name.startswith("written.") and name not in {"row", "rejected", "broken"}
)


class World:
    """One roster service, its database and its files."""

    def __init__(self, url, folder):
        self.engine = open_engine(url)
        upgrade(self.engine, "rollbook.roster")
        self.store = ObjectStore(folder.as_uri())
        self.district()

    def handle(self, handler, event, **more):
        with UnitOfWork(self.engine) as uow:
            handler(event, uow, RosterStore, **more)
            uow.commit()

    def district(self, version=1, district_id="d1", **more):
        event = e.DistrictChanged(
            "",
            district_id,
            version,
            "D",
            "batch_upload",
            more.get("creation", False),
            e.Thresholds(75.0, 10.0, 20),
            (e.School("001", "Oak"), e.School("002", "Elm")),
        )
        self.handle(handlers.take_in_district, event)

    def validated(self, upload_id, rows, district_id="d1", version=1):
        key = f"uploads/{upload_id}/rows/00000.parquet"
        self.store.put(key, rows_file.encode(rows))
        rejected = int(rows["rejected"].sum())
        event = e.FileValidated(
            upload_id,
            district_id,
            "users",
            WHO,
            rows.height,
            rows.height - rejected,
            rejected,
            0,
            0,
            0,
            (key,),
            None,
            HEADER,
            version,
            None,
        )
        self.handle(handlers.plan_upload, event, store=self.store)

    def process(self, upload_id, district_id="d1"):
        event = e.ProcessingRequested(upload_id, district_id, False, WHO, AT, None)
        self.handle(applying.apply_upload, event, store=self.store)

    def counts(self, upload_id, stage="preview"):
        lines = json.loads(self.store.get(f"uploads/{upload_id}/counts-{stage}.json"))
        return {
            (line["recordType"], line["schoolId"]):
                (line["created"], line["updated"], line["noChange"], line["removed"], line["errors"])
            for line in lines
        }  # fmt: skip

    def told(self, kind):
        with self.engine.connect() as connection:
            query = sa.select(outbox.c.body).where(outbox.c.type == kind.TYPE).order_by(outbox.c.seq)
            return [json.loads(body) for body in connection.execute(query).scalars()]

    def export(self):
        return pl.concat(Directory(self.engine).roster_rows("d1", Selection()))


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request, tmp_path):
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/roster.db" if sqlite else request.getfixturevalue("database_url")
    made = World(url, tmp_path / "files")
    yield made
    made.engine.dispose()


def rows(text):
    """Rows of a file from a small CSV; columns that it does not have are blank."""
    lines = [[cell.strip() for cell in line.split(",")] for line in text.strip().splitlines()]
    frame = pl.DataFrame(lines[1:], schema=lines[0], orient="row")
    return as_rows_file(frame)


def as_rows_file(frame):
    return frame.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.UInt32).alias("row")).select(
        pl.col(name) if name in {"row", *frame.columns}
        else pl.lit(value=False).alias(name) if name in {"rejected", "broken"}
        else pl.lit(None if name.startswith("written.") else "", pl.String).alias(name)
        for name in COLUMNS
    )  # fmt: skip


SMALL = """
    schoolId,userRole,userId,userFirstName,userLastName,userEmail,userGrade,classId,className,primaryTeacher
    001,student,0s1,Ana,Núñez,ana@d1.example.org,07,c1,"Maths",
    001,student,0s1,Ana,Núñez,ana@d1.example.org,07,c2,Art,
    002,student,s2,Ben,Li,ben@d1.example.org,08,,,
    001,teacher,t1,Tia,O'Neil,tia@d1.example.org,,c1,"Maths",true
"""


def test_a_first_file_creates_everything_and_a_second_time_nothing(world):
    world.validated("u1", rows(SMALL))
    assert world.counts("u1")["student", ""] == (2, 0, 0, 0, 0)
    assert world.counts("u1")["enrollment", "001"] == (3, 0, 0, 0, 0)
    assert world.counts("u1")["school", "002"] == (0, 0, 1, 0, 0)
    world.process("u1")
    world.process("u1")
    assert world.counts("u1", "applied") == world.counts("u1")
    world.validated("u2", rows(SMALL))
    assert {figures[:2] + figures[3:] for figures in world.counts("u2").values()} == {(0, 0, 0, 0)}
    assert len(world.told(e.UploadApplied)) == 1


def test_the_export_uploads_again_with_every_record_no_change(world):
    world.validated("u1", rows(SMALL))
    world.process("u1")
    exported = world.export()
    assert exported.select("schoolId", "userId", "classId", "userLastName").rows() == [
        ("001", "0s1", "c1", "Núñez"),
        ("001", "0s1", "c2", "Núñez"),
        ("001", "t1", "c1", "O'Neil"),
        ("002", "s2", "", "Li"),
    ]
    read_back = pl.read_csv(io.BytesIO(exported.write_csv().encode()), infer_schema=False,
                            empty_string_is_null=False)  # fmt: skip
    world.validated("u2", as_rows_file(read_back))
    assert {figures[:2] + figures[3:] for figures in world.counts("u2").values()} == {(0, 0, 0, 0)}


def test_the_export_comes_in_parts_and_whoever_listens_slowly_holds_no_connection(world, monkeypatch):
    world.validated("u1", rows(SMALL))
    world.process("u1")
    whole = world.export()
    monkeypatch.setattr(roster_rows, "PART_ROWS", 1)
    monkeypatch.setattr(bulk, "_PART_ROWS", 1)
    monkeypatch.setattr(bulk, "_PART_BYTES", 1)
    parts = list(Directory(world.engine).roster_rows("d1", Selection()))
    assert [part.height for part in parts] == [0, 1, 1, 1, 1]
    assert pl.concat(parts).equals(whole)
    begun = Directory(world.engine).roster_rows("d1", Selection())
    assert [next(begun).height, next(begun).height] == [0, 1]
    assert world.engine.pool.checkedout() == 0
    world.validated("u2", rows(SMALL.replace("Ana", "Anna")))
    world.process("u2")
    assert set(pl.concat([*parts[:2], *begun])["userFirstName"]) == {"Ana", "Ben", "Tia"}


def test_updates_removals_and_departures_are_applied_and_come_back(world):
    world.validated("u1", rows(SMALL))
    world.process("u1")
    world.validated("u2", rows("""
        action,schoolId,userRole,userId,userFirstName,userLastName,userEmail,userGrade,classId,className
        add,002,student,s2,Benjamin,Li,ben@d1.example.org,08,,
        remove,001,,0s1,,,,,c2,
        deactivate,001,,t1,,,,,,
    """))  # fmt: skip
    assert world.counts("u2")["student", ""] == (0, 1, 0, 0, 0)
    assert world.counts("u2")["staff", ""] == (0, 0, 0, 1, 0)
    assert world.counts("u2")["enrollment", ""] == (0, 0, 0, 1, 0)
    world.process("u2")
    assert world.export().select("userId", "classId", "userFirstName").rows() == [
        ("0s1", "c1", "Ana"), ("s2", "", "Benjamin")]  # fmt: skip
    world.validated("u3", rows(SMALL))
    assert world.counts("u3")["staff", "001"] == (0, 1, 0, 0, 0)
    assert world.counts("u3")["enrollment", "001"] == (2, 0, 1, 0, 0)


def test_a_roster_changed_since_the_preview_leaves_the_rows_out_that_would_do_something_else(world):
    world.validated("u1", rows(SMALL))
    world.validated("u2", rows(SMALL))
    world.process("u1")
    world.process("u2")
    assert world.counts("u2", "applied")["student", ""] == (0, 0, 0, 0, 2)
    assert world.told(e.UploadApplied)[1]["errors"] == 4
    assert {batch["phase"] for batch in world.told(e.RosterRowsRejected)} == {"comparison", "applying"}


def test_a_process_that_died_on_the_way_is_held_to_what_was_shown_all_the_same(world):
    world.validated("u1", rows(SMALL))
    world.validated("u2", rows(SMALL))
    world.process("u1")
    event = e.ProcessingRequested("u2", "d1", False, WHO, AT, None)
    with UnitOfWork(world.engine) as uow:  # rolled back
        applying.apply_upload(event, uow, RosterStore, store=world.store)
    world.process("u2")
    assert world.told(e.UploadApplied)[1]["errors"] == 4


def test_what_another_district_has_stored_is_not_taken(world):
    world.district(district_id="d2")
    world.validated("u1", rows(SMALL), district_id="d2")
    world.process("u1", district_id="d2")
    world.validated("u2", rows(SMALL))
    assert world.counts("u2")["staff", ""] == (0, 0, 0, 0, 1)
    assert world.told(e.UploadPreviewed)[1]["errors"] == 4


def test_a_file_waits_for_the_district_it_was_checked_with(world):
    with pytest.raises(NotYetKnown):
        world.validated("u1", rows(SMALL), version=2)


def test_an_upload_called_off_is_neither_planned_nor_applied_later(world):
    world.handle(handlers.forget_upload, e.StatusChanged("u1", "d1", "cancelled", AT, WHO, ""))
    world.validated("u1", rows(SMALL))
    world.process("u1")
    assert world.told(e.UploadPreviewed) == []
    assert world.export().is_empty()


def test_demographics_are_kept_for_students_and_refused_for_others(world):
    world.validated("u1", rows(SMALL))
    world.process("u1")
    schema = rows_file.schema("demographics")
    lines = [
        dict.fromkeys(schema, "") | {"row": number, "userId": user, "gifted": "true"}
        | {"rejected": False, "broken": False}
        for number, user in enumerate(("0s1", "t1", "none"), 2)
    ]  # fmt: skip
    key = "uploads/u2/rows/00000.parquet"
    world.store.put(key, rows_file.encode(pl.DataFrame(lines, schema=schema)))
    for upload_id in ("u2", "u3"):
        event = e.FileValidated(upload_id, "d1", "demographics", WHO, 3, 3, 0, 0, 0, 0, (key,), None,
                                ("userId", "gifted"), 1, None)  # fmt: skip
        world.handle(handlers.plan_upload, event, store=world.store)
        world.process(upload_id)
    assert world.counts("u2") == {("demographics", ""): (1, 0, 0, 0, 2)}
    assert world.counts("u3", "applied") == {("demographics", ""): (0, 0, 1, 0, 2)}
