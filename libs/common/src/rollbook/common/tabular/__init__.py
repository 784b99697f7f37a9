"""Reading CSV files: encodings, records, chunks and cells.  Rules: section 1 of the data dictionary."""

from rollbook.common.tabular.cells import ChunkCells, cells_needed, raw_rows, read_chunk, read_records
from rollbook.common.tabular.chunks import Chunk, ChunkTable
from rollbook.common.tabular.controls import may_hold_controls
from rollbook.common.tabular.encodings import Encoding
from rollbook.common.tabular.records import scan_records

__all__ = [
    "Chunk",
    "ChunkCells",
    "ChunkTable",
    "Encoding",
    "cells_needed",
    "may_hold_controls",
    "raw_rows",
    "read_chunk",
    "read_records",
    "scan_records",
]
