"""The whole of Rollbook for the tests of a module, and the reports service alone, on either database."""

import pytest
from integration.reports_world import World
from integration.whole_rollbook import WholeRollbook


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def rollbook(request, tmp_path_factory):
    """All four services, without a bus between them; every test opens a district of its own."""
    databases = []

    def new_database():
        databases.append(request.getfixturevalue("postgresql").new_database())
        return databases[-1]

    folder = tmp_path_factory.mktemp("rollbook")
    made = WholeRollbook(folder, new_database if request.param == "postgresql" else None)
    yield made
    made.close()
    for url in databases:
        request.getfixturevalue("postgresql").drop_database(url)


@pytest.fixture
def d1(rollbook):
    """Somebody who may do everything in a new district with the schools 001 and 002."""
    return rollbook.open_district()


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request, tmp_path):
    """The reports service on each database."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/reports.db" if sqlite else request.getfixturevalue("database_url")
    made = World(url, tmp_path)
    yield made
    made.close()
