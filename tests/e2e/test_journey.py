"""The main job, end to end, in both ways of running it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from e2e.journey import Running, comparable, of_district, open_district, reports_of, sent, settled, summary_of
from e2e.running import Apart, Up

from rollbook.common.contracts.envelope import Message
from rollbook.common.contracts.events import FileReceived
from rollbook.common.contracts.routes import queue_name
from rollbook.common.database import open_engine
from rollbook.common.outbox.tables import outbox
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.embedded.client import Client, Refused
from roster_files import write_users

ROWS = 3_000
HEARD = queue_name("reports", FileReceived)


@pytest.fixture(params=["embedded", "distributed"])
def running(request: pytest.FixtureRequest) -> Running:
    found: Running = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def faulty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("files") / "users.csv"
    write_users(file, ROWS, faulty_share=0.02)
    return file


def applied(client: Client, file: Path) -> dict[str, bytes]:
    upload_id = sent(client, file)
    assert client.settled(upload_id)["status"] == "needs_correction"
    client.process(upload_id, accepted_rows_only=True)
    assert client.settled(upload_id)["status"] == "completed_with_errors"
    return reports_of(client, upload_id)


def test_a_file_with_a_faulty_header_is_refused_with_the_header_to_paste(
    running: Running, tmp_path: Path
) -> None:
    file = tmp_path / "users.csv"
    file.write_text("schoolID,userRole\n1,student\n")
    with open_district(running, "refusing", 1) as client, pytest.raises(Refused) as refused:
        client.upload(file, "users")
    assert refused.value.status == 422
    assert refused.value.problem["problems"][0]["code"] == "header.wrong_case"
    assert refused.value.problem["correctedHeader"].startswith("schoolId,userRole")


def test_an_exported_roster_uploads_again_with_every_record_unchanged(
    running: Running, tmp_path: Path
) -> None:
    file = tmp_path / "users.csv"
    write_users(file, ROWS)
    with open_district(running, "round", 3) as client:
        first = sent(client, of_district(file, "round"))
        assert client.settled(first)["status"] == "ready"
        client.process(first)
        assert client.settled(first)["status"] == "completed"
        before = reports_of(client, first)
        exported = tmp_path / "exported.csv"
        exported.write_bytes(client.call("GET", "/export/users.csv").content)
        again = sent(client, exported)
        client.settled(again)
        after = summary_of(reports_of(client, again))
    named = [(line[0], sum(map(int, line[2:]))) for line in summary_of(before)]
    assert [(line[0], int(line[4])) for line in after if line[0] != "school"] == [
        line for line in named if line[0] != "school"
    ]
    assert all(line[2:4] + line[5:] == ["0"] * 4 for line in after)


def test_an_edit_and_an_undo_go_all_the_way(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    write_users(file, 50)
    with open_district(running, "undoing", 1) as client:
        first = sent(client, of_district(file, "undoing"))
        client.settled(first)
        client.process(first)
        assert client.settled(first)["status"] == "completed"
        student = client.call("GET", "/students").json()["items"][0]["userId"]
        seen = client.call("GET", f"/students/{student}")
        unchanged = {"If-Match": seen.headers["ETag"]}
        edited = client.call(
            "PATCH", f"/students/{student}", json={"userFirstName": "Zoe"}, headers=unchanged
        )
        edit = edited.headers["Location"].rpartition("/")[2]
        eventually(lambda: client.call("GET", "/uploads").json()["items"][0]["id"] == edit)
        undo = client.call("POST", f"/uploads/{first}/undo").headers["Location"].rpartition("/")[2]
        assert client.settled(first)["status"] == "undone"
        assert client.settled(undo)["status"] == "completed_with_errors"
        listed = client.call("GET", f"/reports/{undo}/follow-up-errors.csv").text
        assert f"student {student} (userFirstName is now “Zoe”)" in listed
        assert [one["userId"] for one in client.call("GET", "/students").json()["items"]] == [student]
        history = client.call("GET", f"/students/{student}/history").json()["items"]
        assert [(one["what"], one["after"]) for one in history if one["field"] == "userFirstName"] == [
            ("edit", "Zoe"),
            ("upload", seen.json()["userFirstName"]),
        ]


def test_both_ways_of_running_give_the_same_report_bytes(
    embedded: Up, apart: Apart, faulty_file: Path
) -> None:
    with open_district(embedded, "same", 3) as one, open_district(apart, "same", 3) as other:
        assert comparable(applied(one, faulty_file), "same") == comparable(
            applied(other, faulty_file), "same"
        )


def test_an_upload_outlives_a_kill_of_the_only_process(
    faulty_file: Path, tmp_path: Path, embedded: Up
) -> None:
    with open_district(embedded, "undisturbed", 3) as client:
        wanted = comparable(applied(client, of_district(faulty_file, "undisturbed")), "undisturbed")
    up = Up(tmp_path / "data")
    up.start()
    try:
        with open_district(up, "killed", 3) as client:
            upload_id = sent(client, of_district(faulty_file, "killed"))
        up.kill()
        up.start()
        with up.client("killed") as client:
            assert client.settled(upload_id)["status"] == "needs_correction"
            client.process(upload_id, accepted_rows_only=True)
            up.kill()
        up.start()
        with up.client("killed") as client:
            assert client.settled(upload_id)["status"] == "completed_with_errors"
            assert comparable(reports_of(client, upload_id), "killed") == wanted
    finally:
        up.kill()


def eventually(look: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not look():
        pause.wait(0.2)
        assert time.monotonic() < deadline, "it never came true"


def test_a_replayed_dead_letter_is_handled_and_changes_no_report(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    write_users(file, 100)
    with open_district(running, "replaying", 1) as client:
        upload_id = sent(client, of_district(file, "replaying"))
        settled(client, upload_id)
        before = reports_of(client, upload_id)
        told, owner = (open_engine(running.database_url(name)) for name in ("upload", "reports"))
        with told.connect() as connection:
            of_file = sa.select(outbox).where(outbox.c.type == FileReceived.TYPE)
            row = connection.execute(of_file.where(outbox.c.subject == upload_id)).one()
        with UnitOfWork(owner) as uow:
            uow.dead_letters.add(Message(row.id, HEARD, row.headers, row.body), "a disk was full", 4)
            uow.commit()
        told.dispose()
        owner.dispose()
        assert [(line["queue"], line["id"]) for line in running.ops("dead", "list")] == [(HEARD, row.id)]
        (line,) = [line for line in running.ops("queues") if line["queue"] == HEARD]
        assert (line["dead"], line["consumers"]) == (1, 1)
        assert running.ops("dead", "replay", HEARD, row.id) == {"replaying": 1}
        eventually(lambda: running.ops("dead", "list") == [])
        assert reports_of(client, upload_id) == before
    assert running.ops("stuck") == []
    verdict = running.ops("verify-chain")
    assert (verdict["broken"], verdict["verified"]["entries"] > 0) == ([], True)
