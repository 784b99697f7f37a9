"""The servers that other tests stand on: they serve, crash, come back with their data, and leave nothing."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pika
import psutil
import psycopg
import pytest
from sqlalchemy import make_url

from servers import (
    Gateway,
    NotOurProcess,
    PostgreSQL,
    PrivatePostgreSQL,
    PrivateRabbitMQ,
    RabbitMQ,
    Upstreams,
)
from servers.docker import engine_answers, image_available
from servers.process import free_ports

QUORUM = {"x-queue-type": "quorum"}


def broker_connection(url: str) -> pika.BlockingConnection:
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.blocked_connection_timeout = 20
    return pika.BlockingConnection(parameters)


def publish(url: str, queue: str, body: bytes) -> None:
    connection = broker_connection(url)
    channel = connection.channel()
    channel.queue_declare(queue, durable=True, arguments=QUORUM)
    channel.confirm_delivery()
    channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2), mandatory=True)
    connection.close()


def take(url: str, queue: str) -> bytes | None:
    connection = broker_connection(url)
    _, _, body = connection.channel().basic_get(queue, auto_ack=True)
    connection.close()
    return body


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(plain(url), connect_timeout=10) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_message_goes_through_a_vhost_and_is_not_seen_in_another(rabbitmq: RabbitMQ):
    one, other = rabbitmq.new_vhost(), rabbitmq.new_vhost()
    publish(one, "work", b"here")
    publish(other, "work", b"there")
    assert (take(one, "work"), take(one, "work"), take(other, "work")) == (b"here", None, b"there")
    rabbitmq.drop_vhost(one)
    rabbitmq.drop_vhost(other)


def test_a_dropped_vhost_lets_nobody_in(rabbitmq: RabbitMQ):
    url = rabbitmq.new_vhost()
    rabbitmq.drop_vhost(url)
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        broker_connection(url)


def test_a_confirmed_message_outlives_a_stop_and_a_crash_of_the_broker(own_rabbitmq: PrivateRabbitMQ):
    url = own_rabbitmq.new_vhost()
    publish(url, "work", b"before the stop")
    # The stop comes first: a queue declared just before a crash can lose its log, one that has come
    # back once cannot.
    own_rabbitmq.stop()
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        broker_connection(url)
    own_rabbitmq.start()
    assert take(url, "work") == b"before the stop"

    publish(url, "work", b"before the crash")
    own_rabbitmq.kill()
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        broker_connection(url)
    own_rabbitmq.start()
    assert take(url, "work") == b"before the crash"


def test_closing_all_connections_is_felt_by_the_client(own_rabbitmq: PrivateRabbitMQ):
    connection = broker_connection(own_rabbitmq.new_vhost())
    closed = own_rabbitmq.close_all_connections()
    assert closed == 1
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        connection.process_data_events(time_limit=20)


def test_a_server_of_somebody_else_cannot_be_killed():
    for server in (
        RabbitMQ("amqp://127.0.0.1/%2F", "http://127.0.0.1"),
        PostgreSQL("postgresql://127.0.0.1"),
    ):
        assert not server.is_process_owned
        for act in (server.kill, server.stop, server.start):
            with pytest.raises(NotOurProcess):
                act()


def test_a_broker_without_a_management_api_says_which_setting_is_missing():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    with pytest.raises(ConnectionError, match="ROLLBOOK_TEST_AMQP_MANAGEMENT_URL"):
        RabbitMQ("amqp://127.0.0.1/%2F", f"http://127.0.0.1:{port}").new_vhost()


def test_a_copied_database_holds_what_its_template_held_and_goes_its_own_way(postgresql: PostgreSQL):
    template = postgresql.new_database()
    ask(template, "CREATE TABLE school AS SELECT '001' AS id")
    copy = postgresql.new_database(template)
    ask(copy, "INSERT INTO school VALUES ('002')")
    count = "SELECT count(*) FROM school"
    assert (ask(template, count), ask(copy, count)) == ([(1,)], [(2,)])
    for url in (copy, template):
        postgresql.drop_database(url)
        with pytest.raises(psycopg.OperationalError):
            ask(url, "SELECT 1")


def test_terminated_connections_are_counted_and_felt(postgresql: PostgreSQL, database_url: str):
    with psycopg.connect(plain(database_url)) as connection:
        connection.execute("SELECT 1")
        assert postgresql.terminate_connections(database_url) == 1
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


@pytest.mark.parametrize("crash", ["kill", "stop"])
def test_a_committed_row_outlives_the_database_server(own_postgresql: PrivatePostgreSQL, crash: str):
    url = own_postgresql.new_database()
    ask(url, "CREATE TABLE school AS SELECT '001' AS id")
    getattr(own_postgresql, crash)()
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")
    own_postgresql.start()
    assert ask(url, "SELECT id FROM school") == [("001",)]


STARTS_A_SERVER_AND_WAITS = """
import sys
from servers import PrivatePostgreSQL
with PrivatePostgreSQL() as server:
    print(server._process.process.pid, server.directory, flush=True)
    sys.stdin.read()
"""


def test_a_server_ends_with_its_starter_even_when_that_is_killed():
    path = os.pathsep.join(sys.path)
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTS_A_SERVER_AND_WAITS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
    )
    with starter:
        pid, directory = starter.stdout.readline().split()
        server = psutil.Process(int(pid))
        starter.send_signal(signal.SIGKILL)
    gone, alive = psutil.wait_procs([server], timeout=20)
    assert (len(gone), alive) == (1, [])

    with PrivatePostgreSQL():  # the next server to start clears away what the killed one left
        assert not Path(directory).exists()


class Echo(BaseHTTPRequestHandler):
    """Answers with the name of the service and the path it was asked for."""

    service = ""

    def do_GET(self) -> None:
        body = f"{self.service} {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: a test's output is for what went wrong."""


@pytest.fixture(scope="module")
def gateway():
    services = {}
    for name in ("upload", "validator", "roster"):
        handler = type(name, (Echo,), {"service": name})
        services[name] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=services[name].serve_forever).start()
    addresses = {name: f"127.0.0.1:{server.server_port}" for name, server in services.items()}
    with Gateway(Upstreams(**addresses, reports="127.0.0.1:1")) as running:
        yield running
    for server in services.values():
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/roster/healthz", "roster /healthz"),
        ("/validator/metrics", "validator /metrics"),
        ("/api/v1/uploads", "upload /api/v1/uploads"),
        ("/api/v1/students/7%2Fhistory", "roster /api/v1/students/7%2Fhistory"),  # as it was sent
        ("/api/v1/uploads/u1", "upload /api/v1/uploads/u1"),
        ("/api/v1/uploads/u1/events", "upload /api/v1/uploads/u1/events"),
        ("/api/v1/uploads/u1/file", "upload /api/v1/uploads/u1/file"),
        ("/api/v1/uploads/u1/preview", "roster /api/v1/uploads/u1/preview"),
        ("/api/v1/uploads/u1/changes.csv?type=a%20b", "roster /api/v1/uploads/u1/changes.csv?type=a%20b"),
        ("/api/v1/uploads/u1/changes?key=a", "roster /api/v1/uploads/u1/changes?key=a"),
        ("/api/v1/uploads/u1/corrections", "upload /api/v1/uploads/u1/corrections"),
        ("/api/v1/schools?cursor=x", "roster /api/v1/schools?cursor=x"),
        ("/api/v1/staff", "roster /api/v1/staff"),
        ("/api/v1/students/s%2F1", "roster /api/v1/students/s%2F1"),
        ("/api/v1/classes/c1/enrollments", "roster /api/v1/classes/c1/enrollments"),
        ("/api/v1/export/users.csv", "roster /api/v1/export/users.csv"),
        ("/api/v1/batch-upload", "upload /api/v1/batch-upload"),
        ("/api/v1/templates/users.csv", "upload /api/v1/templates/users.csv"),
        ("/api/v1/data-dictionary/users", "upload /api/v1/data-dictionary/users"),
        ("/api/v1/districts/d1", "upload /api/v1/districts/d1"),
    ],
)
def test_the_gateway_sends_each_path_to_the_service_that_owns_it(gateway: Gateway, path: str, answer: str):
    with urllib.request.urlopen(gateway.url + path, timeout=20) as response:
        assert response.read().decode() == answer


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/v1/reports", 503, b'"service_unavailable"'),
        ("/reports/healthz", 503, b'"service_unavailable"'),
        ("/elsewhere", 404, b'"not_found"'),
    ],
)
def test_what_the_gateway_answers_itself_is_a_problem_document(
    gateway: Gateway, path: str, status: int, code: bytes
):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(gateway.url + path, timeout=20)
    with caught.value as refused:
        assert (refused.code, refused.headers["Content-Type"]) == (status, "application/problem+json")
        assert code in refused.read()


def test_the_gateway_is_healthy_whatever_the_services_do(gateway: Gateway):
    with urllib.request.urlopen(f"{gateway.url}/healthz", timeout=20) as response:
        assert response.status == 200


def test_an_engine_that_accepts_but_does_not_answer_counts_as_none(monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        assert not engine_answers()


class EngineWithoutImages(BaseHTTPRequestHandler):
    """A Docker engine that answers but has no way to its registry."""

    def do_GET(self) -> None:
        if "/images/" in self.path:
            self.answer(404, b'{"message": "no such image"}')
        else:
            self.answer(200, b'{"ApiVersion": "1.44"}')

    def do_POST(self) -> None:
        self.answer(500, b'{"message": "no such host"}')

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):  # whoever pings reads the status and leaves
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def test_an_engine_that_cannot_get_an_image_is_passed_over(monkeypatch: pytest.MonkeyPatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), EngineWithoutImages) as engine:
        thread = threading.Thread(target=engine.serve_forever)
        thread.start()
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{engine.server_port}")
        assert (engine_answers(), image_available("rabbitmq:3.13-management")) == (True, False)
        engine.shutdown()
        thread.join()


def test_ports_for_servers_are_none_that_a_connection_gets():
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert [port for port in ports if port >= first] == []
