"""What comes through the gateway is what the services say, and what is inside stays inside."""

import re
import threading
from dataclasses import replace

import httpx
import pytest
from integration.behind_the_gateway import behind_the_gateway
from integration.whole_rollbook import WholeRollbook
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from servers import Gateway
from servers.process import free_ports

# As the proxy that ends TLS passes requests on.
FROM_OUTSIDE = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
OF_THE_CONNECTION = ("connection", "date", "server")


class Mortal:
    """A service that answers as another one does, but once only."""

    def __init__(self, other):
        self.answered = 0
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._other, self._thread = other, threading.Thread(target=self._server.serve_forever)
        self.place = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, environ, start):
        if self.answered:
            return Response("It has ended.", status=500)(environ, start)
        self.answered += 1
        answer = httpx.get(f"http://{self._other}{environ['PATH_INFO']}")
        return Response(answer.content, headers=headers_of(answer))(environ, start)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """The URL of the gateway, and where each service listens."""
    rollbook = WholeRollbook(tmp_path_factory.mktemp("rollbook"))
    with behind_the_gateway(rollbook, tmp_path_factory.mktemp("settings")) as found:
        yield found
    rollbook.close()


@pytest.fixture
def gateway(places):
    """A caller from outside."""
    with httpx.Client(base_url=places[0], headers=FROM_OUTSIDE) as client:
        yield client


def headers_of(answer):
    return {name: value for name, value in answer.headers.items() if name not in OF_THE_CONNECTION}


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_pages_and_scripts_come_through_with_their_headers_and_bytes(gateway, places, encoding):
    asked = {"Accept-Encoding": encoding}
    script = re.search(r'"(/pages/[^"]+\.js)"', gateway.get("/").text).group(1)
    for path in ("/", "/uploads/u1", "/students", "/sign-in/callback?code=x", script):
        through = gateway.get(path, headers=asked)
        direct = httpx.get(f"http://{places[1].upload}{path}", headers=asked)
        assert (through.status_code, through.content) == (200, direct.content)
        assert headers_of(through) == headers_of(direct)
        assert ("content-encoding" in through.headers) == (encoding == "gzip")
        assert through.headers["Cache-Control"] == (
            "public, max-age=31536000, immutable" if path == script else "no-cache"
        )
        assert "strict-transport-security" not in through.headers


def test_a_page_that_has_not_changed_is_not_sent_again(gateway):
    seen = gateway.get("/")
    again = gateway.get("/", headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/api/v1//uploads", "/uploads//u1", "/sign-in//callback?code=x", "/students/"]
)
def test_nobody_is_sent_on_to_an_address_without_tls(gateway, path):
    answer = gateway.get(path)
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("service", ["upload", "validator", "roster", "reports"])
@pytest.mark.parametrize("what", ["healthz", "readyz", "metrics"])
def test_what_goes_on_inside_is_told_to_those_inside_only(gateway, places, service, what):
    path = f"/{service}/{what}"
    assert httpx.get(places[0] + path).status_code == 200
    for outside in (FROM_OUTSIDE, {"Forwarded": "for=203.0.113.9"}):
        answer = httpx.get(places[0] + path, headers=outside)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_description_is_for_everybody_and_its_parts_are_for_nobody(gateway):
    whole = gateway.get("/openapi.json").json()
    assert {"/api/v1/uploads", "/api/v1/students", "/api/v1/reports"} <= set(whole["paths"])
    assert gateway.get("/api/v1/openapi.json").json() == whole
    assert "/api/v1/export/users.csv" in gateway.get("/roster/openapi.json").json()["paths"]
    assert gateway.get("/roster/openapi/paths.part").status_code == 404


@pytest.mark.parametrize("down", ["upload", "roster", "reports"])
def test_while_a_service_is_down_there_is_no_half_of_a_description(places, down):
    nobody = f"127.0.0.1:{free_ports(1)[0]}"
    with Gateway(replace(places[1], **{down: nobody})) as gateway:
        answer = httpx.get(f"{gateway.url}/openapi.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "service_unavailable"


@pytest.mark.parametrize("mortal", ["upload", "roster", "reports"])
def test_a_service_that_ends_once_it_has_been_asked_leaves_the_description_whole(places, mortal):
    with (
        Mortal(getattr(places[1], mortal)) as service,
        Gateway(replace(places[1], **{mortal: service.place})) as gateway,
    ):
        answer = httpx.get(f"{gateway.url}/openapi.json")
    assert (answer.status_code, service.answered) == (200, 1)
    assert answer.json() == httpx.get(f"{places[0]}/openapi.json").json()
