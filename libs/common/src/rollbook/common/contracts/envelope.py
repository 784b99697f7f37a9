"""An event as a message: CloudEvents attributes in the headers, JSON in the body."""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from rollbook.common.contracts.events import EVENTS, Event
from rollbook.common.contracts.schema import build, schema_of
from rollbook.common.errors import Undecodable

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://rollbook.example.org/events")
CONTENT_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Message:
    """What the bus carries: a routing key, string headers (none begins with ``x-``), a body of JSON bytes."""

    id: str
    routing_key: str
    headers: dict[str, str]
    body: bytes


def event_id(event: Event, attempt: int = 0) -> str:
    """The id of an event: the same for the same event, another for each new attempt at telling it."""
    key = "|".join(str(getattr(event, name)) for name in event.KEY)
    return str(uuid.uuid5(_NAMESPACE, f"{event.TYPE}|{key}|{attempt}"))


def wrap(event: Event, *, attempt: int = 0, at: dt.datetime | None = None, traceparent: str = "") -> Message:
    """The message that carries an event."""
    identity = event_id(event, attempt)
    headers = {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_id": identity,
        "cloudEvents_type": f"{event.TYPE}.v{event.VERSION}",
        "cloudEvents_source": f"/rollbook/{event.TYPE.split('.', 1)[0]}",
        "cloudEvents_subject": event.upload_id or event.district_id,
        "cloudEvents_time": (at or dt.datetime.now(dt.UTC)).isoformat(),
    }
    if traceparent:
        headers["traceparent"] = traceparent
    data: Any = schema_of(type(event)).dump(event)
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(identity, event.TYPE, headers, body)


def unwrap(headers: dict[str, Any], body: bytes) -> Event:
    """The event that a message carries.

    Raises:
        Undecodable: not JSON, an unknown type or version, or a field is missing or of the wrong type.
            The text names the fields, never their values: they may be personal data.
    """
    name = str(headers.get("cloudEvents_type", ""))
    base, _, version = name.rpartition(".v")
    kind = EVENTS.get(base)
    if kind is None or version != str(kind.VERSION):
        raise Undecodable(f"no event of type {name!r} is known here")
    try:
        loaded = schema_of(kind).loads(body.decode())
    except ValidationError as error:
        raise Undecodable(
            f"{name}: wrong or missing: {', '.join(sorted(map(str, error.messages_dict)))}"
        ) from None
    except ValueError:
        raise Undecodable(f"{name}: the body is not JSON") from None
    event: Event = build(kind, loaded)
    return event
