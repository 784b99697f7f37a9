"""However a change set is cut into parts: what puts it back is the same."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.roster.any_files import files, rosters

from rollbook.roster.domain import change_set, records
from rollbook.roster.domain.enrolling import enrolling
from rollbook.roster.domain.inverse import invert
from rollbook.roster.domain.sent import gather, leaving

ELSEWHERE = pl.Series(["u3@d1.example.org"])


@st.composite
def undos(draw):
    """A change set, and the roster as it is some time later: some records are as they were made, some not."""
    state, file = draw(rosters()), draw(files())
    sent = gather([file])
    going = leaving(sent)
    kept = gather([file], going) if going.len() else sent
    changes = change_set.plan(kept, state, enrolling(sent, state))
    after = {record: changed(record, frame, changes.get(record)) for record, frame in state.items()}
    others = draw(rosters())
    return changes, {
        record: frame if draw(st.booleans()) else others[record] for record, frame in after.items()
    }


def changed(record, stored, changes):
    """The records after their change; who leaves is still there."""
    if changes is None:
        return stored
    shape = records.SHAPES[record]
    stays = pl.lit(record == "person") | (pl.col("change") != "removed")
    made = changes.filter(stays).select(shape.columns)
    return pl.concat([stored.join(changes, on=shape.keys, how="anti"), made])


@settings(max_examples=40, deadline=None)
@given(undos(), st.integers(1, 5), st.sampled_from([None, ("1", "01")]))
def test_a_change_set_in_parts_is_put_back_as_the_whole_is(undo, rows_a_part, scope):
    changes, state = undo
    whole = invert({record: [frame] for record, frame in changes.items()}, dict(state), ELSEWHERE, scope)
    cut = {record: [frame.clear(), *frame.iter_slices(rows_a_part)] for record, frame in changes.items()}
    parts = invert(cut, dict(state), ELSEWHERE, scope)
    assert {record: frame.rows() for record, frame in parts.changes.items()} == {
        record: frame.rows() for record, frame in whole.changes.items()
    }
    assert parts.left_alone.rows() == whole.left_alone.rows()
    assert parts.nothing_to_do.rows() == whole.nothing_to_do.rows()
