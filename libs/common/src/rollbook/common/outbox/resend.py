"""Telling again what the bus has lost."""

import datetime as dt

import sqlalchemy as sa

from rollbook.common.contracts.envelope import event_id, unwrap
from rollbook.common.contracts.events import UploadStalled
from rollbook.common.outbox.bell import ring_at_commit
from rollbook.common.outbox.tables import outbox
from rollbook.common.unit_of_work import UnitOfWork


def resend(event: UploadStalled, uow: UnitOfWork) -> None:
    """Tell again everything this service has told of a stalled upload, as a new attempt.

    The new ids pass the inboxes; handlers are idempotent by natural key, so only what was lost has effects.
    What says that it stalled is not told again.
    """
    rows = uow.connection.execute(
        sa.select(outbox.c.seq, outbox.c.headers, outbox.c.body)
        .where(outbox.c.subject == event.upload_id, outbox.c.type != UploadStalled.TYPE)
        .where(outbox.c.sent_at.is_not(None), outbox.c.attempt < event.stall)
    ).all()
    for row in rows:
        identity = event_id(unwrap(row.headers, row.body), event.stall)
        again = {
            "id": identity,
            "headers": {**row.headers, "cloudEvents_id": identity},
            "attempt": event.stall,
            "sent_at": None,
        }
        uow.connection.execute(sa.update(outbox).where(outbox.c.seq == row.seq).values(again))
    if rows:
        ring_at_commit(uow.connection)


def unsend(engine: sa.Engine, since: dt.datetime) -> None:
    """Mark as unsent, under the same ids, what was told since a time.

    For a bus that did not outlive its process.  What was handled before is known to the inboxes.
    """
    with engine.begin() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.sent_at >= since).values(sent_at=None))
