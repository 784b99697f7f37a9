"""What tests of more than one folder share: the real servers, and a clean corner of them for each test.

A server starts when the first test asks for it and ends with the run.  Tests of pure code start none.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from e2e.running import Apart, Up, running_up
from hypothesis import settings

from distributed import Distributed
from servers import PostgreSQL, PrivatePostgreSQL, PrivateRabbitMQ, RabbitMQ, a_postgresql, a_rabbitmq

# How long an example takes says more of the machine's other work than of the code.
settings.register_profile("rollbook", deadline=None)
settings.load_profile("rollbook")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of a file stay on one worker, and those named `[distributed]` all on one: it starts once."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            test, _, parameters = nodeid.partition("[")
            return "distributed" if "distributed" in parameters else test.partition("::")[0]

    return Scheduling(config, log)


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """The broker that tests share; never killed: see `own_rabbitmq` for that."""
    with a_rabbitmq() as broker:
        yield broker


@pytest.fixture
def amqp_url(rabbitmq: RabbitMQ) -> Iterator[str]:
    """A vhost of the shared broker for one test, empty at its start."""
    url = rabbitmq.new_vhost()
    yield url
    rabbitmq.drop_vhost(url)


@pytest.fixture(scope="module")
def own_rabbitmq() -> Iterator[PrivateRabbitMQ]:
    """A broker for the tests of one module, which may kill, stop and start it (and leave it running)."""
    with PrivateRabbitMQ() as broker:
        yield broker


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """The database server that tests share; never killed: see `own_postgresql` for that."""
    with a_postgresql() as server:
        yield server


@pytest.fixture
def database_url(postgresql: PostgreSQL) -> Iterator[str]:
    """A database of the shared server for one test, empty at its start."""
    url = postgresql.new_database()
    yield url
    postgresql.drop_database(url)


@pytest.fixture(scope="module")
def own_postgresql() -> Iterator[PrivatePostgreSQL]:
    """A database server for the tests of one module, which may kill, stop and start it."""
    with PrivatePostgreSQL() as server:
        yield server


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """`rollbook up`, for the tests of one module."""
    with running_up(tmp_path_factory.mktemp("data")) as up:
        yield up


@pytest.fixture(scope="session")
def distributed() -> Iterator[Apart]:
    """Four services behind the gateway, two validators, a broker that may be killed (and is left running).

    A test that asks for it has `[distributed]` in its name by a parameter: see `apart`.
    """
    with PrivateRabbitMQ() as broker, Distributed(validators=2, broker=broker) as running:
        yield Apart(running, broker)


@pytest.fixture(params=["distributed"])
def apart(distributed: Apart) -> Apart:
    """The same, for a test that does not run on the embedded mode as well."""
    return distributed
