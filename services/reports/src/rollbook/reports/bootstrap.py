"""Composes the reports service."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

import sqlalchemy as sa

from rollbook.common.contracts import events as e
from rollbook.common.database import open_engine, reading
from rollbook.common.errors import SettingsError
from rollbook.common.object_store import ObjectStore
from rollbook.common.outbox.resend import resend
from rollbook.common.service import Service
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.reports import handlers
from rollbook.reports.adapters.checkpoints import CheckpointSigner, SigningKey
from rollbook.reports.adapters.figures import figures
from rollbook.reports.adapters.history import SqlHistory
from rollbook.reports.adapters.keeping import SqlKeeping
from rollbook.reports.adapters.overdue import measure_overdue, overdue
from rollbook.reports.adapters.reads import SqlReads
from rollbook.reports.adapters.uploads import SqlUploads
from rollbook.reports.entrypoints.http import make_blueprint
from rollbook.reports.entrypoints.retention import make_retention_blueprints
from rollbook.reports.removing import Remover
from rollbook.reports.settings import Settings
from rollbook.reports.sweeping import Alarm, one_after_another

COMPLETING: Final = (
    e.FileReceived,
    e.UndoRequested,
    e.RecordEdited,
    e.ValidatorRowsRejected,
    e.RosterRowsRejected,
    e.FileValidated,
    e.UploadPreviewed,
    e.ProcessingRequested,
    e.UploadApplied,
)
"""Any of these may be the last that a report was waiting for."""


def compose(settings: Settings) -> Service:
    """The reports service on the database and the object store of these settings."""
    engine = open_engine(settings.database_url)
    store = ObjectStore(settings.store_url)
    record_file = partial(handlers.record_file, uploads_in=_uploads)
    record_change = partial(handlers.record_change, uploads_in=_uploads)
    record_result = partial(handlers.record_result, uploads_in=_uploads)
    record_findings = partial(handlers.record_findings, uploads_in=_uploads, store=store)
    remover = Remover(_keeping, store)
    patience = dt.timedelta(seconds=settings.overdue_seconds)
    measure_overdue(engine, patience)
    service = Service(
        name="reports",
        package="rollbook.reports",
        engine=engine,
        handlers={
            e.FileReceived: record_file,
            e.FileRefused: partial(handlers.record_refusal, uploads_in=_uploads),
            e.UndoRequested: record_change,
            e.RecordEdited: record_change,
            e.StatusChanged: partial(handlers.record_status, uploads_in=_uploads),
            e.ValidatorRowsRejected: record_findings,
            e.RosterRowsRejected: record_findings,
            e.FileValidated: record_result,
            e.UploadPreviewed: record_result,
            e.ProcessingRequested: record_result,
            e.UploadApplied: record_result,
            e.UploadStalled: resend,
        },
        sweep=one_after_another(
            Alarm(lambda uow, before: overdue(uow.connection, before), patience), remover.sweep
        ),
        collectors=figures(engine),
    )
    # The transaction is looked up each time: who runs a relay sets `wake_relay` only later.
    begin = lambda: service.unit_of_work()  # noqa: E731, PLW0108
    make_reports = partial(
        handlers.make_reports,
        looking=partial(_looking, engine),
        begin=begin,
        uploads_in=_uploads,
        store=store,
    )
    service.afterwards = dict.fromkeys(COMPLETING, make_reports)
    history = SqlHistory(engine)
    service.blueprints = (
        make_blueprint(history, SqlReads(engine), store, _signing(engine, settings)),
        *make_retention_blueprints(history, begin, _keeping, remover),
    )
    return service


def _signing(engine: sa.Engine, settings: Settings) -> CheckpointSigner | None:
    if not settings.checkpoint_key:
        return None
    try:
        return CheckpointSigner(engine, SigningKey.read(settings.checkpoint_key))
    except ValueError:
        raise SettingsError("ROLLBOOK_CHECKPOINT_KEY is no private Ed25519 key (JWK or PEM).") from None


def _keeping(uow: UnitOfWork) -> SqlKeeping:
    return SqlKeeping(uow.connection)


def _uploads(uow: UnitOfWork) -> SqlUploads:
    return SqlUploads(uow.connection)


@contextmanager
def _looking(engine: sa.Engine) -> Iterator[SqlUploads]:
    with reading(engine) as connection:
        yield SqlUploads(connection)
