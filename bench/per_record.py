"""What the checks of single records cost, the cells being read: prints the seconds for a file, those of
processors, and how many records are rejected.

Run as a process of its own, beside `pandera_rules.py`.
"""

import datetime as dt
import sys
import time
from pathlib import Path

from rollbook.common.checks.check_records import check_records
from rollbook.common.dictionary import DICTIONARY
from rollbook.common.rows_file import REJECTED
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
    started, began = time.perf_counter(), time.process_time()
    checked = [check_records(cells, header=taken.columns, kind="users", today=today) for cells in chunks]
    seconds, processor_seconds = time.perf_counter() - started, time.process_time() - began
    print(seconds, processor_seconds, sum(int(one.rows[REJECTED].sum()) for one in checked))


if __name__ == "__main__":
    main()
