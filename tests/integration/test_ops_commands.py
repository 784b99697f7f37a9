"""`rollbook ops` as an operator types it, on a data directory and on servers alike."""

import dataclasses
import datetime as dt
import json
import sys

import pytest
import sqlalchemy as sa
from integration.upload_portal import Portal

from rollbook.common.bus import topology
from rollbook.common.bus.connection import connect
from rollbook.common.contracts import events as e
from rollbook.common.contracts.envelope import Message, wrap
from rollbook.common.contracts.routes import queue_name
from rollbook.common.database import open_engine, upgrade
from rollbook.common.outbox.tables import dead_letter, outbox
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.embedded.cli import main
from rollbook.embedded.composition import SERVICES
from rollbook.reports.adapters.checkpoints import SigningKey
from rollbook.reports.adapters.tables import chain_head
from rollbook.reports.domain.checkpoint import Checkpoint
from rollbook.upload.adapters.tables import upload as upload_table

STALLED = queue_name("reports", e.UploadStalled)
CHUNK = queue_name("validator", e.ChunkRequested)


@dataclasses.dataclass
class Home:
    """The databases of one Rollbook that does not run, and how an operator names it."""

    urls: dict[str, str]
    options: list[str]
    environment: dict[str, str]

    def __post_init__(self):
        self.engines = {service: open_engine(url) for service, url in self.urls.items()}
        for service, engine in self.engines.items():
            upgrade(engine, f"rollbook.{service}")

    def empty(self):
        """Forget what the test before left."""
        of_one = {"upload": [upload_table], "reports": [chain_head]}
        for service, engine in self.engines.items():
            with engine.begin() as connection:
                for table in (dead_letter, outbox, *of_one.get(service, [])):
                    connection.execute(sa.delete(table))

    def close(self):
        for engine in self.engines.values():
            engine.dispose()


@pytest.fixture(scope="module")
def data_directory(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    urls = {service: f"sqlite:///{folder / service}.sqlite" for service in SERVICES}
    made = Home(urls, ["--data", str(folder)], {})
    yield made
    made.close()


@pytest.fixture(scope="module")
def servers(postgresql, tmp_path_factory):
    urls = {service: postgresql.new_database() for service in SERVICES}
    names = {f"ROLLBOOK_{service.upper()}_DATABASE_URL": url for service, url in urls.items()}
    made = Home(urls, [], names | {"ROLLBOOK_STORE_URL": tmp_path_factory.mktemp("store").as_uri()})
    yield made
    made.close()
    for url in urls.values():
        postgresql.drop_database(url)


@dataclasses.dataclass
class Operator:
    """Types commands."""

    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    home: Home | None = None

    def types(self, *words):
        """The exit code, standard output and standard error of a command."""
        options = self.home.options if self.home else []
        for name, value in (self.home.environment if self.home else {}).items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.setattr(sys, "argv", ["rollbook", "ops", *words, *options])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    def asks(self, *words):
        """The JSON a command answers with."""
        code, out, err = self.types(*words, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    def buries(self, event, queue):
        """Put a message among the dead letters."""
        message = dataclasses.replace(wrap(event), routing_key=queue)
        with UnitOfWork(self.home.engines[queue.split(".")[0]]) as uow:
            uow.dead_letters.add(message, "it was not to be", 4)
            uow.commit()
        return message


@pytest.fixture(params=["data_directory", "servers"])
def operator(request, capsys, monkeypatch):
    home = request.getfixturevalue(request.param)
    home.empty()
    return Operator(capsys, monkeypatch, home)


def test_dead_letters_are_listed_without_what_they_say(operator):
    assert operator.types("dead", "list")[:2] == (0, "There are no dead letters.\n")
    first = operator.buries(e.UploadStalled("u1", "d1", 1), STALLED)
    second = operator.buries(e.ChunkRequested("u2", "d1", 0), CHUNK)
    lines = operator.asks("dead", "list")
    facts = ("queue", "id", "type", "upload", "reason", "attempts", "replaying")
    assert [tuple(line[fact] for fact in facts) for line in lines] == [
        (STALLED, first.id, "upload.upload.stalled.v1", "u1", "it was not to be", 4, False),
        (CHUNK, second.id, "validator.chunk.requested.v1", "u2", "it was not to be", 4, False),
    ]
    code, out, _ = operator.types("dead", "list")
    assert (code, len(out.splitlines())) == (0, 3)


def test_one_dead_letter_is_shown_whole(operator):
    message = operator.buries(e.UploadStalled("u1", "d1", 1), STALLED)
    shown = operator.asks("dead", "show", STALLED, message.id)
    assert (shown["body"]["stall"], shown["headers"]) == (1, message.headers)


def test_one_dead_letter_is_shown_to_people_line_by_line(operator):
    message = operator.buries(e.UploadStalled("u1", "d1", 1), STALLED)
    code, out, _ = operator.types("dead", "show", STALLED, message.id)
    lines = out.splitlines()
    assert (code, lines[:2]) == (0, [f"queue:      {STALLED}", f"id:         {message.id}"])
    assert json.loads("".join(lines[lines.index("body:       ") + 1 :]))["stall"] == 1


@pytest.mark.parametrize(
    ("body", "shown"), [(b"not JSON", "not JSON"), (b"\xff\x00", {"base64": "/wA="})], ids=["text", "bytes"]
)
def test_what_is_no_message_of_ours_is_shown_as_well_as_it_can_be(operator, body, shown):
    with UnitOfWork(operator.home.engines["reports"]) as uow:
        uow.dead_letters.add(Message("m1", STALLED, {}, body), "unreadable", 1)
        uow.commit()
    assert operator.asks("dead", "show", STALLED, "m1")["body"] == shown


def test_a_dead_letter_is_marked_for_replay_and_stays_until_the_relay_has_it(operator):
    message = operator.buries(e.UploadStalled("u1", "d1", 1), STALLED)
    operator.buries(e.UploadStalled("u2", "d1", 1), STALLED)
    for _ in range(2):
        assert operator.asks("dead", "replay", STALLED, message.id) == {"replaying": 1}
    assert [line["replaying"] for line in operator.asks("dead", "list")] == [True, False]


def test_dead_letters_of_one_queue_or_of_all_are_discarded(operator):
    for index in range(3):
        operator.buries(e.ChunkRequested("u1", "d1", index), CHUNK)
    operator.buries(e.UploadStalled("u1", "d1", 1), STALLED)
    assert operator.asks("dead", "discard", CHUNK, "--all") == {"discarded": 3}
    assert [line["queue"] for line in operator.asks("dead", "list")] == [STALLED]
    assert operator.asks("dead", "discard", "--all") == {"discarded": 1}
    assert operator.asks("dead", "list") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dead", "show", STALLED, "m9"), f"there is no dead letter m9 of the queue {STALLED}."),
        (("dead", "discard", STALLED, "m9"), f"there is no dead letter m9 of the queue {STALLED}."),
        (("dead", "replay"), "name a queue and the ID of a message in it, or --all"),
        (("dead", "replay", STALLED), "name a queue and the ID of a message in it, or --all"),
        (("dead", "discard", STALLED, "m9", "--all"), "name a queue and the ID of a message in it, or --all"),
        (("stuck", "--nudge", "u9"), "there is no upload u9."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_one_line(operator, words, said):
    code, out, err = operator.types(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def stalled(operator, folder):
    """An upload whose file came, and of which nobody has said anything since."""
    portal = Portal(folder / "portal")
    portal.activate()
    here = portal.send().json["id"]
    with portal.service.engine.connect() as connection:
        row = dict(connection.execute(sa.select(upload_table)).mappings().one())
    portal.service.engine.dispose()
    with operator.home.engines["upload"].begin() as connection:
        connection.execute(sa.insert(upload_table).values(row))
    return here


def test_a_stuck_upload_is_shown_with_what_it_waits_for_until_it_is_nudged(operator, tmp_path):
    (tmp_path / "portal").mkdir()
    here = stalled(operator, tmp_path)
    letter = operator.buries(e.ChunkRequested(here, "oak", 0), CHUNK)
    (line,) = operator.asks("stuck", "--for", "0")
    assert (line["upload"], line["status"], line["waitsFor"]) == (
        here,
        "validating",
        "validator: checks the file",
    )
    assert line["services"] == dict.fromkeys(("validator", "roster", "reports"), "has not heard of it")
    assert line["deadLetters"] == [{"queue": CHUNK, "id": letter.id}]
    assert here in operator.types("stuck", "--for", "0")[1]
    assert operator.asks("stuck", "--for", "600") == []
    assert operator.asks("stuck", "--nudge", here) == {"nudged": here}
    with operator.home.engines["upload"].connect() as connection:
        assert connection.execute(sa.select(outbox.c.type)).scalars().all() == [e.UploadStalled.TYPE]
    assert operator.asks("stuck", "--for", "0")[0]["unsentEvents"] == {"upload": 1}


def test_an_upload_that_waits_for_a_person_cannot_be_nudged(operator, tmp_path):
    (tmp_path / "portal").mkdir()
    here = stalled(operator, tmp_path)
    with operator.home.engines["upload"].begin() as connection:
        connection.execute(sa.update(upload_table).values(status="ready"))
    code, _, err = operator.types("stuck", "--nudge", here)
    assert (code, "The upload is ready" in err) == (2, True)


def test_a_broken_chain_is_exit_code_1_and_its_place(operator):
    sound = "Every report is as it was written."
    nothing = "0 entries, each with what is shown of it, in the chains of 0 districts; 0 files of 0 bytes."
    assert operator.types("verify-chain")[:2] == (0, f"{sound}\nVerified: {nothing}\n")
    with operator.home.engines["reports"].begin() as connection:
        connection.execute(sa.insert(chain_head).values(district_id="oak", position=3, hash="0" * 64))
    code, out, _ = operator.types("verify-chain")
    place = "district oak: the chain ends after entry 0, and should end with entry 3: it was cut off"
    assert (code, out.splitlines()[0]) == (1, place)
    counts = {"districts": 1, "entries": 0, "files": 0, "bytes": 0}
    asked = json.loads(operator.types("verify-chain", "--json")[1])
    assert asked == {"broken": [place], "verified": counts}
    assert "in the chains of 1 district; 0 files" in out


def test_the_chains_are_held_to_a_checkpoint_that_was_kept(operator, tmp_path):
    key = SigningKey.read(SigningKey.made())
    kept, keys, other = (tmp_path / name for name in ("checkpoint", "keys.json", "other.json"))
    keys.write_text(json.dumps(key.public()))
    other.write_text(json.dumps(SigningKey.read(SigningKey.made()).public()))
    kept.write_text(key.sign(Checkpoint(dt.datetime(2026, 1, 31, tzinfo=dt.UTC), {"oak": (7, "0" * 64)})))
    words = ("verify-chain", "--checkpoint", str(kept), "--keys")
    code, out, _ = operator.types(*words, str(keys))
    assert (code, "had 7 at the checkpoint of 2026-01-31" in out) == (1, True)
    code, out, err = operator.types(*words, str(other))
    assert (code, out, "not signed with this key" in err, err.count("\n")) == (2, "", True, 1)
    code, _, err = operator.types(*words, str(tmp_path / "absent"))
    assert (code, err.count("\n")) == (2, 1)


def test_a_checkpoint_made_here_betrays_what_is_cut_off_later(operator, tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLBOOK_CHECKPOINT_KEY", SigningKey.made())
    with operator.home.engines["reports"].begin() as connection:
        connection.execute(sa.insert(chain_head).values(district_id="oak", position=3, hash="0" * 64))
    code, signed, _ = operator.types("checkpoint")
    assert (code, signed.count("\n")) == (0, 1)
    kept = tmp_path / "checkpoint"
    kept.write_text(signed)
    operator.home.empty()
    code, out, _ = operator.types("verify-chain", "--removals", "--checkpoint", str(kept))
    assert (code, "the chain ends after entry 0, and had 3 at the checkpoint" in out) == (1, True)


def test_the_queues_of_a_broker_are_shown_with_what_waits_beside_them(
    capsys, monkeypatch, amqp_url, rabbitmq, servers
):
    servers.empty()
    operator = Operator(capsys, monkeypatch, servers)
    monkeypatch.setenv("ROLLBOOK_AMQP_URL", amqp_url)
    code, _, err = operator.types("queues")
    assert (code, "run migrate" in err) == (2, True)
    with connect(amqp_url) as connection:
        topology.apply(connection)
    operator.buries(e.UploadStalled("u1", "d1", 1), STALLED)
    (line,) = [line for line in operator.asks("queues") if line["queue"] == STALLED]
    facts = ("ready", "unacknowledged", "consumers", "retrying", "dead")
    assert [line[fact] for fact in facts] == [0, None, 0, 0, 1]
    monkeypatch.setenv("ROLLBOOK_AMQP_MANAGEMENT_URL", rabbitmq.management_url)
    assert operator.asks("queues")[0]["unacknowledged"] == 0
    monkeypatch.delenv("ROLLBOOK_AMQP_MANAGEMENT_URL")
    monkeypatch.setenv("ROLLBOOK_AMQP_URL", "amqp://guest:guest@127.0.0.1:1/%2F")
    code, _, err = operator.types("queues")
    assert (code, "the broker does not answer" in err, err.count("\n")) == (2, True, 1)


def test_the_queues_of_a_rollbook_up_that_does_not_run_are_nowhere(capsys, monkeypatch, data_directory):
    code, out, err = Operator(capsys, monkeypatch, data_directory).types("queues")
    assert (code, out, "no `rollbook up` runs on" in err) == (2, "", True)


@pytest.mark.parametrize(
    ("words", "database_url", "said"),
    [
        (("dead", "list"), "", "not set: ROLLBOOK_UPLOAD_DATABASE_URL, ROLLBOOK_VALIDATOR_DATABASE_URL"),
        (("queues",), "", "not set: ROLLBOOK_AMQP_URL, ROLLBOOK_UPLOAD_DATABASE_URL"),
        (("verify-chain",), "", "not set: ROLLBOOK_STORE_URL"),
        (("queues", "--data", "."), "", "is no data directory"),
        (("dead", "list"), "nonsense", "is no address of a database."),
        (("dead", "list"), "postgresql+psycopg://127.0.0.1:1/x", "a database does not answer"),
    ],
    ids=["databases", "broker", "store", "folder", "address", "server"],
)
def test_where_there_is_no_rollbook_is_one_line(operator_of_nothing, words, database_url, said):
    for service in SERVICES:
        operator_of_nothing.monkeypatch.setenv(f"ROLLBOOK_{service.upper()}_DATABASE_URL", database_url)
    code, out, err = operator_of_nothing.types(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.fixture
def operator_of_nothing(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return Operator(capsys, monkeypatch)
