"""Every example of the dictionary is what it says it is."""

import pytest
from unit.validator.conftest import check_bytes, completed, to_csv

from rollbook.common.dictionary import DICTIONARY, catalogue
from rollbook.common.dictionary.examples import EXAMPLES

COLUMNS = list(DICTIONARY["users"].names)


def found(rows):
    data = to_csv(COLUMNS, [completed(row) for row in rows])
    return check_bytes(data, "users", list(COLUMNS)).findings().select("row", "code").rows()


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.code for example in EXAMPLES])
def test_an_example_is_judged_as_the_dictionary_says(example):
    assert found(example.accepted) == []
    assert found(example.rejected) == [(len(example.rejected) + 1, example.code)]


def test_every_problem_that_two_records_or_a_cell_can_have_has_an_example():
    shown = {example.code.partition(".")[2] for example in EXAMPLES}
    problems = {
        finding.problem.name
        for finding in catalogue("users").values()
        if finding.problem.stage in {"record", "across"}
    }
    of_whole_lines = {"too_few_cells", "too_many_cells", "bad_quote"}
    assert problems - shown - of_whole_lines == {"over_recommended_size"}
