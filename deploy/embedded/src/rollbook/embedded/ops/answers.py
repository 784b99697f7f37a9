"""What `rollbook ops` prints: tables for people, JSON for scripts."""

import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from rollbook.common.object_store import ObjectStore
from rollbook.embedded.counted import counted
from rollbook.embedded.ops import dead_letters
from rollbook.embedded.ops import queues as work_queues
from rollbook.embedded.ops import stuck as stuck_uploads
from rollbook.embedded.ops.checkpoint import checkpoint_of, key_of
from rollbook.embedded.ops.place import opened, place_of
from rollbook.embedded.progress import progress
from rollbook.reports.adapters.checkpoints import CheckpointSigner
from rollbook.reports.adapters.verification import Verified, entries_to_verify
from rollbook.reports.adapters.verification import removals as removals_of
from rollbook.reports.adapters.verification import verify_chain as faults_of

WHOLE, BROKEN = 0, 1
_WIDTH_OF_A_FILE: Final = 240
"""Columns where no terminal shows them: a script finds each line whole."""


def queues(data: Path | None, *, as_json: bool) -> None:
    """Show the load of each queue."""
    place = place_of(data, os.environ)
    loads = place.queues()
    with opened(place) as engines:
        _show(work_queues.lines(loads, engines), as_json=as_json, nothing="There are no queues.")


def list_dead(data: Path | None, *, as_json: bool) -> None:
    """List dead letters without what they say."""
    with opened(place_of(data, os.environ)) as engines:
        lines = [dead_letters.as_line(letter) for letter in dead_letters.listed(engines)]
    _show(lines, as_json=as_json, nothing="There are no dead letters.")


def show(data: Path | None, queue: str, identity: str, *, as_json: bool) -> None:
    """Show one dead letter whole."""
    with opened(place_of(data, os.environ)) as engines:
        (letter,) = dead_letters.chosen(engines, queue, identity, every=False)
        facts = dead_letters.whole(engines, letter)
    words = "\n".join(f"{name + ':':<12}{_cell(value)}" for name, value in facts.items())
    _say(facts, words, as_json=as_json)


def replay(data: Path | None, queue: str | None, identity: str | None, *, every: bool, as_json: bool) -> None:
    """Have dead letters tried again."""
    with opened(place_of(data, os.environ)) as engines:
        count = dead_letters.replay(engines, dead_letters.chosen(engines, queue, identity, every=every))
    words = f"Dead letters that go back to their queues as soon as the relays run: {count}."
    _say({"replaying": count}, words, as_json=as_json)


def discard(
    data: Path | None, queue: str | None, identity: str | None, *, every: bool, as_json: bool
) -> None:
    """Give dead letters up."""
    with opened(place_of(data, os.environ)) as engines:
        count = dead_letters.discard(engines, dead_letters.chosen(engines, queue, identity, every=every))
    _say({"discarded": count}, f"Dead letters discarded: {count}.", as_json=as_json)


def stuck(data: Path | None, seconds: float, *, as_json: bool) -> None:
    """Show uploads that have not moved for so long."""
    with opened(place_of(data, os.environ)) as engines:
        lines = stuck_uploads.stuck(engines, seconds, dt.datetime.now(dt.UTC))
    if not as_json:
        lines = [_in_words(line) for line in lines]
    _show(lines, as_json=as_json, nothing=f"Every upload has moved within {seconds:g} seconds.")


def nudge(data: Path | None, upload_id: str, *, as_json: bool) -> None:
    """Set an upload going again."""
    with opened(place_of(data, os.environ)) as engines:
        stuck_uploads.nudge(engines, upload_id, dt.datetime.now(dt.UTC))
    words = f"As soon as the relays run, every service tells again what it told of {upload_id}."
    _say({"nudged": upload_id}, words, as_json=as_json)


def verify_chain(
    data: Path | None, checkpoint: Path | None, keys: Path | None, *, removals: bool, as_json: bool
) -> int:
    """Say where chains of reports are broken; gives the exit code."""
    place = place_of(data, os.environ)
    store = ObjectStore(place.store_url())
    kept = checkpoint_of(place, checkpoint, keys) if checkpoint else None
    verified = Verified()
    with opened(place, "reports") as engines:
        engine = engines["reports"]
        with progress("Verifying", entries_to_verify(engine)) as advance:

            def tell(far: Verified) -> None:
                nonlocal verified
                advance(far.entries - verified.entries)
                verified = replace(far)

            faults = list(faults_of(engine, store, checkpoint=kept, told=tell))
        removed = list(removals_of(engine)) if removals else []
    if as_json:
        counts = {
            "districts": verified.districts,
            "entries": verified.entries,
            "files": verified.files,
            "bytes": verified.size_bytes,
        }
        _write({"broken": faults, "verified": counts} | ({"removed": removed} if removals else {}))
    else:
        result = faults or ["Every report is as it was written."]
        sys.stdout.writelines(f"{line}\n" for line in [*removed, *result, _verified_in_words(verified)])
    return BROKEN if faults else WHOLE


def checkpoint(data: Path | None) -> None:
    """Print a signed checkpoint of every chain."""
    place = place_of(data, os.environ)
    key = key_of(place)
    with opened(place, "reports") as engines:
        sys.stdout.write(f"{CheckpointSigner(engines['reports'], key).sign()}\n")


def _verified_in_words(verified: Verified) -> str:
    return (
        f"Verified: {counted(verified.entries, 'entry', 'entries')}, each with what is shown of it, in "
        f"the chains of {counted(verified.districts, 'district')}; {counted(verified.files, 'file')} of "
        f"{counted(verified.size_bytes, 'byte')}."
    )


def _in_words(line: dict[str, Any]) -> dict[str, Any]:
    """A stuck upload for a table: what lies in its way in one cell."""
    facts = [f"{service} {words}" for service, words in line["services"].items()]
    facts += [f"events that wait for the relay of {one}: {n}" for one, n in line["unsentEvents"].items()]
    facts += [f"a dead letter in {letter['queue']}: {letter['id']}" for letter in line["deadLetters"]]
    shown = {name: line[name] for name in ("upload", "district", "status", "stillSeconds", "waitsFor")}
    return shown | {"where it stands": "\n".join(facts)}


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"\n  {line}" for line in json.dumps(value, ensure_ascii=False, indent=2).splitlines())
    return "?" if value is None else str(value)


def _show(lines: Sequence[dict[str, Any]], *, as_json: bool, nothing: str) -> None:
    if as_json or not lines:
        _say(lines, nothing, as_json=as_json)
        return
    table = Table(box=None, pad_edge=False)
    for name, value in lines[0].items():
        table.add_column(name, overflow="fold", justify="right" if isinstance(value, int) else "left")
    for line in lines:
        table.add_row(*("?" if value is None else str(value) for value in line.values()))
    width = None if sys.stdout.isatty() else _WIDTH_OF_A_FILE
    Console(markup=False, highlight=False, emoji=False, width=width).print(table)


def _say(facts: Any, words: str, *, as_json: bool) -> None:
    if as_json:
        _write(facts)
    else:
        sys.stdout.write(f"{words}\n")


def _write(facts: Any) -> None:
    sys.stdout.write(f"{json.dumps(facts, ensure_ascii=False, indent=2)}\n")
