"""Findings as a frame: the shape that validator and roster make, messages carry and reports keep.

One row per finding, sorted by `row`, `position`, `code`.  Texts are not stored: `dictionary.texts.render`
adds them where people read.  Encoded it is one Arrow IPC stream, zstd-compressed; the same frame gives the
same bytes.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.dictionary import Kind, catalogue, names

SCHEMA: Final[dict[str, pl.DataType]] = {
    "row": pl.UInt32(),
    "column": pl.String(),
    "position": pl.UInt16(),
    "code": pl.String(),
    "severity": pl.String(),
    "value": pl.String(),
    "suggestion": pl.String(),
    "relatedRows": pl.String(),
    "userId": pl.String(),
    "classId": pl.String(),
}
"""`row`: as a spreadsheet counts (header 1).  `column`: or `row`, `file`.  `position`: 1 + index of the
column in the file's header, 0 for `row` and `file`.  `value`: the cell, trimmed and NFC, as written.
`suggestion`: the right value, the other value or the reason, for the texts.  `relatedRows`: like `2 5`.
`userId`, `classId`: of the row.  Where there is nothing: ""."""

MAX_TEXT: Final = 1_000
"""Code points kept of a cell: a cell of megabytes must fit into a message."""

MAX_BATCH_FINDINGS: Final = 4_000
MAX_BATCH_BYTES: Final = 190 * 1024
"""A message holds at most 256 KiB, and base64 makes four bytes of three."""

_ORDER: Final = ("row", "position", "code")
_TEXTS: Final = ("value", "suggestion", "relatedRows", "userId", "classId")


@dataclass(frozen=True, slots=True)
class Batch:
    """A bounded part of some findings: how many, and the encoded frame."""

    findings: int
    data: bytes


def empty() -> pl.DataFrame:
    """No findings."""
    return pl.DataFrame(schema=SCHEMA)


def complete(found: pl.DataFrame, kind: Kind, positions: Mapping[str, int]) -> pl.DataFrame:
    """The findings frame of what was found, sorted.

    `found` has `row` and `code`, and any of `value`, `suggestion`, `relatedRows`, `userId`, `classId` (null
    or absent: ""); `positions` gives 1 + index in the file's header by column name.  Column and severity
    come from the dictionary.  Raises KeyError for a code that the dictionary does not have.
    """
    codes = found["code"].unique().to_list()
    if not codes:
        return empty()
    known = catalogue(kind)
    by_code = pl.DataFrame(
        {
            "code": codes,
            "column": [known[code].column for code in codes],
            "position": [positions.get(known[code].column, 0) for code in codes],
            "severity": [known[code].severity for code in codes],
        },
        schema={name: SCHEMA[name] for name in ("code", "column", "position", "severity")},
    )
    texts = [
        pl.col(name).str.slice(0, MAX_TEXT).fill_null("")
        if name in found.columns
        else pl.lit("", pl.String).alias(name)
        for name in _TEXTS
    ]
    joined = found.with_columns(texts).join(by_code, on="code", how="left")
    return in_order(joined.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items()))


def in_order(findings: pl.DataFrame) -> pl.DataFrame:
    """The findings by row, then column in file order (`row` first), then code."""
    return findings.sort(_ORDER, maintain_order=True)


def for_the_file(code: str, suggestion: str) -> pl.DataFrame:
    """The one finding of a whole file (`file.encoding_guessed`): it stands on row 1, column `file`."""
    found = pl.DataFrame({"row": [1], "code": [code], "suggestion": [suggestion]})
    return complete(found, "users", {names.FILE: 0})


def encode(findings: pl.DataFrame) -> bytes:
    """The findings as one Arrow IPC stream, zstd; the same frame gives the same bytes."""
    buffer = io.BytesIO()
    # The oldest level writes plain offsets and text: string views would carry along the text of rows that
    # a slice has left out, and so differ from run to run.
    findings.rechunk().write_ipc_stream(buffer, compression="zstd", compat_level=pl.CompatLevel.oldest())
    return buffer.getvalue()


def decode(data: bytes) -> pl.DataFrame:
    """The findings of `encode`.  Raises polars.exceptions.PolarsError if the bytes are something else."""
    return pl.read_ipc_stream(io.BytesIO(data)).select(pl.col(name).cast(SCHEMA[name]) for name in SCHEMA)


def batches(findings: pl.DataFrame) -> Iterator[Batch]:
    """The findings in their order, in encoded batches that each fit into a message."""
    for part in findings.iter_slices(MAX_BATCH_FINDINGS):
        yield from _fitting(part)


def _fitting(findings: pl.DataFrame) -> Iterator[Batch]:
    data = encode(findings)
    if len(data) <= MAX_BATCH_BYTES or findings.height == 1:
        yield Batch(findings.height, data)
        return
    half = findings.height // 2
    yield from _fitting(findings[:half])
    yield from _fitting(findings[half:])
