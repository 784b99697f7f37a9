"""What tells one file from another: the SHA-256 and the length of its bytes."""

import hashlib
from collections.abc import Iterable, Iterator


class Fingerprint:
    """Grows with the bytes that pass through `over`."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    @property
    def sha256(self) -> str:
        """In hexadecimal."""
        return self._digest.hexdigest()

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, each taken into account before it is given."""
        for piece in pieces:
            self._digest.update(piece)
            self.size_bytes += len(piece)
            yield piece

    def drain(self, pieces: Iterable[bytes], most_bytes: int) -> bool:
        """Pass over the rest of a file; False, and some of it unread, if it is larger than this."""
        return self.size_bytes <= most_bytes and all(self.size_bytes <= most_bytes for _ in self.over(pieces))
