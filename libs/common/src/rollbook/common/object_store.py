"""The store of files that the services share: a folder, S3, GCS or Azure, by URL."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.store import from_url

BLOCK_BYTES = 1 << 20
_PART_BYTES = 5 << 20  # S3 takes 10,000 parts of at least 5 MiB


class Writer(Protocol):
    """An object being written; it exists only once it is closed."""

    def write(self, data: bytes, /) -> object:
        """Append."""

    def close(self) -> None:
        """Finish: from now on the object can be read."""


class ObjectStore:
    """Objects by key, as bytes.  A missing object raises FileNotFoundError."""

    def __init__(self, url: str) -> None:
        """Open the store of a URL: ``file:///folder`` (made if absent), ``s3://bucket``, ``gs://``, ``az://``."""
        self._folder: Path | None = None
        if url.startswith("file:"):
            self._store = from_url(url, mkdir=True)
            self._folder = Path(url2pathname(urlsplit(url).path))
        else:
            self._store = from_url(url)

    def put(self, key: str, data: bytes) -> None:
        """Write an object whole, replacing what was there."""
        obstore.put(self._store, key, data)

    def writer(self, key: str) -> Writer:
        """Write an object in parts, in memory of a part or two."""
        part = _PART_BYTES if self._folder is None else BLOCK_BYTES
        return obstore.open_writer(self._store, key, buffer_size=part, max_concurrency=1)

    def get(self, key: str) -> bytes:
        """An object whole."""
        return bytes(obstore.get(self._store, key).bytes())

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of an object."""
        return bytes(obstore.get_range(self._store, key, start=start, length=length)) if length else b""

    def stream(self, key: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """An object, or `length` bytes of it from `start`, in blocks of about a MiB.

        Raises FileNotFoundError at once, not at the first block.
        """
        if length == 0:
            return iter(())
        wanted: Any = None if length is None else {"range": (start, start + length)}
        blocks = obstore.get(self._store, key, options=wanted).stream(min_chunk_size=BLOCK_BYTES)
        return (bytes(block) for block in blocks)

    def sha256(self, key: str) -> str:
        """An object's SHA-256 in hexadecimal, computed from its bytes now."""
        if self._folder is not None:
            try:  # a tenth of what the way through the store costs for a small file
                with (self._folder / key).open("rb", buffering=0) as file:
                    return hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                pass  # the store writes some keys differently, and says what is wrong
        digest = hashlib.sha256()
        for block in self.stream(key):
            digest.update(block)
        return digest.hexdigest()

    def size(self, key: str) -> int:
        """An object's size in bytes."""
        return int(obstore.head(self._store, key)["size"])

    def delete(self, *keys: str) -> None:
        """Remove objects; one that is absent is no error."""
        for key in keys:
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue

    def delete_all(self, folder: str) -> None:
        """Remove every object whose key begins with a folder."""
        for found in obstore.list(self._store, prefix=folder):
            self.delete(*(one["path"] for one in found))
