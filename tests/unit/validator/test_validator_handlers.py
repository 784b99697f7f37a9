"""The validator's reactions, on SQLite and a store in memory; events come late, twice or not at all."""

import dataclasses
import datetime as dt
import random

import polars as pl
import pytest
import sqlalchemy as sa
from unit.validator.one_validator import EXPECTED, Validator, findings, last, received

from rollbook.common import rows_file
from rollbook.common.contracts import events as e
from rollbook.common.errors import NotYetKnown
from rollbook.common.outbox.tables import outbox
from rollbook.validator import handlers


@pytest.fixture
def validator(tmp_path):
    one = Validator(f"sqlite:///{tmp_path}/validator.db")
    yield one
    one.close()


def test_a_file_is_checked_chunk_by_chunk_and_then_across(validator):
    validator.handle(received(validator.store))
    validator.run()
    told = validator.told()
    assert findings(told) == EXPECTED
    end = last(told, e.FileValidated)
    assert (end.rows, end.accepted_rows, end.rejected_rows, end.errors, end.warnings) == (5, 2, 3, 3, 0)
    assert end.batches == sum(isinstance(event, e.ValidatorRowsRejected) for event in told)
    rows = pl.concat(rows_file.decode(validator.store.get(key)) for key in end.row_files)
    assert rows.select("row", "userId", "userEmail", "userRole", "rejected").rows() == [
        (2, "s1", "a@d1.example", "student", False),
        (3, "s2", "a@d1.example", "student", False),
        (4, "s3", "c@d1.example", None, True),
        (5, "s4", "d@d1.example", "student", False),
        (6, "s1", "a@d1.example", "student", False),
    ]
    assert rows_file.decode(validator.store.get(end.rejected_rows_key))["row"].to_list() == [3, 6]
    progress = [(event.index, event.rows) for event in told if isinstance(event, e.ChunkChecked)]
    assert progress == [(0, 2), (1, 2), (2, 1)]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_chunks_and_second_deliveries_change_nothing(validator, seed):
    event = received(validator.store, chunk_rows=1)
    validator.handle(event)
    validator.handle(event)
    validator.run(random.Random(seed))  # noqa: S311
    told = validator.told()
    assert findings(told) == EXPECTED
    assert sum(isinstance(event, e.FileValidated) for event in told) == 1


def test_only_a_window_of_chunks_waits_on_the_queue(validator, monkeypatch):
    monkeypatch.setattr(handlers, "WINDOW", 2)
    validator.handle(received(validator.store, chunk_rows=1))
    assert [event.index for event in validator.told()] == [0, 1]
    validator.handle(e.ChunkRequested("u1", "d1", 1))
    assert [event.index for event in validator.told() if isinstance(event, e.ChunkRequested)] == [0, 1, 2]
    validator.run()
    assert findings(validator.told()) == EXPECTED


def test_a_file_that_is_not_what_its_chunk_table_says_fails_loudly(validator):
    event = received(validator.store)
    validator.store.objects["text"] = validator.store.objects["text"].replace(b"\n", b"\\", 3)
    validator.handle(event)
    validator.run()
    told = validator.told()
    assert last(told, e.UploadFailed).reason.startswith("chunk 0 has")
    assert not any(isinstance(event, e.FileValidated) for event in told)


def test_chunks_that_do_not_add_up_to_the_file_fail_the_upload(validator):
    event = dataclasses.replace(received(validator.store), rows=6)
    validator.handle(event)
    validator.run()
    assert last(validator.told(), e.UploadFailed).reason == "the chunks hold 5 records, the file 6"


@pytest.mark.parametrize("first", ["status", "file"])
def test_nobody_works_on_an_upload_that_is_no_longer_wanted(validator, first):
    file = received(validator.store)
    status = e.StatusChanged("u1", "d1", "cancelled", dt.datetime.now(dt.UTC), None, "")
    for event in (status, file) if first == "status" else (file, status):
        validator.handle(event)
    validator.run()
    assert not any(isinstance(event, e.ChunkChecked) for event in validator.told())


def test_a_chunk_of_an_upload_that_is_not_known_yet_is_tried_again_later(validator):
    with pytest.raises(NotYetKnown):
        validator.handle(e.ChunkRequested("u1", "d1", 0))


def test_a_stalled_upload_is_told_again_without_being_checked_again(validator):
    validator.handle(received(validator.store))
    validator.run()
    before = validator.told()
    with validator.engine.begin() as connection:
        connection.execute(outbox.update().values(sent_at=dt.datetime.now(dt.UTC)))
    validator.store.objects.clear()
    validator.handle(e.UploadStalled("u1", "d1", 1))
    with validator.engine.connect() as connection:
        unsent = connection.scalar(sa.select(sa.func.count()).where(outbox.c.sent_at.is_(None)))
    assert unsent == len(before)
    validator.run()
    assert validator.told() == before
    assert findings(validator.told()) == EXPECTED
