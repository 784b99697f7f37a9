"""Rollbook over HTTP, as a script uses it: upload, wait, process, read reports."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import httpx

from rollbook.common.errors import RollbookError
from rollbook.embedded.refusal import CannotRun

_BLOCK_BYTES: Final = 1 << 20
_POLL_SECONDS: Final = (0.02, 2.0)
_POLL_SHARE: Final = 0.05  # of the time waited so far: the answer is late by no more than that
MOVING: Final = ("validating", "processing")
"""States that an upload leaves by itself."""

Document = dict[str, Any]


class Refused(RollbookError):
    """The server answered with a problem: `status`, and the problem document."""

    def __init__(self, status: int, problem: Document) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title") or f"HTTP status {status}"))
        self.status, self.problem = status, problem


class Client:
    """One caller of one Rollbook.  Raises Refused for a problem, httpx.TransportError without an answer."""

    def __init__(self, url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        """Connect to nothing yet.  Raises CannotRun for what can be no address or no token.

        `transport`: how to reach it otherwise than over the network.
        """
        if not (token.isascii() and token.isprintable()):
            raise CannotRun("this is no token: it holds characters that no token has.")
        try:
            self._http = httpx.Client(
                base_url=f"{url.rstrip('/')}/api/v1",
                headers={"Authorization": f"Bearer {token.strip()}"},
                timeout=httpx.Timeout(30, read=600),  # the answer to a large file comes when it is all read
                transport=transport,
            )
        except httpx.InvalidURL as error:
            raise CannotRun(f"{url} is no address of a server: {error}.") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One call below /api/v1."""
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            raise Refused(answer.status_code, _problem(answer))
        return answer

    def upload(self, file: Path, kind: str, sent: Callable[[int], None] = lambda _bytes: None) -> Document:
        """Send a file; `sent` hears of the bytes as they go."""
        with file.open("rb") as opened:
            answer = self.call(
                "POST",
                "/uploads",
                params={"kind": kind, "filename": file.name},
                headers={"Content-Type": "text/csv", "Content-Length": str(file.stat().st_size)},
                content=_blocks(opened, sent),
            )
        return _document(answer)

    def settled(self, upload_id: str, moved: Callable[[Document], None] = lambda _upload: None) -> Document:
        """The upload once it waits for a person or is final; `moved` hears of it at every look."""
        shortest, longest = _POLL_SECONDS
        started = time.monotonic()
        while True:
            upload = _document(self.call("GET", f"/uploads/{upload_id}"))
            moved(upload)
            if upload["status"] not in MOVING:
                return upload
            waited = time.monotonic() - started
            time.sleep(min(max(shortest, waited * _POLL_SHARE), longest))

    def process(self, upload_id: str, *, accepted_rows_only: bool = False) -> Document:
        """Say Process; the upload as it is then."""
        decision = {"acceptedRowsOnly": accepted_rows_only}
        return _document(self.call("POST", f"/uploads/{upload_id}/process", json=decision))


def _blocks(file: BinaryIO, sent: Callable[[int], None]) -> Iterator[bytes]:
    while block := file.read(_BLOCK_BYTES):
        yield block
        sent(len(block))


def _document(answer: httpx.Response) -> Document:
    document: Document = answer.json()
    return document


def _problem(answer: httpx.Response) -> Document:
    try:
        return _document(answer)
    except ValueError:
        return {"title": f"HTTP status {answer.status_code}"}
