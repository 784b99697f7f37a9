"""Rollbook as its users run it, for the tests of a module."""

from collections.abc import Iterator

import pytest
from e2e.running import Apart, Up, running_up

from distributed import Distributed


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One process."""
    with running_up(tmp_path_factory.mktemp("data")) as up:
        yield up


@pytest.fixture(scope="module")
def distributed() -> Iterator[Apart]:
    """Four services, two validators, a broker of their own."""
    with Distributed(validators=2) as running:
        yield Apart(running)
