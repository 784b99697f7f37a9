"""`rollbook upload` says where the upload stands when it leaves it."""

import httpx
import pytest

from rollbook.embedded.client import Client
from rollbook.embedded.upload import upload

AFTER = {
    ("POST", "/api/v1/uploads"): "validating",
    ("GET", "/api/v1/uploads/u1"): "ready",
    ("POST", "/api/v1/uploads/u1/process"): "processing",
}


def answer(request):
    return httpx.Response(200, json={"id": "u1", "status": AFTER[request.method, request.url.path]})


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"process": False, "wait": False}, "validating"),
        ({"process": False, "wait": True}, "ready"),
        ({"process": True, "wait": False}, "processing"),
    ],
)
def test_the_last_line_is_the_state_that_follows_from_what_was_asked(tmp_path, capsys, asked, status):
    file = tmp_path / "users.csv"
    file.write_bytes(b"userId\n1\n")
    with Client("http://rollbook", "token", httpx.MockTransport(answer)) as client:
        assert upload(file, client, "users", **asked) == 0
    assert capsys.readouterr().err == f"Upload u1 is {status}.\n"
