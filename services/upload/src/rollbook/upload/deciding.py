"""What a person may do with an upload: have it processed, or give it up."""

from collections.abc import Callable

from rollbook.common.contracts import events as e
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.upload.domain.states import COMPLETED, PROCESSING, VALIDATING, WAITING, NotNow, cannot_process
from rollbook.upload.handlers import UploadsIn, move
from rollbook.upload.ports import Upload, Uploads


class Deciding:
    """The two decisions, each in a transaction of its own."""

    def __init__(self, unit_of_work: Callable[[], UnitOfWork], uploads_in: UploadsIn) -> None:
        self.unit_of_work, self.uploads_in = unit_of_work, uploads_in

    def process(self, upload_id: str, by: e.Person, *, accepted_rows_only: bool, reason: str) -> Upload:
        """Have the accepted rows applied; a second time changes nothing.

        Raises:
            NotNow: the state forbids it.
        """
        with self.unit_of_work() as uow:
            uploads = self.uploads_in(uow)
            upload = _present(uploads, upload_id)
            if upload.status == PROCESSING or upload.status in COMPLETED:
                return upload
            hindrance = cannot_process(
                upload.status, upload.facts, accepted_rows_only=accepted_rows_only, reason=reason
            )
            if hindrance:
                raise NotNow(*hindrance)
            move(upload, PROCESSING, uow, by=by, reason=reason)
            uow.outbox.add(
                e.ProcessingRequested(
                    upload.upload_id,
                    upload.district_id,
                    accepted_rows_only,
                    by,
                    upload.moved_at,
                    reason or None,
                )
            )
            uploads.save(upload)
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


def _present(uploads: Uploads, upload_id: str) -> Upload:
    upload = uploads.get(upload_id, lock=True)
    if upload is None:
        raise LookupError(upload_id)
    return upload
