"""The journey of a file over HTTP, alike for every way of running Rollbook, and the reports it ends with."""

import time
from pathlib import Path
from typing import Any, Protocol

from rollbook.embedded.client import Client

REPORTS = ("summary.csv", "errors.csv", "corrections.csv")
DISTRICT_RIGHTS = ("system", "enrollment")


class Running(Protocol):
    """A Rollbook that runs, however it does."""

    @property
    def url(self) -> str:
        """Where it answers."""

    def client(self, district: str, roles: tuple[str, ...] = DISTRICT_RIGHTS) -> Client:
        """A caller of a district."""

    def ops(self, *words: str) -> Any:
        """The JSON that `rollbook ops` answers with."""

    def database_url(self, service: str) -> str:
        """The database of a service."""


def open_district(running: Running, district: str, schools: int) -> Client:
    """A district that may upload, with schools 00000, 00001, …"""
    body = {
        "name": f"District {district}",
        "enrollmentSource": "batch_upload",
        "schools": [{"schoolId": f"{n:05}", "name": f"School {n}"} for n in range(schools)],
    }
    with running.client(district, ("support",)) as support:
        support.call("PUT", f"/districts/{district}", json=body)
        support.call("POST", f"/districts/{district}/batch-upload")
    return running.client(district)


def settled(client: Client, upload_id: str, within_seconds: float = 300) -> str:
    """The status an upload settles in.  Fails where it hangs, saying where."""
    deadline = time.monotonic() + within_seconds

    def moved(upload: dict[str, Any]) -> None:
        assert time.monotonic() < deadline, f"still {upload['status']} after {within_seconds} s: {upload}"

    return str(client.settled(upload_id, moved)["status"])


def reports_of(client: Client, upload_id: str) -> dict[str, bytes]:
    """The bytes of an upload's reports."""
    return {name: client.call("GET", f"/reports/{upload_id}/{name}").content for name in REPORTS}


def summary_of(reports: dict[str, bytes]) -> list[list[str]]:
    """The district's lines of summary.csv."""
    lines = reports["summary.csv"].decode("utf-8-sig").split("\r\n")[1:6]
    return [line.split(",") for line in lines]


def of_district(file: Path, district: str) -> Path:
    """A copy of a file with e-mail addresses of the district's own: they are unique across districts."""
    copy = file.with_name(f"{district}.csv")
    copy.write_bytes(file.read_bytes().replace(b"@example.org", f"@{district}.example.org".encode()))
    return copy


def comparable(reports: dict[str, bytes], district: str) -> dict[str, bytes]:
    """Reports without the district's own e-mail addresses."""
    return {name: data.replace(f"@{district}.".encode(), b"@") for name, data in reports.items()}


def sent(client: Client, file: Path) -> str:
    """Send a file; gives the upload's id."""
    made: dict[str, Any] = client.upload(file, "users")
    return str(made["id"])
