"""The chain of a district's entries in the database: appending to it, and reading an upload's part of it."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rollbook.common.outbox.outbox import insert_new
from rollbook.reports.adapters.tables import chain_entry, chain_head
from rollbook.reports.domain.chain import START, Entry, sha256, with_place


def append(
    connection: sa.Connection, district_id: str, upload_id: str, what: str, facts: Mapping[str, Any]
) -> None:
    """Put an entry at the end of a district's chain, which is locked until the transaction ends."""
    connection.execute(
        insert_new(connection, chain_head).values(district_id=district_id, position=0, hash=START)
    )
    of_district = chain_head.c.district_id == district_id
    head = connection.execute(sa.select(chain_head).where(of_district).with_for_update()).one()
    text = with_place(facts, head.position + 1)
    entry = Entry(district_id, head.position + 1, head.hash, upload_id, what, sha256(text))
    connection.execute(
        chain_entry.insert().values(
            district_id=district_id,
            position=entry.position,
            upload_id=upload_id,
            what=what,
            facts=text,
            facts_sha256=entry.facts_sha256,
            previous_hash=entry.previous,
            hash=entry.hash(),
        )
    )
    following = {"position": entry.position, "hash": entry.hash()}
    connection.execute(chain_head.update().where(of_district).values(following))


def has_entry(connection: sa.Connection, upload_id: str, what: str) -> bool:
    """Whether there is such an entry about an upload."""
    wanted = (chain_entry.c.upload_id == upload_id) & (chain_entry.c.what == what)
    return connection.execute(sa.select(chain_entry.c.position).where(wanted)).first() is not None


def entries_of(connection: sa.Connection, upload_id: str) -> list[dict[str, Any]]:
    """What the chain says of an upload, in its order, as JSON shows it."""
    wanted = sa.select(chain_entry).where(chain_entry.c.upload_id == upload_id)
    return [
        {
            "stage": row.what,
            "position": row.position,
            "previousHash": row.previous_hash,
            "hash": row.hash,
            "factsSha256": row.facts_sha256,
            **(json.loads(row.facts) if row.facts is not None else {}),
        }
        for row in connection.execute(wanted.order_by(chain_entry.c.position))
    ]
