"""The validator, composed from its settings."""

from functools import partial

from rollbook.common.contracts import events as e
from rollbook.common.database import open_engine
from rollbook.common.object_store import ObjectStore
from rollbook.common.outbox.resend import resend
from rollbook.common.service import Service
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.validator import handlers
from rollbook.validator.adapters.uploads import SqlUploads
from rollbook.validator.settings import Settings


def compose(settings: Settings) -> Service:
    """The service on its database and the object store; it serves no HTTP of its own."""
    store = ObjectStore(settings.store_url)
    return Service(
        name="validator",
        package="rollbook.validator",
        engine=open_engine(settings.database_url),
        handlers={
            e.FileReceived: partial(handlers.register_file, uploads_in=_uploads),
            e.ChunkRequested: partial(handlers.check_one_chunk, uploads_in=_uploads, store=store),
            e.CrossCheckRequested: partial(handlers.check_across_records, uploads_in=_uploads, store=store),
            e.StatusChanged: partial(handlers.note_status, uploads_in=_uploads),
            e.UploadStalled: resend,
        },
    )


def _uploads(uow: UnitOfWork) -> SqlUploads:
    return SqlUploads(uow.connection)
