"""An upload's state as server-sent events."""

# mypy: disable-error-code="untyped-decorator"

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, request
from flask_smorest import Blueprint

from rollbook.common.web.description import described
from rollbook.common.web.identity import identity, require
from rollbook.common.web.language import into_their_language
from rollbook.upload.domain.states import BUSY, FINAL
from rollbook.upload.entrypoints.uploads import look
from rollbook.upload.ports import Looking, Upload

LISTENERS: Final = 4
"""Half the threads of a web process: whoever watches never keeps those who work from an answer."""
AGAIN_AFTER_MS: Final = {"moving": 2_000, "crowded": 5_000, "waiting": 10_000}

Look = Callable[[], tuple[Upload, dict[str, Any]]]
Say = Callable[[dict[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one stream lasts, how often it looks, and after how long a silence it shows that it lives."""

    stream_seconds: float = 25.0
    look_seconds: float = 0.5
    heartbeat_seconds: float = 5.0


def add_watching(blueprint: Blueprint, looking: Looking, pace: Pace) -> None:
    """Add the route of events."""
    places = threading.BoundedSemaphore(LISTENERS)

    @blueprint.get("/uploads/<upload_id>/events")
    @described(
        blueprint,
        produces="text/event-stream",
        also={204: "The final state is known to the caller already."},
        problems=(404,),
    )
    @require()
    def watch(upload_id: str) -> Any:
        """The same as server-sent events, as long as it moves by itself.

        A stream ends after half a minute at the latest, and where the upload waits for a person or is at its
        end; `retry` says when to connect again.  204 tells who knows the final state already to stay away.
        """
        district_id, known = identity().district_id, request.headers.get("Last-Event-ID", "")
        first = look(looking, upload_id, district_id)
        if first[0].status in FINAL and known == _identity(first[1]):
            return Response(status=204)
        translated = into_their_language()
        events = _events(
            first,
            lambda: look(looking, upload_id, district_id),
            lambda state: _event(_identity(state), translated(state)),
            known=known,
            places=places,
            pace=pace,
        )
        return Response(events, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _events(
    first: tuple[Upload, dict[str, Any]], look_again: Look, say: Say, *, known: str, places: Any, pace: Pace
) -> Iterator[str]:
    upload, state = first
    moving = upload.status in BUSY
    # Taken here and not in the view: a stream that is never begun is never ended either.
    has_place = moving and places.acquire(blocking=False)
    try:
        again = "moving" if has_place else "crowded" if moving else "waiting"
        yield f"retry: {AGAIN_AFTER_MS[again]}\n\n"
        if _identity(state) != known:
            yield say(state)
        if has_place:
            yield from _changes(state, look_again, say, pace)
    finally:
        if has_place:
            places.release()


def _changes(seen: dict[str, Any], look_again: Look, say: Say, pace: Pace) -> Iterator[str]:
    begun = spoke = time.monotonic()
    while (now := time.monotonic()) - begun < pace.stream_seconds:
        time.sleep(pace.look_seconds)
        upload, state = look_again()
        if state != seen:
            seen, spoke = state, now
            yield say(state)
        elif now - spoke >= pace.heartbeat_seconds:
            spoke = now
            yield ": still here\n\n"
        if upload.status not in BUSY:
            return


def _event(name: str, state: dict[str, Any]) -> str:
    return f"id: {name}\nevent: status\ndata: {json.dumps(state)}\n\n"


def _identity(state: dict[str, Any]) -> str:
    """The same for the same state, so that who comes back is told of changes only."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]
