"""Where the bytes of an upload lie in the object store, and how they get there."""

from rollbook.common.object_store import Writer
from rollbook.upload.ports import FileStore


def file_key(upload_id: str) -> str:
    """Where the bytes as uploaded lie."""
    return f"uploads/{upload_id}/file"


def text_key(upload_id: str) -> str:
    """Where the UTF-8 transcript of a UTF-16 file lies."""
    return f"uploads/{upload_id}/text"


class StoredFile:
    """A file being written to the store, with its transcript where it has one."""

    def __init__(self, store: FileStore, upload_id: str) -> None:
        self._store, self._upload_id = store, upload_id
        self._writers: dict[str, Writer] = {}

    def write(self, block: bytes) -> None:
        """Take the next bytes of the file as uploaded."""
        self._to(file_key(self._upload_id), block)

    def write_transcript(self, block: bytes) -> None:
        """Take the next bytes of the transcript."""
        self._to(text_key(self._upload_id), block)

    def close(self) -> None:
        """Finish both; a second time does nothing."""
        while self._writers:
            self._writers.popitem()[1].close()

    def remove(self) -> None:
        """Leave nothing of it."""
        self.close()
        self._store.delete(file_key(self._upload_id), text_key(self._upload_id))

    def _to(self, key: str, block: bytes) -> None:
        if key not in self._writers:
            self._writers[key] = self._store.writer(key)
        self._writers[key].write(block)
