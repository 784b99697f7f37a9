"""The line between a browser and a server: slow, lost, silent, or lost just when the answer comes."""

import contextlib
import socket
import struct
import threading
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Self
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

_BLOCK_BYTES = 16 * 1024
_RESET_WHEN_CLOSED = struct.pack("ii", 1, 0)


class Line:
    """Passes on what is said from its end, `url`, to the server at `server_url`, as long as it is there."""

    def __init__(self, server_url: str) -> None:
        place = urlsplit(server_url)
        assert place.hostname
        assert place.port
        self._server = (place.hostname, place.port)
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_there, self._next_answer = True, "passed on"
        self._speaks = threading.Event()
        self._speaks.set()

        class Connection(BaseRequestHandler):
            handle = lambda connection: self._connect(connection.request)  # noqa: E731

        self._listener = ThreadingTCPServer(("127.0.0.1", 0), Connection)
        self._thread = threading.Thread(target=self._listener.serve_forever)
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.lose()
        self._speaks.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def lose(self) -> None:
        """Break everything off, and take nothing new."""
        with self._lock:
            self._is_there = False
            for end in self._ends:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_WHEN_CLOSED)
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def lose_the_next_answer(self) -> None:
        """Let a request through, and break off when what it made is told."""
        self._next_answer = "lost"

    def keep_the_next_answer(self) -> None:
        """Let a request through, and never tell what it made; everything else goes on."""
        self._next_answer = "kept"

    def fall_silent(self) -> None:
        """Say nothing any more, in either direction: not even that it is lost."""
        self._speaks.clear()

    def mend(self) -> None:
        """Be there again."""
        with self._lock:
            self._is_there = True
        self._speaks.set()

    def _connect(self, browser: socket.socket) -> None:
        with contextlib.suppress(OSError), socket.create_connection(self._server) as server:
            with self._lock:
                if not self._is_there:
                    return
                self._ends |= {browser, server}
            back = threading.Thread(target=self._pass_on, args=(server, browser))
            back.start()
            self._pass_on(browser, server)
            back.join()
            with self._lock:
                self._ends -= {browser, server}

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        is_dropped = False
        with contextlib.suppress(OSError):
            while block := one.recv(_BLOCK_BYTES):
                self._speaks.wait()
                if block.startswith(b"HTTP/1.1 201") and self._next_answer != "passed on":
                    is_dropped = True
                    if self._next_answer == "lost":
                        self.lose()
                    self._next_answer = "passed on"
                if not is_dropped:
                    other.sendall(block)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def throttle(context: BrowserContext, page: Page, bytes_per_second: int) -> None:
    """Have the browser send no faster; -1: as fast as it can."""
    conditions = {
        "offline": False,
        "latency": 0,
        "downloadThroughput": -1,
        "uploadThroughput": bytes_per_second,
    }
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)
