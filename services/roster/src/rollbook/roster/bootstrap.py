"""Composes the roster service."""

from functools import partial

from rollbook.common.contracts import events as e
from rollbook.common.database import open_engine
from rollbook.common.object_store import ObjectStore
from rollbook.common.outbox.resend import resend
from rollbook.common.service import Service
from rollbook.common.settings import Settings
from rollbook.roster import applying, handlers, undoing
from rollbook.roster.adapters.directory import Directory
from rollbook.roster.adapters.one_record import SqlRecords
from rollbook.roster.adapters.person_history import SqlPersonHistory
from rollbook.roster.adapters.record_lists import SqlRecordLists
from rollbook.roster.adapters.roster_store import RosterStore
from rollbook.roster.editing import Editing
from rollbook.roster.entrypoints.http import make_blueprint


def compose(settings: Settings) -> Service:
    """The roster service on the database and the object store of these settings."""
    engine = open_engine(settings.database_url)
    store = ObjectStore(settings.store_url)
    service = Service(
        name="roster",
        package="rollbook.roster",
        engine=engine,
        handlers={
            e.DistrictChanged: partial(handlers.take_in_district, open_roster=RosterStore),
            e.FileValidated: partial(handlers.plan_upload, open_roster=RosterStore, store=store),
            e.ProcessingRequested: partial(applying.apply_upload, open_roster=RosterStore, store=store),
            e.UndoRequested: partial(undoing.undo_upload, open_roster=RosterStore, store=store),
            e.StatusChanged: partial(handlers.forget_upload, open_roster=RosterStore),
            e.UploadStalled: resend,
        },
    )
    # The transaction is looked up at each request: who runs a relay sets `wake_relay` only later.
    begin = lambda: service.unit_of_work()  # noqa: E731, PLW0108
    editing = Editing(begin, RosterStore, SqlRecords, store)
    history = SqlPersonHistory(engine, store)
    service.blueprints = (make_blueprint(Directory(engine), store, editing, history, SqlRecordLists(engine)),)
    return service
