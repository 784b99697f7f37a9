"""Going through the chain of reports: has anybody altered, removed, moved or put in something?"""

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.object_store import ObjectStore
from rollbook.reports.adapters.tables import chain_entry, chain_head, report, upload
from rollbook.reports.domain.chain import START, Entry, fault, sha256
from rollbook.reports.domain.checkpoint import Checkpoint
from rollbook.reports.domain.retention import part_of
from rollbook.reports.ports import REMOVED

_AT_A_TIME: Final = 2_000
_FILES_AT_A_TIME: Final = 50
_THREADS: Final = 8  # a store over the network answers each question late, and many at once

_ENTRIES: Final = (
    sa.select(
        chain_entry,
        report.c.files,
        report.c.counts,
        report.c.findings,
        report.c.errors,
        report.c.warnings,
        upload.c.kind,
        upload.c.file_name,
        upload.c.uploaded_by,
        upload.c.uploaded_by_name,
        upload.c.uploaded_at,
    )
    .outerjoin(
        report, (report.c.upload_id == chain_entry.c.upload_id) & (report.c.stage == chain_entry.c.what)
    )
    .outerjoin(upload, upload.c.upload_id == chain_entry.c.upload_id)
    .order_by(chain_entry.c.position)
)


@dataclass(slots=True)
class Verified:
    """How much has been verified so far, whether it was sound or not."""

    districts: int = 0
    entries: int = 0
    files: int = 0
    size_bytes: int = 0


def entries_to_verify(engine: sa.Engine) -> int:
    """How many entries there are."""
    with reading(engine) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(chain_entry)).scalar_one()


def verify_chain(
    engine: sa.Engine,
    store: ObjectStore,
    *,
    checkpoint: Checkpoint | None = None,
    with_files: bool = True,
    told: Callable[[Verified], object] = lambda _: None,
) -> Iterator[str]:
    """Every place where a chain is broken, as a sentence; nothing where all is as it was written.

    Recomputes the hash of every entry, of what it is about and (`with_files`) of every stored file, and
    holds each chain to its head and to a checkpoint.  `told` is called time and again with how far it is.
    """
    verified = Verified()
    with reading(engine) as connection, ThreadPoolExecutor(_THREADS) as threads:
        heads = {
            row.district_id: (row.position, row.hash) for row in connection.execute(sa.select(chain_head))
        }
        districts = set(connection.execute(sa.select(chain_entry.c.district_id).distinct()).scalars())
        for district_id in sorted(districts | set(heads) | set(checkpoint.heads if checkpoint else ())):
            chain = _Chain(connection, store if with_files else None, threads, district_id, verified)
            for broken in chain.faults(heads.get(district_id), checkpoint):
                yield f"district {district_id}: {broken}"
            verified.districts += 1
            told(verified)
        for row in connection.execute(_unchained()):
            yield f"district {row.district_id}: a report was put in{_where(row.upload_id, row.stage)}"


def removals(engine: sa.Engine) -> Iterator[str]:
    """Every part of an upload that the chains say is no longer kept, as a sentence."""
    tombstones = sa.select(chain_entry).where(chain_entry.c.what == REMOVED)
    in_order = tombstones.order_by(chain_entry.c.district_id, chain_entry.c.position)
    with reading(engine) as connection:
        for row in connection.execute(in_order):
            facts = json.loads(row.facts)
            why = f"on request of {facts['who']['name']}" if facts["who"] else "by retention"
            part = f"the {facts['part']} of upload {row.upload_id}"
            yield f"district {row.district_id}: {part} was removed {why} on {facts['when'][:10]}"


class _Chain:
    """The chain of one district."""

    def __init__(
        self,
        connection: sa.Connection,
        store: ObjectStore | None,
        threads: ThreadPoolExecutor,
        district_id: str,
        verified: Verified,
    ) -> None:
        self._verified = verified
        self._connection, self._store, self._threads = connection, store, threads
        self._district_id = district_id
        self._position = 0
        self._hash: str | None = START  # None: of a faulty entry
        self._removed = _removals(connection, district_id)

    def faults(self, head: tuple[int, str] | None, checkpoint: Checkpoint | None) -> Iterator[str]:
        """What is wrong, in the order of the entries."""
        mine = _ENTRIES.where(chain_entry.c.district_id == self._district_id)
        found = self._connection.execute(mine, execution_options={"yield_per": _AT_A_TIME})
        known = checkpoint.heads.get(self._district_id) if checkpoint else None
        for rows in found.partitions():
            links = [list(self._of_entry(row)) for row in rows]
            files = self._of_files(rows)
            for row, broken in zip(rows, links, strict=True):
                yield from (text + _where(row.upload_id, row.what) for text in broken)
                if checkpoint and known and known[0] == row.position:
                    rewritten = checkpoint.fault(self._district_id, row.position, row.hash)
                    yield from (rewritten,) if rewritten else ()
            yield from files
            self._verified.entries += len(rows)
        if checkpoint and known and known[0] > self._position:
            day = f"{checkpoint.made_at:%Y-%m-%d}"
            had = f"had {known[0]} at the checkpoint of {day}"
            yield f"the chain ends after entry {self._position}, and {had}: it was cut off"
        if head is None:
            yield "the head of the chain is gone"
        elif head[0] > self._position:
            should = f"should end with entry {head[0]}"
            yield f"the chain ends after entry {self._position}, and {should}: it was cut off"
        elif head[0] < self._position or self._hash not in {None, head[1]}:
            yield f"the head of the chain is not its last entry, {self._position}"

    def _of_entry(self, row: Any) -> Iterator[str]:
        following = self._position + 1
        if row.position == following + 1:
            yield f"entry {following} is missing"
        elif row.position > following:
            yield f"entries {following} to {row.position - 1} are missing"
        previous = self._hash if row.position == following else None
        entry = Entry(
            row.district_id, row.position, row.previous_hash, row.upload_id, row.what, row.facts_sha256
        )
        broken = fault(entry, row.hash, row.facts, previous)
        if broken:
            yield broken
        elif row.facts is not None:
            yield from _differences(row, json.loads(row.facts), self._removed.get(row.upload_id, frozenset()))
        elif "report" not in self._removed.get(row.upload_id, ()):
            yield f"what entry {row.position} says is gone, and nothing tells of its removal"
        self._position, self._hash = row.position, None if broken else row.hash

    def _of_files(self, rows: Any) -> Iterator[str]:
        if self._store is None:
            return
        files = [
            (row, file)
            for row in rows
            for file in row.files or ()
            if part_of(file["name"]) not in self._removed.get(row.upload_id, ())
        ]
        parts = [files[at : at + _FILES_AT_A_TIME] for at in range(0, len(files), _FILES_AT_A_TIME)]
        for part, sums in zip(parts, self._threads.map(self._sums, parts), strict=True):
            for (row, file), found in zip(part, sums, strict=True):
                self._verified.files += 1
                self._verified.size_bytes += file["sizeBytes"]
                if found != file["sha256"]:
                    how = "has been altered" if found else "is gone"
                    yield f"{file['name']} of entry {row.position} {how}{_where(row.upload_id, row.what)}"

    def _sums(self, files: list[tuple[Any, dict[str, Any]]]) -> list[str | None]:
        return [_sha256(self._store, file["key"]) for _, file in files] if self._store else []


def _removals(connection: sa.Connection, district_id: str) -> dict[str, frozenset[str]]:
    """Which parts of which uploads the chain says are removed."""
    tombstones = sa.select(chain_entry.c.upload_id, chain_entry.c.facts).where(
        chain_entry.c.district_id == district_id,
        chain_entry.c.what == REMOVED,
        chain_entry.c.facts.is_not(None),
    )
    found: dict[str, frozenset[str]] = {}
    for upload_id, facts in connection.execute(tombstones):
        with contextlib.suppress(ValueError, KeyError):  # not as it was written: its own entry is named
            found[upload_id] = found.get(upload_id, frozenset()) | {json.loads(facts)["part"]}
    return found


def _differences(row: Any, facts: dict[str, Any], removed: frozenset[str]) -> Iterator[str]:
    """Where what is shown of an upload is not what its entry says, but for what was removed."""
    at = row.position
    if "uploadedBy" in facts and any(facts[name] != value for name, value in _shown(row).items()):
        yield f"file name, person or time of entry {at} has been altered"
    if "files" not in facts:
        return
    if row.files is None:
        yield f"the report of entry {at} is gone"
        return
    shown = {file["name"]: {"sha256": file["sha256"], "sizeBytes": file["sizeBytes"]} for file in row.files}
    for what, same in (
        ("the list of files", shown == facts["files"]),
        ("a figure", sha256(row.counts) == facts["counts"]),
        ("a total", (row.errors, row.warnings) == (facts["errors"], facts["warnings"])),
        ("a finding", "details" in removed or sha256(row.findings) == facts["findings"]),
    ):
        if not same:
            yield f"{what} of entry {at} has been altered"


def _shown(row: Any) -> dict[str, Any]:
    at: dt.datetime | None = row.uploaded_at
    return {
        "kind": row.kind,
        "fileName": row.file_name,
        "uploadedBy": {"sub": row.uploaded_by, "name": row.uploaded_by_name},
        "uploadedAt": at and at.isoformat(),
    }


def _unchained() -> sa.Select[Any]:
    chained = (chain_entry.c.upload_id == report.c.upload_id) & (chain_entry.c.what == report.c.stage)
    return (
        sa.select(report.c.upload_id, report.c.stage, upload.c.district_id)
        .outerjoin(upload, upload.c.upload_id == report.c.upload_id)
        .where(~sa.exists().where(chained))
    )


def _where(upload_id: str, what: str) -> str:
    return f" (upload {upload_id}, {what})"


def _sha256(store: ObjectStore, key: str) -> str | None:
    try:
        return store.sha256(key)
    except FileNotFoundError:
        return None
