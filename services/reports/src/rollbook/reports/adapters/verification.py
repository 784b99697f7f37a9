"""Going through the chain of reports: has anybody altered, removed or put in something?"""

import hashlib
from collections.abc import Iterator

import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.object_store import ObjectStore
from rollbook.reports.adapters.tables import chain_head, report
from rollbook.reports.domain.chain import START, Entry, fault


def verify_chain(engine: sa.Engine, store: ObjectStore) -> Iterator[str]:
    """Every place where a chain is broken, as a sentence; nothing where all is as it was written.

    Recomputes the hash of every entry and of every stored file.  After the first fault of a district's
    chain its later entries are not looked at: what follows a broken link proves nothing.
    """
    with reading(engine) as connection:
        heads = {row.district_id: row for row in connection.execute(sa.select(chain_head))}
        districts = set(connection.execute(sa.select(report.c.district_id).distinct()).scalars())
        for district_id in sorted(districts | set(heads)):
            broken = _first_fault(connection, store, district_id, heads.get(district_id))
            if broken is not None:
                yield f"district {district_id}: {broken}"


def _first_fault(
    connection: sa.Connection, store: ObjectStore, district_id: str, head: sa.Row[tuple[object, ...]] | None
) -> str | None:
    position, previous = 0, START
    in_order = sa.select(report).where(report.c.district_id == district_id).order_by(report.c.position)
    for row in connection.execute(in_order):
        position += 1
        entry = Entry(
            district_id=row.district_id,
            position=row.position,
            previous=row.previous_hash,
            upload_id=row.upload_id,
            stage=row.stage,
            files={file["name"]: file["sha256"] for file in row.files},
            counts_sha256=row.counts_sha256,
            who=row.who,
            who_name=row.who_name,
            when=row.made_at,
        )
        where = f" (upload {row.upload_id}, stage {row.stage})"
        broken = fault(entry, row.hash, position, previous)
        if broken is not None:
            return broken + where
        for file in row.files:
            if _sha256(store, file["key"]) != file["sha256"]:
                return f"{file['name']} of entry {position} has been altered or is gone{where}"
        previous = row.hash
    if head is None or (head.position, head.hash) != (position, previous):
        return f"the chain ends after entry {position}, and should not"
    return None


def _sha256(store: ObjectStore, key: str) -> str | None:
    digest = hashlib.sha256()
    try:
        for block in store.stream(key):
            digest.update(block)
    except FileNotFoundError:
        return None
    return digest.hexdigest()
