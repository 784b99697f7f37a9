"""The main job, end to end, in both ways of running it."""

from pathlib import Path

import pytest
from e2e.conftest import Apart, Up
from e2e.journey import Running, comparable, of_district, open_district, reports_of, sent, summary_of

from rollbook.embedded.client import Client, Refused
from roster_files import write_users

ROWS = 3_000


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


def test_both_ways_of_running_give_the_same_report_bytes(
    embedded: Up, distributed: Apart, faulty_file: Path
) -> None:
    with open_district(embedded, "same", 3) as one, open_district(distributed, "same", 3) as other:
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
