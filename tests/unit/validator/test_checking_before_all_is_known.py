"""Chunks are checked while the file is still read; what turns out to be otherwise is checked again."""

from dataclasses import replace

import polars as pl
import pytest

from rollbook.common.dictionary import DICTIONARY
from rollbook.common.tabular import Encoding
from rollbook.validator.domain.check_file import FileCheck, FramesInMemory, check_file

from .conftest import completed, plan_for, to_csv

HEADER = list(DICTIONARY["users"].names)
DATA = to_csv(
    HEADER,
    [completed({"userId": f"s{at}", "userFirstName": "José", "userGrade": "7th"}) for at in range(8)],
).decode()


def read_from(data: bytes):
    return lambda offset, length: data[offset : offset + length]


@pytest.mark.parametrize(
    "mistaken",
    [{"encoding": Encoding.UTF_8}, {"header": (None, *HEADER[1:])}],
    ids=["another encoding", "another header"],
)
def test_a_chunk_that_was_checked_by_another_reading_is_checked_again(mistaken):
    data = DATA.encode("cp1252")
    plan = replace(plan_for(data, "users", HEADER, chunk_rows=3), encoding=Encoding.WINDOWS_1252)
    with FileCheck(
        lambda chunk, _: data[chunk.offset :][: chunk.length], FramesInMemory(), workers=2
    ) as check:
        for chunk in plan.chunks[:-1]:
            check.start(chunk, replace(plan.reading, **mistaken))
        found = check.finish(plan)
    expected = check_file(read_from(data), plan, workers=1)
    assert found.figures == expected.figures
    assert found.findings().equals(expected.findings())


def test_the_findings_come_a_chunk_at_a_time_in_the_order_of_the_report():
    rows = [
        completed({"userId": f"s{at}", "userEmail": "a@example.org", "userGrade": "7th"}) for at in range(8)
    ]
    data = to_csv(HEADER, rows)
    plan = plan_for(data, "users", HEADER, chunk_rows=3)
    parts = list(check_file(read_from(data), plan, workers=1).parts())
    assert [part["row"].unique(maintain_order=True).to_list() for part in parts] == [
        [2, 3, 4],
        [5, 6, 7],
        [8, 9],
    ]
    assert pl.concat(parts).select("row", "code").rows()[1:3] == [
        (3, "userEmail.duplicate"),
        (3, "userGrade.unknown_value"),
    ]
