"""Whole tables in and out, fast: COPY on PostgreSQL, the driver's own cursor on SQLite.

Both work on the raw connection beneath the SQLAlchemy connection, and so in its transaction.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

_PART_ROWS = 50_000
_PART_BYTES = 2**21
_BLOCKS = 256
_UNIT, _RECORD = "\x1f", "\x1e"  # the separators of ASCII


@dataclass(frozen=True, slots=True)
class Query:
    """Text columns of some rows of a table.

    `columns`: the table's by the names that they have in a frame; `?` in `where` stands for one of `values`.
    """

    table: str
    columns: Mapping[str, str]
    where: str
    values: tuple[str, ...]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Of the frames that it gives."""
        return {name: pl.String() for name in self.columns}

    def sql(self) -> str:
        """The statement, row by row."""
        return f"SELECT {', '.join(self.columns.values())} FROM {self.table} WHERE {self.where}"  # noqa: S608


def read(connection: sa.Connection, query: Query) -> pl.DataFrame:
    """The rows of a query, whatever they hold."""
    if connection.dialect.name != "postgresql":
        return pl.concat([pl.DataFrame(schema=query.schema), *_fetched(connection, query)])
    statement = f"COPY ({query.sql().replace('?', '%s')}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
    buffer = io.BytesIO()
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(statement, query.values) as copy:
        for block in copy:
            buffer.write(block)
    return _parsed(buffer, query)


def read_plain(connection: sa.Connection, query: Query) -> pl.DataFrame:
    """The same for columns of which none holds a control character."""
    if connection.dialect.name != "postgresql":
        return read(connection, query)
    buffer = io.BytesIO()
    buffer.writelines(_put_together(connection, query))
    return _plain(buffer, query)


def read_plain_parts(connection: sa.Connection, query: Query) -> Iterator[pl.DataFrame]:
    """The same in parts of some ten thousand rows, in no order: for what is not to be held as it is."""
    if connection.dialect.name != "postgresql":
        yield from _fetched(connection, query)
        return
    buffer = io.BytesIO()
    for block in _put_together(connection, query):
        buffer.write(block)
        if buffer.tell() >= _PART_BYTES:
            yield _plain(buffer, query)
            buffer = io.BytesIO()
    yield _plain(buffer, query)


def _fetched(connection: sa.Connection, query: Query) -> Iterator[pl.DataFrame]:
    raw: Any = connection.connection.driver_connection
    cursor = raw.execute(query.sql(), query.values)
    while block := cursor.fetchmany(_PART_ROWS):
        yield pl.DataFrame(block, schema=query.schema, orient="row")


def _put_together(connection: sa.Connection, query: Query) -> Iterator[bytes]:
    """The rows as text in blocks.

    PostgreSQL puts many rows together into one value, and sends a few hundred of those: the driver handles
    each row of a COPY by itself (measured with a million: 1.4 s against 0.6 s of both processes).
    """
    columns = list(query.columns.values())
    row = f" || '{_UNIT}' || ".join(columns)
    sql = (
        f"SELECT string_agg({row}, '{_RECORD}') FROM {query.table} WHERE {query.where} "  # noqa: S608
        f"GROUP BY hashtext({columns[0]}) & {_BLOCKS - 1}"
    )
    raw: Any = connection.connection.driver_connection
    with raw.cursor(binary=True) as cursor:
        for (block,) in cursor.stream(sql.replace("?", "%s"), query.values):
            yield (block + _RECORD).encode()


def _plain(text: io.BytesIO, query: Query) -> pl.DataFrame:
    return _parsed(text, query, separator=_UNIT, eol_char=_RECORD, quote_char=None)


def _parsed(buffer: io.BytesIO, query: Query, **dialect: Any) -> pl.DataFrame:
    if not buffer.tell():
        return pl.DataFrame(schema=query.schema)
    buffer.seek(0)
    return pl.read_csv(buffer, has_header=False, schema=query.schema, empty_string_is_null=False, **dialect)


def insert(connection: sa.Connection, table: str, rows: pl.DataFrame) -> None:
    """Append the rows; the frame's columns are the table's."""
    if rows.is_empty():
        return
    raw: Any = connection.connection.driver_connection
    names = ", ".join(rows.columns)
    if connection.dialect.name == "postgresql":
        statement = f"COPY {table} ({names}) FROM STDIN (FORMAT csv)"
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for part in rows.iter_slices(_PART_ROWS):
                copy.write(part.write_csv(include_header=False, quote_style="always"))
        return
    places = ", ".join("?" for _ in rows.columns)
    raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows.iter_rows())  # noqa: S608


def update(connection: sa.Connection, table: str, keys: Sequence[str], rows: pl.DataFrame) -> None:
    """Set the other columns of the rows that have these keys, and count their version up."""
    if rows.is_empty():
        return
    sets = ", ".join(f"{name} = s.{name}" for name in rows.columns if name not in keys)
    with staged(connection, rows, "changed_rows"):
        connection.exec_driver_sql(
            f"UPDATE {table} SET {sets}, version = {table}.version + 1 FROM changed_rows AS s "  # noqa: S608
            f"WHERE {_same(table, keys)}"
        )


def delete(connection: sa.Connection, table: str, keys: Sequence[str], rows: pl.DataFrame) -> None:
    """Remove the rows that have these keys."""
    if rows.is_empty():
        return
    with staged(connection, rows.select(keys), "gone_rows"):
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM gone_rows AS s WHERE {_same(table, keys)})"  # noqa: S608
        )


@contextmanager
def staged(connection: sa.Connection, rows: pl.DataFrame, name: str) -> Iterator[None]:
    """A temporary table of text columns that holds the rows; they are compared as the stored keys are."""
    text = 'TEXT COLLATE "C"' if connection.dialect.name == "postgresql" else "TEXT"
    columns = ", ".join(f"{column} {text} NOT NULL" for column in rows.columns)
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {name} ({columns})")
    insert(connection, name, rows)
    if connection.dialect.name == "postgresql":  # else the planner takes it for a small table
        connection.exec_driver_sql(f"ANALYZE {name}")
    yield
    connection.exec_driver_sql(f"DROP TABLE {name}")


def _same(table: str, keys: Sequence[str]) -> str:
    return " AND ".join(f"{table}.{name} = s.{name}" for name in keys)
