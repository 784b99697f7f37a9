"""What a person may do with an upload: have it processed, give it up, or have it undone."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable

import sqlalchemy as sa

from rollbook.common.contracts import events as e
from rollbook.common.contracts.new_ids import sha256_of_ids
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.upload.domain.states import (
    COMPLETED,
    PROCESSING,
    VALIDATING,
    WAITING,
    NotNow,
    cannot_process,
    cannot_undo,
)
from rollbook.upload.handlers import UploadsIn, move
from rollbook.upload.ports import EDIT, UNDO, USERS, Upload, Uploads


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """How a file is to be processed.

    `reason`: for approving a held one, "" without.  `re_identify`: the new userIds of people who are known
    under another one, or all whom the preview offers.
    """

    accepted_rows_only: bool = False
    reason: str = ""
    re_identify_all: bool = False
    re_identify: tuple[str, ...] = ()


class Deciding:
    """The three decisions, each in a transaction of its own."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork], uploads_in: UploadsIn) -> None:
        self.unit_of_work, self.uploads_in = unit_of_work, uploads_in

    def process(self, upload_id: str, by: e.Person, decision: Decision) -> Upload:
        """Have the accepted rows applied; a second time changes nothing.

        Raises:
            NotNow: the state forbids it.
        """
        with self.unit_of_work() as uow:
            uploads = self.uploads_in(uow)
            upload = _present(uploads, upload_id)
            if upload.status == PROCESSING or upload.status in COMPLETED:
                return upload
            reason, offered = decision.reason, upload.facts.re_identifications_sha256
            is_the_list = offered != "" and sha256_of_ids(decision.re_identify) == offered
            every = decision.re_identify_all or is_the_list
            upload.facts = dataclasses.replace(upload.facts, errors_resolved=every)
            hindrance = cannot_process(
                upload.status, upload.facts, accepted_rows_only=decision.accepted_rows_only, reason=reason
            )
            if hindrance:
                raise NotNow(*hindrance)
            move(upload, PROCESSING, uow, by=by, reason=reason)
            if upload.facts.held_reasons:
                who = {"sub": by.sub, "name": by.name}
                upload.approval = {"reason": reason, "by": who, "at": upload.moved_at.isoformat()}
            uow.outbox.add(
                e.ProcessingRequested(
                    upload.upload_id,
                    upload.district_id,
                    decision.accepted_rows_only,
                    by,
                    upload.moved_at,
                    reason if upload.approval else None,
                    decision.re_identify_all,
                    decision.re_identify,
                )
            )
            _save_as_the_one_at_work(upload, uploads)
            uow.commit()
            return upload

    def cancel(self, upload_id: str, by: e.Person) -> Upload:
        """Give an upload up before anything of it is applied; a second time changes nothing.

        Raises:
            NotNow: it is being applied, or at its end.
        """
        with self.unit_of_work() as uow:
            uploads = self.uploads_in(uow)
            upload = _present(uploads, upload_id)
            if upload.status == "cancelled":
                return upload
            if upload.status not in WAITING | {VALIDATING}:
                raise NotNow("not_cancellable", f"The upload is {upload.status}; it cannot be cancelled.")
            move(upload, "cancelled", uow, by=by)
            uploads.save(upload)
            uow.commit()
            return upload

    def undo(self, upload_id: str, by: e.Person, school_scope: tuple[str, ...] | None) -> Upload:
        """Have everything put back that the upload changed; a second time changes nothing.

        The undo is an upload of its own, `undone_by`: applied, reported and, if need be, undone like one.

        Raises:
            NotNow: nothing of the upload is applied, or another one of the district is being worked on.
        """
        with self.unit_of_work() as uow:
            uploads = self.uploads_in(uow)
            target = _present(uploads, upload_id)
            if target.undone_by is not None:
                return target
            hindrance = cannot_undo(target.status)
            if hindrance:
                raise NotNow(*hindrance)
            now = dt.datetime.now(dt.UTC)
            undo = Upload(
                upload_id=str(uuid.uuid4()),
                district_id=target.district_id,
                status=PROCESSING,
                kind=UNDO,
                file_name=f"Undo of {target.file_name or target.upload_id}"[:255],
                sub=by.sub[:255],
                person_name=by.name[:255],
                uploaded_at=now,
                moved_at=now,
                undoes=target.upload_id,
            )
            target.undone_by = undo.upload_id
            move(target, PROCESSING, uow, by=by, reason="It is being undone.")
            _save_as_the_one_at_work(target, uploads)
            uploads.save(undo, new=True)
            uow.outbox.add(
                e.UndoRequested(
                    upload_id=undo.upload_id,
                    district_id=undo.district_id,
                    undoes=target.upload_id,
                    kind=_kind_of_records(target, uploads),
                    title=undo.file_name,
                    requested_by=by,
                    requested_at=now,
                    school_scope=school_scope,
                )
            )
            uow.commit()
            return target


def _save_as_the_one_at_work(upload: Upload, uploads: Uploads) -> None:
    """Save an upload that is busy now.

    Raises:
        NotNow: another one of the district is, as the unique index of busy ones says.
    """
    try:
        uploads.save(upload)
    except sa.exc.IntegrityError:
        raise NotNow(
            "upload_in_progress",
            "Another file of your district is being worked on; wait until it is done, or cancel it.",
        ) from None


def _kind_of_records(upload: Upload, uploads: Uploads) -> str:
    """Whether an upload, an edit or an undo changed records of users.csv or of demographics.csv."""
    while upload.undoes is not None:
        upload = _present(uploads, upload.undoes)
    return USERS if upload.kind == EDIT else upload.kind


def _present(uploads: Uploads, upload_id: str) -> Upload:
    upload = uploads.get(upload_id, lock=True)
    if upload is None:
        raise LookupError(upload_id)
    return upload
