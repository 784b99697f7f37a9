"""Whether a Docker engine can be used here, found out quickly."""

import logging
import os
import socket
from contextlib import closing

ANSWER_SECONDS = 2.0
PULL_SILENCE_SECONDS = 60

_log = logging.getLogger(__name__)


def image_available(image: str) -> bool:
    """Whether an engine answers and has this image, pulling it first when it can.

    An engine without a way to its registry is no reason to fail: there are the programs on this machine.
    """
    if not engine_answers():
        return False
    # Imported here: it takes half a second, and most machines that run the tests have no engine.
    import docker  # noqa: PLC0415
    from docker.errors import DockerException, ImageNotFound  # noqa: PLC0415

    try:
        with closing(docker.from_env(timeout=PULL_SILENCE_SECONDS)) as client:
            try:
                client.images.get(image)
            except ImageNotFound:
                client.images.pull(image)
    except (DockerException, OSError) as error:
        _log.warning("Docker answers but has no %s (%s); a private process is used", image, error)
        return False
    return True


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
