"""Every event survives the wire, and what is not an event of ours is told from one."""

import datetime as dt
import json
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.common.contracts.envelope import event_id, unwrap, wrap
from rollbook.common.contracts.events import EVENTS, ChunkRequested, Event, StatusChanged, UploadPreviewed
from rollbook.common.errors import Undecodable

st.register_type_strategy(dt.datetime, st.datetimes(timezones=st.just(dt.UTC)))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))  # JSON has no others
any_event = st.sampled_from(sorted(EVENTS)).flatmap(
    lambda name: st.builds(
        EVENTS[name],
        **{field: st.from_type(hint) for field, hint in typing.get_type_hints(EVENTS[name]).items()
           if typing.get_origin(hint) is not typing.ClassVar},
    )
)  # fmt: skip


@given(any_event)
def test_an_event_comes_out_as_it_went_in(event: Event) -> None:
    message = wrap(event)
    assert unwrap(message.headers, message.body) == event
    assert message.routing_key == event.TYPE


def test_an_event_told_twice_has_one_id_and_a_new_attempt_another() -> None:
    one, same = ChunkRequested("u", "d", 3), ChunkRequested("u", "d", 3)
    assert event_id(one) == event_id(same) == "b88f14dc-7444-59b3-8ed3-2a137d1ee6ad"
    assert len({event_id(one), event_id(one, 1), event_id(ChunkRequested("u", "d", 4))}) == 3


def test_a_status_goes_over_the_wire_under_these_names() -> None:
    at = dt.datetime(2026, 1, 31, 8, tzinfo=dt.UTC)
    message = wrap(StatusChanged("u", "d", "ready", at, None, ""), at=at)
    assert json.loads(message.body) == {
        "uploadId": "u",
        "districtId": "d",
        "status": "ready",
        "changedAt": "2026-01-31T08:00:00+00:00",
        "changedBy": None,
        "reason": "",
    }
    assert message.headers["cloudEvents_type"] == "upload.status.changed.v1"


def test_unknown_fields_are_passed_over_and_missing_ones_are_not() -> None:
    message = wrap(ChunkRequested("u", "d", 3))
    fields = json.loads(message.body)
    assert unwrap(message.headers, json.dumps({**fields, "new": 1}).encode()) == ChunkRequested("u", "d", 3)
    del fields["index"]
    with pytest.raises(Undecodable, match="index"):
        unwrap(message.headers, json.dumps(fields).encode())


def test_an_event_of_the_version_before_may_lack_what_was_added_with_a_default() -> None:
    event = UploadPreviewed("u", "d", 1, 1, 0, 0, 0, 0, "counts", ())
    message = wrap(event)
    fields = json.loads(message.body)
    added = {"reIdentifications", "reIdentificationErrors", "reIdentificationsSha256"}
    assert added <= fields.keys()
    older = {name: value for name, value in fields.items() if name not in added}
    assert unwrap(message.headers, json.dumps(older).encode()) == event


@given(st.binary())
def test_bytes_that_are_no_event_are_undecodable(body: bytes) -> None:
    with pytest.raises(Undecodable):
        unwrap(wrap(ChunkRequested("u", "d", 3)).headers, body)
