"""Rollbook as its users run it, for the tests of a module."""

from collections.abc import Iterator

import pytest
from e2e.running import Apart

from distributed import Distributed


@pytest.fixture(scope="module")
def distributed() -> Iterator[Apart]:
    """Four services, two validators, a broker of their own."""
    with Distributed(validators=2) as running:
        yield Apart(running)
