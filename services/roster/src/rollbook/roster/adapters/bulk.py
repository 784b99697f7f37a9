"""Whole tables in and out, fast: COPY on PostgreSQL, the driver's own cursor on SQLite.

Both work on the raw connection beneath the SQLAlchemy connection, and so in its transaction.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
import sqlalchemy as sa

_PART_ROWS = 50_000
_STAGED = "staged_rows"


def read(connection: sa.Connection, sql: str, columns: Sequence[str], *values: str) -> pl.DataFrame:
    """The rows of a SELECT as a frame of text columns named `columns`; `?` in `sql` stands for a value."""
    schema = {name: pl.String() for name in columns}
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        statement = f"COPY ({sql.replace('?', '%s')}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
        buffer = io.BytesIO()
        with raw.cursor() as cursor, cursor.copy(statement, values) as copy:
            for block in copy:
                buffer.write(block)
        if not buffer.tell():
            return pl.DataFrame(schema=schema)
        buffer.seek(0)
        return pl.read_csv(buffer, has_header=False, schema=schema, empty_string_is_null=False)
    cursor = raw.execute(sql, values)
    parts = [pl.DataFrame(schema=schema)]
    while block := cursor.fetchmany(_PART_ROWS):
        parts.append(pl.DataFrame(block, schema=schema, orient="row"))
    return pl.concat(parts)


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
    with staged(connection, rows):
        connection.exec_driver_sql(
            f"UPDATE {table} SET {sets}, version = {table}.version + 1 FROM {_STAGED} AS s "  # noqa: S608
            f"WHERE {_same(table, keys)}"
        )


def delete(connection: sa.Connection, table: str, keys: Sequence[str], rows: pl.DataFrame) -> None:
    """Remove the rows that have these keys."""
    if rows.is_empty():
        return
    with staged(connection, rows.select(keys)):
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM {_STAGED} AS s WHERE {_same(table, keys)})"  # noqa: S608
        )


@contextmanager
def staged(connection: sa.Connection, rows: pl.DataFrame) -> Iterator[str]:
    """A temporary table of text columns that holds the rows; gives its name."""
    columns = ", ".join(f"{name} TEXT NOT NULL" for name in rows.columns)
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {_STAGED} ({columns})")
    insert(connection, _STAGED, rows)
    if connection.dialect.name == "postgresql":  # else the planner takes it for a small table
        connection.exec_driver_sql(f"ANALYZE {_STAGED}")
    yield _STAGED
    connection.exec_driver_sql(f"DROP TABLE {_STAGED}")


def _same(table: str, keys: Sequence[str]) -> str:
    return " AND ".join(f"{table}.{name} = s.{name}" for name in keys)
