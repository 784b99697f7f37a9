"""A small file is compared with the stored records that matter for it; the outcome is that of all of them."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from unit.roster.any_files import files, rosters

from rollbook.common.database import open_engine, upgrade
from rollbook.roster.adapters import bulk
from rollbook.roster.adapters.roster_store import RosterStore
from rollbook.roster.adapters.tables import COLUMNS, TABLES
from rollbook.roster.domain import change_set, comparison, counting
from rollbook.roster.domain.enrolling import enrolling
from rollbook.roster.domain.sent import gather, leaving

RULES = comparison.Rules("batch_upload", allow_school_creation=False, uploader="u0")
NOBODY = pl.Series(dtype=pl.String)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request, tmp_path_factory):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('roster')}/roster.db"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    made = open_engine(url)
    upgrade(made, "rollbook.roster")
    yield made
    made.dispose()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files(), rosters())
def test_the_records_that_matter_give_the_outcome_of_all(engine, file, stored):
    sent = gather([file])
    with engine.connect() as connection:
        connection.begin()  # and never committed
        for record, frame in stored.items():
            bulk.insert(connection, TABLES[record].name, _rows(frame, COLUMNS[record]))
        store = RosterStore(connection)
        everything = store.state("d1")
        matters = store.state_about("d1", comparison.everybody(sent), sent.classes["classId"].unique())
    assert outcome(file, matters) == outcome(file, everything)


def _rows(frame, columns):
    return frame.select(
        pl.lit("d1").alias("district_id"), *(pl.col(name).alias(columns[name]) for name in frame.columns)
    )


def outcome(file, state):
    """Errors; and warnings, changes and counts as if there were none."""
    accepted = file.filter(~pl.col("rejected")).with_columns(pl.col("action").replace("", "add"))
    errors = comparison.errors(accepted, state, NOBODY, RULES)
    sent = gather([file])
    going = leaving(sent)
    kept = gather([file], going) if going.len() else sent
    pairs = enrolling(sent, state)
    changes = change_set.plan(kept, state, pairs)
    counts = counting.count(sent, changes, state["person"].select("userId", "userRole"))
    frames = (errors, comparison.warnings(sent, state, pairs), *changes.values(), counts)
    return [sorted(frame.rows(), key=repr) for frame in frames]


def test_a_small_file_does_not_ask_each_stored_person_about_each_of_its_classes(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/roster.db")
    upgrade(engine, "rollbook.roster")
    people = [f"u{number:04}" for number in range(2_000)]
    with engine.begin() as connection:
        enrolled = pl.DataFrame({"district_id": "d1", "user_id": people}).with_columns(
            pl.format("c{}", pl.int_range(pl.len()) // 20).alias("class_id")
        )
        bulk.insert(connection, "person", enrolled.drop("class_id"))
        bulk.insert(connection, "enrollment", enrolled)
        steps = _counted_steps(connection)
        sent = pl.DataFrame(dict.fromkeys(("userId", *comparison.UNIQUE), people[:200]))
        state = RosterStore(connection).state_about("d1", sent, pl.Series([f"c{n}" for n in range(10)]))
    engine.dispose()
    assert (state["person"].height, state["enrollment"].height) == (200, 200)
    assert sum(steps) < 200 * len(people)  # and not thousands


def _counted_steps(connection):
    """How many steps SQLite's virtual machine takes from now on, in parts."""
    steps: list[int] = []
    connection.connection.driver_connection.set_progress_handler(lambda: steps.append(100), 100)
    return steps
