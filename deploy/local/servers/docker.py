"""Whether a Docker engine can be used here, found out quickly."""

import os
import socket

ANSWER_SECONDS = 2.0


def engine_answers() -> bool:
    """Whether a Docker engine answers a ping within two seconds at DOCKER_HOST or the usual socket.

    Asked by hand because the Docker client waits a minute for an engine that accepts but does not answer.
    """
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    scheme, _, place = address.partition("://")
    try:
        with _connect(scheme, place) as connection:
            connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except (OSError, ValueError):
        return False


def _connect(scheme: str, place: str) -> socket.socket:
    if scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(place)
        except OSError:
            connection.close()
            raise
        return connection
    if scheme == "tcp":
        host, _, port = place.partition(":")
        return socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS)
    raise ValueError(f"no quick way to ask an engine over {scheme}")
