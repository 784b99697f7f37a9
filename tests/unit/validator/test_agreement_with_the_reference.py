"""On damaged files of every sort the product says, row for row, what the reference says.

The reference (`tests/reference`) is a second reading of the data dictionary in plain Python.  `make agree`
takes far more files than a normal run.
"""

import os
import random
from datetime import UTC, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference.comparison import TODAY, Cuts, checked_file, disagreement, taken_in
from reference.damaged_files import damaged_file
from reference.verdict import verdict
from unit.validator.one_validator import Validator, findings, last, received_as

from rollbook.common.contracts.events import FileValidated
from rollbook.upload.domain.problem import FileRefused

FILES = int(os.environ.get("ROLLBOOK_REFERENCE_FILES", "160"))
FIRST_SEED = int(os.environ.get("ROLLBOOK_REFERENCE_SEED", "0"))
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_file_has_the_findings_that_the_dictionary_gives_it(part):
    for seed in range(FIRST_SEED + part, FIRST_SEED + FILES, PARTS):
        chance = random.Random(seed)  # noqa: S311 - made-up data, the same for the same seed
        kind = "demographics" if seed % 3 == 2 else "users"
        assert disagreement(chance, kind) is None, f"seed {seed}, {kind}.csv"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_file_of_thousands_of_rows_has_them_too(seed):
    chance = random.Random(seed)  # noqa: S311
    assert disagreement(chance, ["users", "users", "demographics"][seed % 3], least_rows=3000) is None


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.sampled_from(["users", "demographics"]))
def test_where_a_file_is_cut_into_chunks_does_not_matter(chance, kind):
    data = damaged_file(chance, kind)
    try:
        whole = checked_file(data, kind, Cuts())
    except FileRefused:
        return
    cut = checked_file(data, kind, Cuts.by(chance, data))
    assert cut.findings().equals(whole.findings())
    assert cut.figures == whole.figures


def test_validators_that_compete_for_chunks_find_the_same(tmp_path):
    validated = 0
    for seed in range(FIRST_SEED, FIRST_SEED + 40):
        chance = random.Random(seed)  # noqa: S311
        kind = "demographics" if seed % 3 == 2 else "users"
        data = damaged_file(chance, kind)
        expected = verdict(data, kind, TODAY)
        if expected.word == "refused":
            continue
        plan, text = taken_in(data, kind, Cuts.by(chance, data))
        validator = Validator(f"sqlite:///{tmp_path}/{seed}.db")
        validator.store.put("text", text)
        validator.handle(received_as(plan, len(data), datetime.combine(TODAY, time(), UTC)))
        validator.run(chance)
        told = validator.told()
        validator.close()
        found = [(row, code, tuple(map(int, related.split()))) for row, code, related in findings(told)]
        assert found == [(row, code, related) for row, _, code, _, related in expected.findings], seed
        assert last(told, FileValidated).rejected_rows == expected.rejected
        validated += 1
    assert validated > 10
