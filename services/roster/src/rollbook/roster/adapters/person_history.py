"""A person's history, read from the change sets that touched the person, newest first.

Which ones those are, an index knows: one short row per person and change set.  A change set of very many
people (a first load, a new school year) gets none: it would cost more than all else, and there are few of
them, so that each is looked through instead.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from rollbook.common.database import reading
from rollbook.common.dictionary import names as n
from rollbook.common.object_store import ObjectStore
from rollbook.roster.adapters import bulk
from rollbook.roster.adapters.tables import change_set, touched
from rollbook.roster.domain import records as r
from rollbook.roster.domain.change_set import field_changes
from rollbook.roster.domain.reidentification import BEFORE_ID, new_ids
from rollbook.roster.planning import changes_key

MANY_PEOPLE: Final = 10_000
_OF_PEOPLE: Final = {"users": (r.PERSON, r.ENROLLMENT), "demographics": (r.DEMOGRAPHICS,)}


def index_people(connection: sa.Connection, district_id: str, change_id: str, changes: r.Frames) -> bool:
    """Note whom a change set touches; False where they are so many that none is noted."""
    if r.PERSON in changes and changes[r.PERSON].height > MANY_PEOPLE:  # known without looking further
        return False
    people = pl.concat(
        [pl.Series(n.USER_ID, dtype=pl.String)]
        + [frame[n.USER_ID] for frame in changes.values() if n.USER_ID in frame.columns]
        + [new_ids(frame)[BEFORE_ID] for record, frame in changes.items() if record == r.PERSON]
    ).unique()
    if len(people) > MANY_PEOPLE:
        return False
    rows = pl.DataFrame({"user_id": people}).with_columns(
        pl.lit(district_id).alias("district_id"), pl.lit(change_id).alias("upload_id")
    )
    bulk.insert(connection, touched.name, rows)
    return True


class SqlPersonHistory:
    """The port `PersonHistory`: what happened to a person, field by field."""

    def __init__(self, engine: sa.Engine, store: ObjectStore) -> None:
        self._engine, self._store = engine, store

    def entries(self, district_id: str, user_id: str) -> Iterator[dict[str, Any]]:
        """Every change of the person, of their enrollments and demographics, the newest change set first.

        Before a new ID they are followed under the old one.
        """
        until: Any = None
        followed: str | None = user_id
        while followed is not None:
            now, followed = followed, None
            for change in self._change_sets(district_id, now, until):
                old_id = ""
                for line in self._lines(change, now):
                    yield line
                    if line["field"] == n.USER_ID:
                        old_id = line["before"]
                if old_id:
                    followed, until = old_id, change.at
                    break

    def _change_sets(self, district_id: str, user_id: str, until: Any) -> Sequence[Any]:
        mine = sa.exists().where(
            touched.c.district_id == district_id,
            touched.c.user_id == user_id,
            touched.c.upload_id == change_set.c.upload_id,
        )
        newest = (
            sa.select(change_set)
            .where(change_set.c.district_id == district_id, change_set.c.state == "applied")
            .where(sa.or_(mine, ~change_set.c.people_indexed))
            .order_by(change_set.c.at.desc(), change_set.c.upload_id.desc())
        )
        if until is not None:
            newest = newest.where(change_set.c.at < until)
        with reading(self._engine) as connection:
            return connection.execute(newest).all()

    def _lines(self, change: Any, user_id: str) -> Iterator[dict[str, Any]]:
        what = "undo" if change.undoes else "upload" if change.file else "edit"
        told = {
            "at": change.at.isoformat(),
            "by": {"sub": change.by_sub, "name": change.by_name},
            "uploadId": change.upload_id,
            "what": what,
        }
        for record in _OF_PEOPLE[change.kind]:
            data = self._store.get(changes_key(change.upload_id, record, anew=change.made_anew))
            lazy = pl.scan_parquet(io.BytesIO(data)).filter(pl.col(n.USER_ID) == user_id)
            for line in field_changes(record, lazy.collect()).iter_rows(named=True):
                yield told | line
