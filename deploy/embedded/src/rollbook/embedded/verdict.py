"""What was found in a local file, as errors.csv or as JSON for scripts."""

import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from typing import Any, Final

import polars as pl

from rollbook.common import report_csv
from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.texts import render
from rollbook.common.findings import empty
from rollbook.upload.domain.problem import FileRefused, Problem
from rollbook.validator.domain.check_file import CheckedFile

COLUMNS: Final = (
    "row",
    "column",
    "code",
    "severity",
    "value",
    "message",
    "howToFix",
    "relatedRows",
    "userId",
    "classId",
)
"""Of errors.csv, in their order."""

_SLICE: Final = 50_000
"""Findings rendered at a time: texts are many times larger than what they are made from."""


def errors_csv(checked: CheckedFile, kind: Kind) -> Iterator[bytes]:
    """The bytes of errors.csv, in parts."""
    yield report_csv.write(_rendered(empty(), kind))
    yield from _in_order(lambda part: report_csv.write(_rendered(part, kind), header=False), _slices(checked))


def as_json(checked: CheckedFile, kind: Kind) -> Iterator[bytes]:
    """The verdict on an accepted or rejected file as one JSON document, in parts."""
    verdict = "rejected" if checked.figures.errors else "accepted"
    yield f'{{"verdict": "{verdict}", "rows": {checked.figures.rows}, "problems": [], "findings": ['.encode()
    separator = ""
    for part in _slices(checked):
        for finding in _rendered(part, kind).iter_rows(named=True):
            finding["relatedRows"] = [int(row) for row in finding["relatedRows"].split()]
            yield f"{separator}\n{json.dumps(finding, ensure_ascii=False)}".encode()
            separator = ","
    yield b"]}\n"


def refusal_as_json(refused: FileRefused) -> bytes:
    """The verdict on a refused file."""
    document: dict[str, Any] = {
        "verdict": "refused",
        "rows": 0,
        "problems": [_problem(problem) for problem in refused.problems],
        "correctedHeader": refused.corrected_header,
        "findings": [],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _slices(checked: CheckedFile) -> Iterator[pl.DataFrame]:
    for part in checked.parts():
        yield from part.iter_slices(_SLICE)


def _in_order(work: Callable[[pl.DataFrame], bytes], parts: Iterator[pl.DataFrame]) -> Iterator[bytes]:
    """What the work makes of each part, in their order, on all cores; a few of them wait in memory."""
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[bytes]] = deque()
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _rendered(findings: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    return render(findings, kind).select(COLUMNS)


def _problem(problem: Problem) -> dict[str, Any]:
    fields = asdict(problem)
    fields["howToFix"] = fields.pop("how_to_fix")
    return fields
