"""Uploads that have not moved for a while: where they stand in each service, and setting one going again."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rollbook.common.contracts import events as e
from rollbook.common.database import reading
from rollbook.common.outbox.tables import outbox
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.embedded.ops import dead_letters
from rollbook.embedded.refusal import CannotRun
from rollbook.reports.adapters.uploads import SqlUploads as ReportsUploads
from rollbook.reports.ports import STAGES
from rollbook.roster.adapters.roster_store import RosterStore
from rollbook.upload import handlers
from rollbook.upload.adapters.uploads import SqlUploads
from rollbook.upload.domain.states import BUSY, VALIDATING, NotNow
from rollbook.upload.ports import Upload
from rollbook.validator.adapters.uploads import SqlUploads as ValidatorUploads

Engines = Mapping[str, sa.Engine]


def stuck(engines: Engines, seconds: float, now: dt.datetime) -> list[dict[str, Any]]:
    """The uploads that have not moved for so long, the longest first, and what each waits for."""
    with reading(engines["upload"]) as connection:
        moving = SqlUploads(connection).in_states(BUSY, lock=False)
    still = [
        upload
        for upload in moving
        if (now - upload.moved_at).total_seconds() >= seconds and upload.undone_by is None
    ]  # of one that is being undone it is the undo that moves
    letters = dead_letters.listed(engines) if still else []
    return [
        {
            "upload": upload.upload_id,
            "district": upload.district_id,
            "status": upload.status,
            "stillSeconds": round((now - upload.moved_at).total_seconds()),
            "toldAgain": upload.silent,
            "waitsFor": waits_for(upload),
            "services": where_it_stands(engines, upload.upload_id),
            "unsentEvents": unsent_events(engines, upload.upload_id),
            "deadLetters": [
                {"queue": letter.queue, "id": letter.id}
                for letter in letters
                if letter.upload_id == upload.upload_id
            ],
        }
        for upload in sorted(still, key=lambda upload: upload.moved_at)
    ]


def waits_for(upload: Upload) -> str:
    """The service whose word the upload needs next, and what it does."""
    facts = upload.facts
    if upload.status == VALIDATING:
        if facts.file_errors is None:
            return "validator: checks the file"
        if facts.roster_errors is None:
            return "roster: compares the file with the roster"
        return "reports: writes the report"
    if facts.apply_errors is None:
        return "roster: applies the changes"
    return "reports: writes the final report"


def where_it_stands(engines: Engines, upload_id: str) -> dict[str, str]:
    """What each service knows of an upload, in words."""
    with reading(engines["validator"]) as connection:
        validator = _in_validator(ValidatorUploads(connection), upload_id)
    with reading(engines["roster"]) as connection:
        plan = RosterStore(connection).change_set(upload_id)
    with reading(engines["reports"]) as connection:
        reports = _in_reports(ReportsUploads(connection), upload_id)
    return {
        "validator": validator,
        "roster": "has not heard of it" if plan is None else f"has the changes {plan.state}",
        "reports": reports,
    }


def _in_validator(uploads: ValidatorUploads, upload_id: str) -> str:
    known = uploads.get(upload_id)
    if known is None:
        return "has not heard of it"
    if known.state != "checking":
        return {"crossing": "checks between records"}.get(known.state, f"has it {known.state}")
    return f"has checked {len(uploads.results(upload_id))} of {len(known.file.chunks)} chunks"


def _in_reports(uploads: ReportsUploads, upload_id: str) -> str:
    made = [stage for stage in STAGES if uploads.has_entry(upload_id, stage)]
    if made:
        return f"has written: {', '.join(made)}"
    heard = [
        kind for kind in (e.FileReceived, e.FileValidated, e.UploadPreviewed) if uploads.kept(upload_id, kind)
    ]
    if not heard:
        return "has not heard of it"
    names = ", ".join(kind.TYPE for kind in heard)
    return f"has heard {names} and {len(uploads.batches(upload_id))} batches of findings"


def unsent_events(engines: Engines, upload_id: str) -> dict[str, int]:
    """How many events about an upload wait for the relay, by service; only where there are any."""
    unsent = sa.select(sa.func.count()).where(outbox.c.subject == upload_id, outbox.c.sent_at.is_(None))
    found = {}
    for service, engine in engines.items():
        with reading(engine) as connection:
            if count := connection.execute(unsent).scalar_one():
                found[service] = int(count)
    return found


def nudge(engines: Engines, upload_id: str, now: dt.datetime) -> None:
    """Have every service tell again what it has told of an upload, now.

    Raises:
        CannotRun: there is no such upload, or no service has anything to do for it.
    """
    try:
        with UnitOfWork(engines["upload"]) as uow:
            handlers.nudge(upload_id, uow, now, lambda uow: SqlUploads(uow.connection))
            uow.commit()
    except LookupError:
        raise CannotRun(f"there is no upload {upload_id}.") from None
    except NotNow as hindrance:
        raise CannotRun(hindrance.detail) from None
