"""A file that is written whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """What is written takes the place of `path` when the block has ended well; else nothing has changed.

    A pipe, a device or a link, as /dev/stdout is one, is written to as it stands.

    Raises:
        OSError: there is no room, or no right to write there.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        with path.open("wb") as file:
            yield file
        return
    draft = path.with_name(f".rollbook-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            yield file
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
