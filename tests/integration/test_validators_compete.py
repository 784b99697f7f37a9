"""Several validators on one PostgreSQL database, each finishing chunks of one file at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from unit.validator.one_validator import EXPECTED, Validator, findings, received

from rollbook.common.contracts import events as e

CHUNKS = 5


@pytest.fixture
def validator(database_url):
    one = Validator(database_url)
    yield one
    one.close()


def test_exactly_one_of_the_validators_that_finish_together_goes_on(validator):
    validator.handle(received(validator.store, chunk_rows=1))
    together = Barrier(CHUNKS)

    def check(index):
        together.wait(30)
        validator.handle(e.ChunkRequested("u1", "d1", index))

    with ThreadPoolExecutor(CHUNKS) as pool:
        list(pool.map(check, range(CHUNKS)))
    assert sum(isinstance(event, e.CrossCheckRequested) for event in validator.told()) == 1
    validator.run()
    assert findings(validator.told()) == EXPECTED
    assert sum(isinstance(event, e.FileValidated) for event in validator.told()) == 1
