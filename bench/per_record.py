"""What the checks of single records cost, the cells being read: prints the seconds for a file.

Run as a process of its own, beside `pandera_rules.py`.
"""

import datetime as dt
import sys
import time
from pathlib import Path

from rollbook.common.checks.check_records import check_records
from rollbook.common.dictionary import DICTIONARY
from rollbook.common.tabular import Encoding, read_chunk
from rollbook.embedded.local_file import blocks_of
from rollbook.upload.domain.ingest import ingest


def main() -> None:
    """Check the file chunk by chunk."""
    path = Path(sys.argv[1])
    with path.open("rb", buffering=0) as file:
        taken = ingest(blocks_of(file), kind="users")
    data, today = path.read_bytes(), dt.datetime.now(dt.UTC).date()
    chunks = [
        read_chunk(
            data[chunk.offset :][: chunk.length],
            columns=taken.columns,
            encoding=Encoding.UTF_8,
            first_row=chunk.first_row,
        )
        for chunk in taken.chunks
    ]
    assert set(taken.columns) == set(DICTIONARY["users"].names)
    started = time.perf_counter()
    for cells in chunks:
        check_records(cells, header=taken.columns, kind="users", today=today)
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
