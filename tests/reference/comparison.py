"""The product and the reference on the same bytes, the file cut wherever the test asks for it."""

import io
from dataclasses import dataclass
from datetime import date
from functools import partial
from unittest.mock import patch

from reference.damaged_files import damaged_file
from reference.verdict import Verdict, verdict

from rollbook.common.tabular import ChunkTable, Encoding
from rollbook.upload.domain import ingest as ingest_module
from rollbook.upload.domain.problem import FileRefused
from rollbook.upload.domain.text_source import in_blocks
from rollbook.validator.domain.check_chunk import FilePlan, Reading
from rollbook.validator.domain.check_file import FileCheck, FramesInMemory

TODAY = date(2026, 3, 1)
SHORTEST_BLOCK = 16
"""The first bytes tell by a signature or a BOM what a file is, and come in one block."""


@dataclass(frozen=True)
class Cuts:
    """Taken in by blocks of so many bytes, checked by chunks of at most so many rows and bytes.

    `while_reading`: chunks are checked as soon as they are found, when the encoding may still change.
    """

    block_bytes: int = 1 << 20
    chunk_rows: int = 65_536
    chunk_bytes: int = 8 << 20
    while_reading: bool = True

    @classmethod
    def by(cls, chance, data):
        """Cuts anywhere, but not into so many blocks and chunks that a file takes seconds."""
        lines = max(data.count(b"\n"), data.count(b"\r"))
        return cls(
            max(chance.choice([SHORTEST_BLOCK, 17, 64, 100, 1000, 1 << 20]), len(data) // 500),
            chance.choice([max(1, lines // 4), max(2, lines // 3), 65_536]),
            chance.choice([max(1, len(data) // 5), 8 << 20]),
            chance.choice([True, False]),
        )


class _Sink:
    def __init__(self):
        self.transcript = io.BytesIO()

    def write(self, block):
        """The file is at hand already."""

    def write_transcript(self, block):
        self.transcript.write(block)


def taken_in(data, kind, cuts, on_chunk=None):
    """(the plan of a file, the text in which its chunks lie).  Raises FileRefused as the product does."""
    sink = _Sink()
    table = partial(ChunkTable, max_rows=cuts.chunk_rows, max_bytes=cuts.chunk_bytes)

    def found(chunk, columns, encoding):
        if on_chunk is not None:
            text = sink.transcript.getvalue() if encoding is Encoding.UTF_16 else data
            on_chunk(chunk, Reading(kind, columns, encoding, TODAY), text)

    with (
        patch.object(ingest_module, "in_blocks", partial(in_blocks, size=cuts.block_bytes)),
        patch.object(ingest_module, "ChunkTable", table),
    ):
        taken = ingest_module.ingest([data], kind=kind, sink=sink, on_chunk=found)
    plan = FilePlan(
        kind, taken.columns, taken.encoding, taken.rows, taken.chunks, taken.guessed_samples, TODAY
    )
    return plan, sink.transcript.getvalue() if taken.encoding is Encoding.UTF_16 else data


def checked_file(data, kind, cuts):
    """What the product finds in a file.  Raises FileRefused as the product does."""
    texts = {}

    def read(chunk, reading):
        return texts[reading.encoding][chunk.offset : chunk.offset + chunk.length]

    with FileCheck(read, FramesInMemory(), workers=1) as check:

        def start(chunk, reading, text):
            texts[reading.encoding] = text
            check.start(chunk, reading)

        plan, text = taken_in(data, kind, cuts, start if cuts.while_reading else None)
        texts[plan.encoding] = text
        return check.finish(plan)


def product_verdict(data, kind, cuts):
    """What the product says of a file, in the form of `reference.verdict`, and its corrected header line."""
    try:
        checked = checked_file(data, kind, cuts)
    except FileRefused as refused:
        return Verdict("refused", [_as_specified(one) for one in refused.problems]), refused.corrected_header
    found = checked.findings().select("row", "column", "code", "severity", "relatedRows").rows()
    findings = [(*one, tuple(map(int, related.split()))) for *one, related in found]
    word = "rejected" if checked.figures.errors else "accepted"
    return Verdict(word, [], checked.figures.records, checked.figures.rejected, findings), ""


def _as_specified(problem):
    """(code, got, expected, row), without what the specification leaves open."""
    if problem.code == "file.not_csv":
        return problem.code, None, None, None
    if problem.code == "file.undecodable":
        return problem.code, None, None, problem.row
    return problem.code, problem.got, problem.expected, problem.row


def disagreement(chance, kind, least_rows=0):
    """A made-up file and what the two say of it, None where they say the same.

    A corrected header must be accepted as the header itself.
    """
    data = damaged_file(chance, kind, least_rows)
    cuts = Cuts.by(chance, data)
    expected = verdict(data, kind, TODAY)
    found, corrected = product_verdict(data, kind, cuts)
    if found != expected:
        return data, cuts, expected, found
    if corrected:
        filled = ",".join("x" if name else "" for name in corrected.split(","))
        again = product_verdict(f"{corrected}\n{filled}\n".encode(), kind, Cuts())[0]
        if again.problems:
            return data, cuts, corrected, again
    return None
