"""Taking in a file, and what a person may then do with it: process or cancel."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable

import sqlalchemy as sa

from rollbook.common.contracts import events as e
from rollbook.common.object_store import Writer
from rollbook.common.tabular import Encoding
from rollbook.common.tabular.tokenizer import cells_of
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.upload.domain.district import District
from rollbook.upload.domain.ingest import IngestedFile, Limits, ingest
from rollbook.upload.domain.problem import FileRefused
from rollbook.upload.domain.states import BUSY, COMPLETED, PROCESSING, VALIDATING, WAITING, cannot_process
from rollbook.upload.handlers import UploadsIn, file_key, move, text_key
from rollbook.upload.ports import FileStore, Upload, Uploads


class NotNow(Exception):
    """The state of the upload or the district forbids it: a code, and what to do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """Who sends which file."""

    district_id: str
    kind: str
    file_name: str
    by: e.Person
    school_scope: tuple[str, ...] | None
    idempotency_key: str | None


class Receiving:
    """The use cases, each in its own transactions."""

    def __init__(
        self,
        unit_of_work: Callable[[], UnitOfWork],
        uploads_in: UploadsIn,
        store: FileStore,
        limits: Limits,
    ) -> None:
        self.unit_of_work, self.uploads_in = unit_of_work, uploads_in
        self.store, self.limits = store, limits

    def receive(self, request: Request, pieces: Callable[[], Iterable[bytes]]) -> Upload:
        """Store a file and have it validated; a refused one is recorded with status ``refused``.

        A process that dies on the way leaves no upload behind, so nothing blocks the district; the sweep
        removes its objects.

        Raises:
            NotNow: the feature is not active, or another file is being worked on.
        """
        upload_id, now = str(uuid.uuid4()), dt.datetime.now(dt.UTC)
        with self.unit_of_work() as uow:
            uploads = self.uploads_in(uow)
            repeated = _repeated(uploads, request)
            if repeated is not None:
                return repeated
            self._free_district(uploads, request.district_id)
            uploads.begin_incoming(upload_id, now)
            uow.commit()
        sink = _StoreSink(self.store, upload_id)
        upload = Upload(
            upload_id=upload_id,
            district_id=request.district_id,
            status=VALIDATING,
            kind=request.kind,
            file_name=request.file_name,
            sub=request.by.sub[:255],
            person_name=request.by.name[:255],
            uploaded_at=now,
            moved_at=now,
            idempotency_key=request.idempotency_key,
        )
        kept = False
        try:
            try:
                file = ingest(pieces(), kind=request.kind, limits=self.limits, sink=sink)
            except FileRefused as refused:
                return self._record_refused(upload, request, refused)
            sink.close()
            stored = self._record(upload, request, file)
            kept = stored.upload_id == upload_id
            return stored
        finally:
            if not kept:
                self._drop(sink, upload_id)

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

    def _free_district(self, uploads: Uploads, district_id: str) -> District:
        district = uploads.district(district_id, lock=True)
        if district is None or not district.active:
            raise NotNow(
                "not_active", "Batch upload is not active for your district; ask support to activate it."
            )
        if uploads.in_states(BUSY, district_id):
            raise NotNow("upload_in_progress", "Another file is being worked on; wait until it is done.")
        return district

    def _record(self, upload: Upload, request: Request, file: IngestedFile) -> Upload:
        upload.sha256, upload.size_bytes, upload.rows = file.sha256, file.size_bytes, file.rows
        utf_16 = file.encoding is Encoding.UTF_16
        lies = text_key(upload.upload_id) if utf_16 else file_key(upload.upload_id)
        header = self.store.get_range(lies, 0, file.chunks[0].offset).removeprefix(b"\xef\xbb\xbf")
        try:
            with self.unit_of_work() as uow:
                uploads = self.uploads_in(uow)
                repeated = _repeated(uploads, request)
                if repeated is not None:
                    return repeated
                district = self._free_district(uploads, request.district_id)
                for earlier in uploads.in_states(WAITING, request.district_id):
                    move(earlier, "superseded", uow, by=request.by)
                    uploads.save(earlier)
                uploads.save(upload, new=True)
                uploads.end_incoming(upload.upload_id)
                uow.outbox.add(
                    e.FileReceived(
                        upload_id=upload.upload_id,
                        district_id=upload.district_id,
                        kind=upload.kind,
                        file_name=upload.file_name,
                        uploaded_by=request.by,
                        uploaded_at=upload.uploaded_at,
                        text_key=lies,
                        file_key=file_key(upload.upload_id),
                        sha256=file.sha256,
                        size_bytes=file.size_bytes,
                        encoding=Encoding.UTF_8.value if utf_16 else file.encoding.value,
                        guessed_samples=file.guessed_samples,
                        header=file.columns,
                        header_line=tuple(cells_of(header)),
                        rows=file.rows,
                        chunks=tuple(
                            e.ChunkClaim(chunk.index, chunk.offset, chunk.length, chunk.first_row, chunk.rows)
                            for chunk in file.chunks
                        ),
                        district_version=district.version,
                        school_scope=request.school_scope,
                    )
                )
                uow.commit()
        except sa.exc.IntegrityError:
            raise NotNow("upload_in_progress", "Another file came first; wait until it is done.") from None
        return upload

    def _record_refused(self, upload: Upload, request: Request, refused: FileRefused) -> Upload:
        upload.status = "refused"
        problems = tuple(e.RefusedProblem(**dataclasses.asdict(one)) for one in refused.problems)
        upload.refusal = {
            "problems": [_wire(one) for one in problems],
            "correctedHeader": refused.corrected_header,
        }
        with self.unit_of_work() as uow:
            uploads = self.uploads_in(uow)
            repeated = _repeated(uploads, request)
            if repeated is not None:
                return repeated
            uploads.save(upload, new=True)
            uow.outbox.add(
                e.FileRefused(
                    upload.upload_id,
                    upload.district_id,
                    upload.kind,
                    upload.file_name,
                    request.by,
                    upload.uploaded_at,
                    None,
                    None,
                    problems,
                )
            )
            uow.commit()
        return upload

    def _drop(self, sink: "_StoreSink", upload_id: str) -> None:
        sink.close()
        self.store.delete(file_key(upload_id), text_key(upload_id))
        with self.unit_of_work() as uow:
            self.uploads_in(uow).end_incoming(upload_id)
            uow.commit()


class _StoreSink:
    """Writes a file, and its transcript where there is one, to the store."""

    def __init__(self, store: FileStore, upload_id: str) -> None:
        self._store, self._upload_id = store, upload_id
        self._writers: dict[str, Writer] = {}

    def write(self, block: bytes) -> None:
        """Take the next bytes of the file as uploaded."""
        self._to(file_key(self._upload_id), block)

    def write_transcript(self, block: bytes) -> None:
        """Take the next bytes of the transcript."""
        self._to(text_key(self._upload_id), block)

    def close(self) -> None:
        """Finish both; a second time does nothing."""
        while self._writers:
            self._writers.popitem()[1].close()

    def _to(self, key: str, block: bytes) -> None:
        if key not in self._writers:
            self._writers[key] = self._store.writer(key)
        self._writers[key].write(block)


def _repeated(uploads: Uploads, request: Request) -> Upload | None:
    if request.idempotency_key is None:
        return None
    found = uploads.by_key(request.district_id, request.idempotency_key)
    if found is not None and (found.kind, found.file_name) != (request.kind, request.file_name):
        raise NotNow(
            "idempotency_key_reused", "This Idempotency-Key was used for another file; take a new one."
        )
    return found


def _present(uploads: Uploads, upload_id: str) -> Upload:
    upload = uploads.get(upload_id, lock=True)
    if upload is None:
        raise LookupError(upload_id)
    return upload


def _wire(one: e.RefusedProblem) -> dict[str, object]:
    values = dataclasses.asdict(one)
    values["howToFix"] = values.pop("how_to_fix")
    return values
