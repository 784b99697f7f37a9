"""The dead letters of all services: found, shown, replayed, discarded."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.outbox.dead_letters import DeadLetter, DeadLetters
from rollbook.embedded.refusal import CannotRun

Engines = Mapping[str, sa.Engine]


def listed(engines: Engines) -> list[DeadLetter]:
    """All of them, the oldest first."""
    letters: list[DeadLetter] = []
    for engine in engines.values():
        with reading(engine) as connection:
            letters += DeadLetters(connection).listed()
    return sorted(letters, key=lambda letter: letter.died_at)


def chosen(engines: Engines, queue: str | None, identity: str | None, *, every: bool) -> list[DeadLetter]:
    """One message of a queue, or every one (of a queue).

    Raises:
        CannotRun: it is not said which ones, or there is no such message.
    """
    if every == (identity is not None):
        raise CannotRun("name a queue and the ID of a message in it, or --all (with a queue or without).")
    found = [
        letter
        for letter in listed(engines)
        if queue in {None, letter.queue} and (every or letter.id == identity)
    ]
    if not found and not every:
        raise CannotRun(f"there is no dead letter {identity} of the queue {queue}.")
    return found


def replay(engines: Engines, letters: list[DeadLetter]) -> int:
    """Have the relays put messages into their queues again; gives how many were there to do so with."""
    return sum(_changed(engines, letter, DeadLetters.replay) for letter in letters)


def discard(engines: Engines, letters: list[DeadLetter]) -> int:
    """Give messages up for good; gives how many there were."""
    return sum(_changed(engines, letter, DeadLetters.discard) for letter in letters)


def _changed(engines: Engines, letter: DeadLetter, change: Any) -> bool:
    with _engine(engines, letter).begin() as connection:
        return bool(change(DeadLetters(connection), letter))


def as_line(letter: DeadLetter) -> dict[str, Any]:
    """A message without what it says: that may hold cells of a file."""
    return {
        "queue": letter.queue,
        "id": letter.id,
        "type": letter.type,
        "upload": letter.upload_id,
        "reason": letter.reason,
        "when": letter.died_at.isoformat(timespec="seconds"),
        "attempts": letter.attempts,
        "replaying": letter.replay,
    }


def whole(engines: Engines, letter: DeadLetter) -> dict[str, Any]:
    """A message with its headers and what it says: JSON, else text, else base64."""
    try:
        with reading(_engine(engines, letter)) as connection:
            body = DeadLetters(connection).body(letter)
    except LookupError:
        raise CannotRun(f"the dead letter {letter.id} has gone meanwhile.") from None
    return as_line(letter) | {"headers": letter.headers, "body": _readable(body)}


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _engine(engines: Engines, letter: DeadLetter) -> sa.Engine:
    return engines[letter.queue.split(".", 1)[0]]
