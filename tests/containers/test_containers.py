"""The containers of `deploy/`: built, brought up, used through the gateway, and restarted.

Only `make test-docker` runs this.
"""

import subprocess
from pathlib import Path

import httpx
import psycopg
import pytest
from containers.running import Containers
from e2e.journey import of_district, open_district, reports_of, sent, summary_of
from sqlalchemy import make_url

from roster_files import write_users
from servers import a_postgresql, a_rabbitmq

ROWS = 1_000


def test_the_image_runs_as_an_ordinary_user_and_says_how_it_is_called(rollbook_image: str):
    in_docker = ("docker", "run", "--rm", "--network", "none")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*in_docker, *words], check=False, capture_output=True, text=True)

    who = run("--entrypoint", "id", rollbook_image, "-u")
    assert (who.returncode, who.stdout.strip()) == (0, "10001")
    version = run("--entrypoint", "rollbook", rollbook_image, "--version")
    assert (version.returncode, version.stdout[:8]) == (0, "rollbook")


def test_every_migration_has_succeeded_and_every_process_becomes_healthy(containers: Containers):
    containers.wait_until_healthy()
    assert containers.exit_codes("migrate") == [0, 0, 0, 0]


def test_a_file_goes_all_the_way_and_every_validator_listens(containers: Containers, tmp_path: Path):
    file = tmp_path / "users.csv"
    write_users(file, ROWS, faulty_share=0.02)
    with open_district(containers, "contained", 1) as client:
        upload_id = sent(client, of_district(file, "contained"))
        assert client.settled(upload_id)["status"] == "needs_correction"
        client.process(upload_id, accepted_rows_only=True)
        assert client.settled(upload_id)["status"] == "completed_with_errors"
        reports = reports_of(client, upload_id)
    kinds = {line[0]: sum(map(int, line[2:])) for line in summary_of(reports)}
    assert kinds["enrollment"] == ROWS
    assert b"userId" in reports["errors.csv"].splitlines()[0]
    queues = {line["queue"]: line["consumers"] for line in containers.ops("queues")}
    assert queues["validator.validator-chunk-requested"] == 2
    assert (set(queues.values()), containers.ops("stuck")) == ({1, 2}, [])
    assert containers.ops("verify-chain")["broken"] == []


def test_the_pages_come_through_the_gateway_with_all_that_they_name(containers: Containers):
    page = httpx.get(f"{containers.url}/")
    assert (page.status_code, page.headers["Content-Encoding"]) == (200, "gzip")
    modules = [word for word in page.text.split('"') if word.startswith("/pages/")]
    answers = {name: httpx.get(containers.url + name) for name in modules}
    assert len(modules) > 10
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(modules, 200)


@pytest.mark.parametrize("box", ["roster-consume", "upload-web", "rabbitmq", "gateway"])
def test_a_restarted_container_takes_up_its_work(containers: Containers, tmp_path: Path, box: str):
    file = tmp_path / "users.csv"
    write_users(file, ROWS)
    with open_district(containers, box, 1) as client:
        upload_id = sent(client, of_district(file, box))
        containers.compose("restart", box)
        containers.wait_until_served()
        assert client.settled(upload_id)["status"] == "ready"
        client.process(upload_id)
        assert client.settled(upload_id)["status"] == "completed"


def test_servers_for_other_tests_can_come_from_the_engine(engine: None, monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "TESTCONTAINERS_RYUK_DISABLED": "true",  # it is one more image, and may not be had
        "TESTCONTAINERS_CONNECTION_MODE": "docker_host",
        "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    with a_rabbitmq() as broker, a_postgresql() as database:
        assert (broker.is_process_owned, database.is_process_owned) == (False, False)
        vhost = broker.new_vhost()
        assert vhost.rpartition("/")[2] in {one["name"] for one in broker.manage("GET", "/api/vhosts")}
        broker.drop_vhost(vhost)
        url = make_url(database.new_database()).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
