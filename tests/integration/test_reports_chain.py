"""The chain of reports on both databases: whoever removes, alters, moves or cuts off is found out."""

import datetime as dt

import pytest
import sqlalchemy as sa
from integration.test_reports_service import REFUSED
from joserfc import jws
from joserfc.jwk import KeySet
from unit.reports.upload_story import AT, story

from rollbook.reports.adapters.chain import append
from rollbook.reports.adapters.checkpoints import SigningKey, verified
from rollbook.reports.adapters.tables import chain_entry, chain_head, report, upload
from rollbook.reports.adapters.verification import verify_chain
from rollbook.reports.domain.checkpoint import Checkpoint, NotACheckpoint

entries = chain_entry.c


@pytest.fixture
def written(world):
    """Three uploads: entries 1 and 2, 3 and 4, 5 and 6; a refused file is entry 7."""
    for number in (1, 2, 3):
        world.hear(*story(world.store, upload_id=f"u{number}", at=AT + dt.timedelta(days=number)))
    world.hear(REFUSED, REFUSED)
    assert faults(world) == []
    return world


def faults(world, **options):
    return list(verify_chain(world.engine, world.store, **options))


def tamper(world, *statements):
    with world.engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def at(position):
    return entries.position == position


def rewrite(world, upload_id, last):
    """What somebody with the whole database at hand would do: write an honest-looking chain anew."""
    with world.engine.begin() as connection:
        rows = connection.execute(sa.select(chain_entry).order_by(entries.position)).all()
        connection.execute(chain_entry.delete())
        connection.execute(chain_head.delete())
        for row in rows[:last]:
            if row.upload_id != upload_id:
                append(connection, "d1", row.upload_id, row.what, {"errors": 0})


def test_a_removed_entry_is_missed(written):
    tamper(written, chain_entry.delete().where(at(3)))
    assert "district d1: entry 3 is missing" in faults(written)[0]
    tamper(written, chain_entry.delete().where(at(4)))
    assert "district d1: entries 3 to 4 are missing" in faults(written)[0]


def test_an_altered_entry_is_named(written):
    with written.engine.connect() as connection:
        kept = connection.execute(sa.select(chain_entry).where(at(2))).mappings().one()
    for values in (
        {"facts": "{}"},
        {"facts": "no JSON"},
        {"hash": "f" * 64},
        {"upload_id": "u9"},
        {"what": "validation"},
        {"previous_hash": "f" * 64},
    ):
        tamper(written, chain_entry.update().where(at(2)).values(values))
        found = faults(written, with_files=False)
        assert "entry 2 has been altered" in found[0]
        assert not any("entry 3" in one for one in found)
        tamper(written, chain_entry.update().where(at(2)).values(dict(kept)))


def test_two_entries_that_have_changed_places_are_named(written):
    for position, other in ((3, 99), (4, 3), (99, 4)):
        tamper(written, chain_entry.update().where(at(position)).values(position=other))
    assert faults(written) == [
        "district d1: entry 3 is out of order: it was written as entry 4 (upload u2, final)",
        "district d1: entry 4 is out of order: it was written as entry 3 (upload u2, validation)",
    ]


def test_an_entry_forged_with_a_fitting_hash_does_not_bear_the_next_one(written):
    with written.engine.begin() as connection:
        head = connection.execute(sa.select(chain_head)).one()
        before = connection.execute(sa.select(entries.hash).where(at(3))).scalar_one()
        kept = connection.execute(sa.select(chain_entry).where(at(4))).one()
        connection.execute(chain_entry.delete().where(at(4)))
        connection.execute(chain_head.update().values(position=3, hash=before))
        append(connection, "d1", kept.upload_id, kept.what, {"errors": 0})
        connection.execute(chain_head.update().values(position=head.position, hash=head.hash))
    assert faults(written) == [
        (
            "district d1: entry 5 does not follow the entry before it: one of the two has been replaced"
            " (upload u3, validation)"
        )
    ]


def test_what_is_shown_of_an_upload_must_be_what_its_entry_says(written):
    of = {table: table.c.upload_id == "u2" for table in (report, upload)}
    for table, values, said in (
        (upload, {"uploaded_by_name": "Nobody"}, "file name, person or time"),
        (upload, {"uploaded_at": AT}, "file name, person or time"),
        (report, {"counts": "[]"}, "a figure"),
        (report, {"findings": "[]"}, "a finding"),
        (report, {"errors": 0}, "a total"),
        (report, {"files": []}, "the list of files"),
    ):
        with written.engine.connect() as connection:
            kept = connection.execute(sa.select(table).where(of[table])).mappings().all()
        tamper(written, table.update().where(of[table]).values(values))
        assert [one.split(":")[1] for one in faults(written, with_files=False)] == [
            f" {said} of entry {entry} has been altered (upload u2, {stage})"
            for entry, stage in ((3, "validation"), (4, "final"))
        ]
        tamper(written, table.delete().where(of[table]), table.insert().values([dict(row) for row in kept]))
    assert faults(written) == []
    tamper(written, report.delete().where(of[report]))
    assert [one.split(" (")[0] for one in faults(written)] == [
        f"district d1: the report of entry {entry} is gone" for entry in (3, 4)
    ]


def test_a_report_that_was_put_in_is_named(written):
    tamper(
        written,
        report.insert().values(
            upload_id="u0", stage="final", files=[], counts="[]", findings="[]", errors=0, warnings=0
        ),
    )
    assert faults(written) == ["district d1: a report was put in (upload u0, final)"]


def test_a_changed_byte_of_a_file_and_a_lost_file_are_named(written):
    key = "reports/u2/validation/errors.csv"
    kept = written.store.get(key)
    written.store.put(key, kept.replace(b"pupil", b"pupal"))
    assert faults(written) == ["district d1: errors.csv of entry 3 has been altered (upload u2, validation)"]
    assert faults(written, with_files=False) == []
    written.store.delete(key)
    assert faults(written) == ["district d1: errors.csv of entry 3 is gone (upload u2, validation)"]


def test_a_tail_that_was_cut_off_is_missed(written):
    tamper(written, chain_entry.delete().where(entries.position > 5))
    assert faults(written)[0] == (
        "district d1: the chain ends after entry 5, and should end with entry 7: it was cut off"
    )


def test_a_checkpoint_kept_elsewhere_betrays_a_chain_that_was_cut_off_or_rewritten(written):
    signed = written.get("/reports/checkpoint", "", ("auditor",)).get_data(as_text=True)
    keys = written.get("/reports/checkpoint-keys").json
    checkpoint = verified(signed, keys)
    assert faults(written, checkpoint=checkpoint) == []
    day = f"{checkpoint.made_at:%Y-%m-%d}"

    rewrite(written, "nobody", 5)
    cut_off = faults(written, checkpoint=checkpoint, with_files=False)
    assert (
        f"the chain ends after entry 5, and had 7 at the checkpoint of {day}: it was cut off" in cut_off[-2]
    )

    rewrite(written, "nobody", 5)
    with written.engine.begin() as connection:
        for _ in range(5):
            append(connection, "d1", "u4", "final", {})
    rewritten = faults(written, checkpoint=checkpoint, with_files=False)
    assert any(f"entry 7 is another than at the checkpoint of {day}" in one for one in rewritten)

    tamper(written, *(table.delete() for table in (chain_entry, chain_head, report)))
    assert faults(written) == []
    assert "the chain ends after entry 0, and had 7" in faults(written, checkpoint=checkpoint)[0]


def test_a_checkpoint_that_was_altered_or_signed_by_another_is_refused(world):
    signed = world.get("/reports/checkpoint", "", ("auditor",)).get_data(as_text=True)
    keys = world.get("/reports/checkpoint-keys").json
    assert jws.deserialize_compact(signed.strip(), KeySet.import_key_set(keys), algorithms=["Ed25519"])
    head, payload, signature = signed.strip().split(".")
    other = SigningKey.read(SigningKey.made()).sign(Checkpoint(AT, {}))
    for text in (f"{head}.{payload}x.{signature}", f"{head}.{signature}.{payload}", other, "", "a.b.c", "ä"):
        with pytest.raises(NotACheckpoint):
            verified(text, keys)


def test_only_auditors_get_a_checkpoint_and_only_of_their_districts(written):
    written.hear(*story(written.store, upload_id="v1", district_id="d2"))
    keys = written.get("/reports/checkpoint-keys").json
    assert written.get("/reports/checkpoint").status_code == 403
    answer = written.call("GET", "/reports/checkpoint", "", ("auditor",), claims={"district_ids": ["d2"]})
    assert verified(answer.get_data(as_text=True), keys).heads.keys() == {"d2"}


def test_a_refusal_is_chained_and_shown(written):
    found = written.get("/reports/u0").json
    assert [(link["stage"], link["position"], link["fileName"]) for link in found["chain"]] == [
        ("refused", 7, "old.csv")
    ]
