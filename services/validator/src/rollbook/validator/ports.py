"""What the validator needs from outside: files, and its own record of uploads."""

from dataclasses import dataclass
from typing import Literal, Protocol

from rollbook.common.contracts.events import FileReceived
from rollbook.validator.domain.check_chunk import Figures

State = Literal["checking", "crossing", "validated", "failed", "unwanted"]


class FileStore(Protocol):
    """Objects by key.  Raises FileNotFoundError for one that is absent."""

    def get(self, key: str) -> bytes:
        """An object whole."""

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of an object."""

    def put(self, key: str, data: bytes) -> None:
        """Write an object whole, replacing what was there."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as the validator knows it.  `released`: chunks requested so far, from the first."""

    file: FileReceived
    state: State
    released: int


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What came of one chunk: its counts, and in how many batches its findings were told."""

    index: int
    figures: Figures
    batches: int


class Uploads(Protocol):
    """The uploads, within one transaction."""

    def register(self, file: FileReceived) -> bool:
        """Keep a new upload; False where it is known already, or no longer wanted."""

    def get(self, upload_id: str) -> Upload | None:
        """An upload, if it is known."""

    def lock(self, upload_id: str) -> Upload | None:
        """The same, and until the end of the transaction nobody else has it locked."""

    def drop(self, upload_id: str) -> None:
        """Remember that nobody wants this upload any more, known or not."""

    def move(self, upload_id: str, state: State) -> None:
        """Put an upload into another state."""

    def release(self, upload_id: str, released: int) -> None:
        """Note how many chunks have been requested."""

    def is_checked(self, upload_id: str, index: int) -> bool:
        """Whether a chunk has its result."""

    def add_result(self, upload_id: str, result: ChunkResult) -> bool:
        """Keep the result of a chunk; False where it has one already."""

    def results(self, upload_id: str) -> list[ChunkResult]:
        """The results so far, in order of the chunks."""
