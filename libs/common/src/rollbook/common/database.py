"""Engines, transactions and migrations, alike on PostgreSQL and SQLite."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from rollbook.common.errors import AnotherVersion

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """An aware time in UTC; SQLite, which keeps no zone, gets one back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Give the driver UTC; a naive time is a mistake of ours."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        """Give the caller an aware time."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def open_engine(url: str) -> sa.Engine:
    """An engine for a database URL.

    SQLite runs in WAL mode and every writing transaction takes the write lock at its BEGIN: one that reads
    first and writes later would otherwise fail at once, without waiting, when another wrote in between.
    Errors do not show the parameters of their statement: those may be cells of a file.
    """
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10, hide_parameters=True)
    engine = sa.create_engine(
        url, connect_args={"check_same_thread": False, "timeout": 60}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=60000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading_only = connection.get_execution_options().get("reading_only", False)
        connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection with one consistent view that blocks nobody and writes nothing."""
    with engine.connect() as connection:
        options: dict[str, Any] = {"reading_only": True}
        if engine.dialect.name == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        yield connection.execution_options(**options)


def upgrade(engine: sa.Engine, package: str) -> None:
    """Bring a service's database to its newest migration; does nothing where it is there already.

    ``package`` is the service's package, as ``rollbook.upload``; its migrations lie in ``migrations/``.  The
    tables of messaging, which all services have alike, are made where they are missing.

    Raises:
        AnotherVersion: the database is newer than this code.
    """
    from alembic import command  # noqa: PLC0415  (half a second that only those who migrate should wait)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script.revision import ResolutionError  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    from rollbook.common.outbox.tables import metadata as messaging  # noqa: PLC0415  (its columns are of here)

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("version_locations", str(resources.files(package) / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # two processes that start together take turns
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7269)"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            if not isinstance(error.__cause__, ResolutionError):
                raise
            service = package.rpartition(".")[2]
            raise AnotherVersion(
                f"the database of {service} was made by a newer Rollbook; run that one."
            ) from None
        messaging.create_all(connection)
