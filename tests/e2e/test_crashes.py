"""Every process may die at any moment: the upload goes on where it was, and the reports are the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from e2e.journey import comparable, of_district, open_district, reports_of, sent, settled
from e2e.running import Apart

from roster_files import write_users

ROWS = 20_000
VICTIMS = [f"{service}-{role}" for service in ("upload", "validator", "roster", "reports")
           for role in ("consume", "relay")]  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files") / "users.csv"
    write_users(made, ROWS, faulty_share=0.02)
    return made


def disturbed(apart: Apart, file: Path, district: str, disturb: Callable[[], None]) -> dict[str, bytes]:
    """The reports of an upload that is disturbed while it is validated and while it is applied."""
    with open_district(apart, district, 12) as client:
        upload_id = sent(client, of_district(file, district))
        disturb()
        assert settled(client, upload_id) == "needs_correction"
        client.process(upload_id, accepted_rows_only=True)
        disturb()
        assert settled(client, upload_id) == "completed_with_errors"
        return comparable(reports_of(client, upload_id), district)


@pytest.fixture(scope="module")
def undisturbed(distributed: Apart, file: Path) -> dict[str, bytes]:
    return disturbed(distributed, file, "undisturbed", lambda: None)


def dead(apart: Apart) -> dict[str, int]:
    """How many messages wait for a person, by queue."""
    lines = apart.ops("queues")
    return {line["queue"]: line["dead"] for line in lines if line["dead"]}


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_process_killed_in_the_middle_of_an_upload_changes_no_report(
    victim: str, apart: Apart, file: Path, undisturbed: dict[str, bytes]
) -> None:
    def crash() -> None:
        apart.running.processes[victim].kill()
        apart.running.restart(victim)

    assert disturbed(apart, file, victim, crash) == undisturbed
    assert dead(apart) == {}


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_broker_that_restarts_in_the_middle_of_an_upload_changes_no_report(
    end: str, apart: Apart, file: Path, undisturbed: dict[str, bytes]
) -> None:
    def restart() -> None:
        getattr(apart.broker, end)()
        apart.broker.start()

    assert disturbed(apart, file, f"broker-{end}", restart) == undisturbed
    assert dead(apart) == {}
    assert apart.running.ended() == []
