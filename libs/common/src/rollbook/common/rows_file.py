"""The rows file: the records of one chunk as Parquet, written by the validator and read by the roster.

Only records that are not blank, sorted by `row`.  Columns: `row`; every column of the dictionary,
normalised ("" = blank; null = the cell has an error of its own, or the record is broken); `rejected` (some
error in the record so far); `broken` (wrong number of cells or a bad quote: all cells null).  Beside them
`written.<column>` keeps a cell as written where normalising changed it or took it away, else null.
The same rows give the same bytes.

The rejected rows file holds `row` alone: the rows that the check across records rejects in addition.
"""

import io
from collections.abc import Sequence
from typing import IO, Final

import polars as pl

from rollbook.common.dictionary import DICTIONARY, Kind, names

ROW: Final = "row"
REJECTED: Final = "rejected"
BROKEN: Final = "broken"


def written(column: str) -> str:
    """The name of the column that keeps cells as written."""
    return f"written.{column}"


def written_columns(kind: Kind) -> tuple[str, ...]:
    """Whose cells are kept as written too: columns that are normalised, and the IDs that findings name."""
    return tuple(
        column.name
        for column in DICTIONARY[kind].columns
        if column.is_normalised or column.name in {names.USER_ID, names.CLASS_ID}
    )


def schema(kind: Kind) -> dict[str, pl.DataType]:
    """The columns of a rows file and their types, in their order."""
    return {
        ROW: pl.UInt32(),
        **{name: pl.String() for name in DICTIONARY[kind].names},
        REJECTED: pl.Boolean(),
        BROKEN: pl.Boolean(),
        **{written(name): pl.String() for name in written_columns(kind)},
    }


def encode(rows: pl.DataFrame) -> bytes:
    """The rows as Parquet."""
    buffer = io.BytesIO()
    rows.rechunk().write_parquet(buffer, compression="lz4", statistics=False)
    return buffer.getvalue()


def decode(data: bytes, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The rows, of the given columns only where they are given."""
    return pl.read_parquet(io.BytesIO(data), columns=None if columns is None else list(columns))


def scan(files: Sequence[bytes]) -> pl.LazyFrame:
    """The rows of several files, one after the other; only what is asked for is decoded."""
    sources: list[IO[bytes]] = [io.BytesIO(data) for data in files]
    return pl.scan_parquet(sources)


def encode_rejected(rows: pl.Series) -> bytes:
    """The rejected rows file of some row numbers."""
    return encode(pl.DataFrame({ROW: rows.cast(pl.UInt32).unique().sort()}))
