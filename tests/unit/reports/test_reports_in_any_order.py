"""Whatever the order, the repetition and the size of the batches: the reports are the same bytes."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.reports.upload_story import Reports, story

from rollbook.common.errors import Unprocessable
from rollbook.common.outbox.tables import outbox
from rollbook.reports.adapters.tables import chain_entry

FILES = ("validation/summary.csv", "validation/errors.csv", "validation/corrections.csv",
         "final/summary.csv", "final/follow-up-errors.csv")  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    one = Reports(f"sqlite:///{folder}/reports.db", folder / "files")
    one.hear(*story(one.store, size=100, chunk_rows=100))
    yield outcome(one)
    one.close()


def outcome(one):
    with one.engine.connect() as connection:
        hashes = connection.execute(sa.select(chain_entry.c.what, chain_entry.c.hash)).all()
        told = connection.execute(sa.select(outbox.c.id).order_by(outbox.c.id)).all()
    return [one.store.get(f"reports/u1/{name}") for name in FILES], hashes, told


@given(data=st.data(), size=st.integers(1, 6), chunk_rows=st.integers(1, 6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_and_repetition_of_events_changes_no_byte(
    tmp_path_factory, undisturbed, data, size, chunk_rows
):
    folder = tmp_path_factory.mktemp("disturbed")
    one = Reports(f"sqlite:///{folder}/reports.db", folder / "files")
    try:
        events = story(one.store, size=size, chunk_rows=chunk_rows)
        again = data.draw(st.lists(st.sampled_from(events), max_size=4))
        one.hear(*data.draw(st.permutations([*events, *again])))
        assert outcome(one) == undisturbed
    finally:
        one.close()


def test_batches_that_do_not_add_up_never_make_a_shorter_report(tmp_path):
    one = Reports(f"sqlite:///{tmp_path}/reports.db", tmp_path / "files")
    events = story(one.store, size=2)
    smaller = story(one.store, size=1)
    one.hear(events[0], *(event for event in smaller if type(event).__name__ == "ValidatorRowsRejected"))
    validated = next(event for event in events if type(event).__name__ == "FileValidated")
    one.hear(validated)
    with pytest.raises(Unprocessable):
        one.hear(next(event for event in events if type(event).__name__ == "UploadPreviewed"))
    one.close()
