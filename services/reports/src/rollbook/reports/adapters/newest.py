"""Finding a page of the history: the index is chosen here, so that no filter makes a page slow.

The lists that the filters name (the uploads of a person, of a school, of a status, of districts) are each in
order of time.  One that is short is read whole.  Of long ones one is read from its newest end, which soon
fills a page where what is wanted is common; a text that is rare is looked up by its parts of three letters.
"""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from rollbook.common.database import UtcDateTime
from rollbook.reports.adapters.tables import (
    PERSON,
    SCHOOL,
    upload,
    upload_name,
    upload_number,
    upload_text,
)
from rollbook.reports.ports import Filters

SHORT: Final = 5_000
"""Lists of fewer uploads are read whole: some 15 ms."""
MAX_PARTS: Final = 40
MAX_LOOKED_UP: Final = 8
"""Parts of a text that are compared by how common they are, and looked up; the text decides."""
SAMPLE: Final = 1_000
"""The further among all uploads a part's so many'th one is, the rarer the part: on SQLite."""
MAX_INTERSECTED: Final = 3
"""PostgreSQL reads the lists of all parts it is asked for, long ones too."""
_PERCENT: Final = sa.text(f"least(100, 100.0 * {60 * 8192} / greatest(pg_relation_size('upload'), 1))")
"""Some 60 pages of PostgreSQL, 2,000 uploads: how common parts are is learnt from these."""

_ONE_BY_ONE: Final = sa.select(
    sa.func.set_config("enable_hashjoin", "off", True),
    sa.func.set_config("enable_mergejoin", "off", True),
)
"""Keeps PostgreSQL from joining two long lists whole where a page of one is wanted."""

Place = tuple[dt.datetime, str]
Rows = Sequence[sa.Row[Any]]


def newest(connection: sa.Connection, filters: Filters, after: Place | None, limit: int) -> Rows:
    """Uploads, newest first, after one of them."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_BY_ONE)
    page = _Page(connection, filters, after, limit)
    long: list[tuple[_List, Place]] = []
    for one in _lists(filters):
        edge = page.edge(one)
        if edge is None:
            return page.walk(one)
        long.append((one, edge))
    walked, edge = next(found for found in long if found[0].is_ordered)
    if filters.text:
        found = page.walk(walked, edge)
        if len(found) == limit:
            return found
        rare = page.holding(filters.text)
        if len(rare) <= SHORT:
            return page.among(rare)
    return page.walk(walked)


@dataclass(frozen=True, slots=True)
class _List:
    """Uploads that a filter names: by which index, and whether that gives them in order of time."""

    table: sa.Table
    wanted: tuple[sa.ColumnElement[bool], ...]
    index: str | None
    is_ordered: bool = True
    what: str | None = None  # of the names, if it is a list of those

    def place(self) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
        return self.table.c.uploaded_at, self.table.c.upload_id

    def using_index(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """SQLite, which knows nothing of how often a value occurs, must be told."""
        return query.with_hint(self.table, f"INDEXED BY {self.index}", "sqlite") if self.index else query


def _lists(filters: Filters) -> Iterator[_List]:
    for what, name in ((PERSON, filters.uploaded_by.lower()), (SCHOOL, filters.school_id)):
        if name:
            yield _List(
                upload_name, (upload_name.c.what == what, upload_name.c.name == name), None, what=what
            )
    state = [(name, getattr(filters, name)) for name in ("status", "kind") if getattr(filters, name)]
    if state:
        index = f"ix_upload_{'_'.join(name for name, _ in state)}_uploaded_at"
        yield _List(upload, tuple(upload.c[name] == value for name, value in state), index)
    if filters.districts is not None:
        is_one = len(filters.districts) == 1
        yield _List(upload, (_in_districts(filters.districts),), "ix_upload_district_id_uploaded_at", is_one)
    yield _List(upload, (), "ix_upload_uploaded_at")


class _Page:
    """A page that is wanted."""

    def __init__(self, connection: sa.Connection, filters: Filters, after: Place | None, limit: int) -> None:
        self._connection, self._filters, self._after, self._limit = connection, filters, after, limit

    def edge(self, one: _List) -> Place | None:
        """The place in a list up to which it is short; None where it ends before."""
        query = one.using_index(sa.select(*one.place()).where(*one.wanted, *self._times(one)))
        if one.is_ordered:
            query = query.order_by(*(column.desc() for column in one.place()))
        found = self._connection.execute(query.offset(SHORT - 1).limit(1)).first()
        return None if found is None else (found.uploaded_at, found.upload_id)

    def walk(self, one: _List, edge: Place | None = None) -> Rows:
        """The page out of a list, no further than an edge."""
        others = _conditions(self._filters, but=one.what)
        query = sa.select(upload).where(*one.wanted, *self._times(one), *others)
        if one.table is not upload:
            query = query.where(upload.c.upload_id == one.table.c.upload_id)
        if edge:
            query = query.where(sa.tuple_(*one.place()) >= _literal(edge))
        return self._page(one.using_index(query), one)

    def holding(self, text: str) -> Sequence[str]:
        """Uploads that hold a text's rarest parts, of any district and time; one more than SHORT at most."""
        sought = _sought(text)
        every = list(dict.fromkeys(sought[at : at + 3] for at in range(len(sought) - 2)))
        parts = every[:: math.ceil(len(every) / MAX_PARTS)]  # the rare ones may stand at the end
        if self._connection.dialect.name == "sqlite":
            rarest = sorted(map(_quoted, parts), key=self._commonness)[:MAX_LOOKED_UP]
            numbered = upload_number.c.number == upload_text.c.rowid
            query = sa.select(upload_number.c.upload_id).where(_matches(" AND ".join(rarest)), numbered)
        else:
            common = dict(zip(parts, self._sampled(parts), strict=True))
            rarest = sorted(parts, key=common.__getitem__)[:MAX_INTERSECTED]
            looked_up = (upload.c.search.contains(part, autoescape=True) for part in rarest)
            query = sa.select(upload.c.upload_id).where(*looked_up, _holds(text))
        return self._connection.execute(query.limit(SHORT + 1)).scalars().all()

    def _commonness(self, part: str) -> float:
        """How common a quoted part is, by SQLite's index."""
        query = sa.select(upload_text.c.rowid).where(_matches(part))
        number = self._connection.execute(query.offset(SAMPLE).limit(1)).scalar()
        return -math.inf if number is None else -number

    def _sampled(self, parts: Sequence[str]) -> Sequence[int]:
        """In how many uploads of PostgreSQL's sample each part occurs; zeros where the sample is empty."""
        some = upload.tablesample(sa.func.system(_PERCENT))
        occurs = (sa.func.count().filter(some.c.search.contains(part, autoescape=True)) for part in parts)
        return tuple(self._connection.execute(sa.select(*occurs).select_from(some)).one())

    def among(self, upload_ids: Sequence[str]) -> Rows:
        """The page out of these uploads."""
        every = _List(upload, (upload.c.upload_id.in_(upload_ids),), None)
        return self.walk(every)

    def _page(self, query: sa.Select[Any], one: _List) -> Rows:
        in_order = query.order_by(*(column.desc() for column in one.place()))
        return self._connection.execute(in_order.limit(self._limit)).all()

    def _times(self, one: _List) -> Iterator[sa.ColumnElement[bool]]:
        at, _ = one.place()
        yield at.is_not(None)
        if self._filters.since:
            yield at >= self._filters.since
        if self._filters.until:
            yield at < self._filters.until
        if self._after:
            yield sa.tuple_(*one.place()) < _literal(self._after)


def _conditions(filters: Filters, but: str | None) -> Iterator[sa.ColumnElement[bool]]:
    """All but the time, and but a kind of names."""
    if filters.districts is not None:
        yield _in_districts(filters.districts)
    for what, name in ((PERSON, filters.uploaded_by.lower()), (SCHOOL, filters.school_id)):
        if name and what != but:
            named = upload_name.alias()
            yield sa.exists().where(
                named.c.what == what,
                named.c.name == name,
                named.c.uploaded_at == upload.c.uploaded_at,
                named.c.upload_id == upload.c.upload_id,
            )
    if filters.status:
        yield upload.c.status == filters.status
    if filters.kind:
        yield upload.c.kind == filters.kind
    if filters.text:
        yield _holds(filters.text)


def _in_districts(districts: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return (
        upload.c.district_id == districts[0] if len(districts) == 1 else upload.c.district_id.in_(districts)
    )


def _holds(text: str) -> sa.ColumnElement[bool]:
    """Looked at in each upload: of an expression PostgreSQL has no index to read instead."""
    return upload.c.search.concat("").contains(_sought(text), autoescape=True)


def _sought(text: str) -> str:
    """What is looked for: any part of a name of three letters, or what begins with one or two."""
    return text.lower() if len(text) > 2 else f"\n\n{text.lower()}"


def _quoted(part: str) -> str:
    return '"{}"'.format(part.replace('"', '""'))


def _matches(parts: str) -> sa.ColumnElement[bool]:
    return upload_text.c.upload_text.match(parts)


def _literal(place: Place) -> sa.ColumnElement[Any]:
    return sa.tuple_(sa.literal(place[0], UtcDateTime), sa.literal(place[1]))
