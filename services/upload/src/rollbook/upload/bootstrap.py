"""The upload service, composed from its settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import sqlalchemy as sa

from rollbook.common.contracts import events as e
from rollbook.common.database import open_engine, reading
from rollbook.common.object_store import ObjectStore
from rollbook.common.outbox.resend import resend
from rollbook.common.service import Service
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.upload import handlers
from rollbook.upload.adapters.figures import figures
from rollbook.upload.adapters.uploads import SqlUploads
from rollbook.upload.deciding import Deciding
from rollbook.upload.domain.ingest import Limits
from rollbook.upload.entrypoints.http import make_blueprint
from rollbook.upload.entrypoints.pages import make_pages
from rollbook.upload.entrypoints.sign_in import sign_in_settings
from rollbook.upload.receiving import Receiving
from rollbook.upload.settings import Settings


def compose(settings: Settings) -> Service:
    """The service on its database and the object store."""
    store = ObjectStore(settings.store_url)
    service = Service(
        name="upload",
        package="rollbook.upload",
        engine=open_engine(settings.database_url),
        handlers={
            e.ChunkChecked: partial(handlers.note_chunk, uploads_in=_uploads),
            e.FileValidated: partial(handlers.note_validated, uploads_in=_uploads),
            e.UploadPreviewed: partial(handlers.note_previewed, uploads_in=_uploads),
            e.UploadApplied: partial(handlers.note_applied, uploads_in=_uploads),
            e.RecordEdited: partial(handlers.note_edit, uploads_in=_uploads),
            e.ReportReady: partial(handlers.note_report, uploads_in=_uploads),
            e.FileRemoved: partial(handlers.note_file_removed, uploads_in=_uploads),
            e.UploadFailed: partial(handlers.note_failed, uploads_in=_uploads),
            e.UploadStalled: resend,
        },
        sweep=partial(handlers.sweep, uploads_in=_uploads, store=store, stall_seconds=settings.stall_seconds),
    )
    service.collectors = figures(service.engine)
    limits = Limits(settings.max_file_bytes, settings.max_file_rows)
    # The transaction is looked up at each request: who runs a relay sets `wake_relay` only later.
    begin = lambda: service.unit_of_work()  # noqa: E731, PLW0108
    service.blueprints = (
        make_blueprint(
            Receiving(begin, _uploads, store, limits),
            Deciding(begin, _uploads),
            partial(_looking, service.engine),
        ),
    )
    service.pages = (make_pages(*sign_in_settings(settings)),)
    return service


def _uploads(uow: UnitOfWork) -> SqlUploads:
    return SqlUploads(uow.connection)


@contextmanager
def _looking(engine: sa.Engine) -> Iterator[SqlUploads]:
    with reading(engine) as connection:
        yield SqlUploads(connection)
