"""Telling again what was told of an upload that does not move, without computing anything twice."""

import sqlalchemy as sa

from rollbook.common.contracts.envelope import unwrap
from rollbook.common.contracts.events import ChunkRequested, UploadStalled
from rollbook.common.outbox.tables import outbox
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.validator.adapters.uploads import SqlUploads


def tell_again(event: UploadStalled, uow: UnitOfWork) -> None:
    """Put every event of the upload that was sent into the outbox again, as a new attempt.

    A new attempt has new ids, which pass the inboxes; natural keys drop what arrived the first time.  What
    is not sent yet is left to the relay, and chunks that are checked are not requested again.
    """
    uploads = SqlUploads(uow.connection)
    checked = {result.index for result in uploads.results(event.upload_id)}
    told = (outbox.c.subject == event.upload_id) & (outbox.c.attempt == 0) & outbox.c.sent_at.is_not(None)
    statement = sa.select(outbox.c.headers, outbox.c.body).where(told).order_by(outbox.c.seq)
    for headers, body in uow.connection.execute(statement).all():
        again = unwrap(headers, body)
        if not (isinstance(again, ChunkRequested) and again.index in checked):
            uow.outbox.add(again, attempt=event.stall + 1)
