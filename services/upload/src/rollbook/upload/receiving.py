"""Taking in a file: once through, into the store, and on its way to be validated, or refused."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa

from rollbook.common.contracts import events as e
from rollbook.common.tabular import Encoding
from rollbook.common.tabular.tokenizer import cells_of
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.upload.domain.district import District
from rollbook.upload.domain.fingerprint import Fingerprint
from rollbook.upload.domain.ingest import IngestedFile, Limits, ingest
from rollbook.upload.domain.problem import FileRefused
from rollbook.upload.domain.states import BUSY, VALIDATING, WAITING, NotNow
from rollbook.upload.handlers import UploadsIn, move
from rollbook.upload.ports import FileStore, Upload, Uploads
from rollbook.upload.stored_file import StoredFile, file_key, text_key


class KeyReused(Exception):
    """The Idempotency-Key was used for another file."""


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
    """Takes in one file after the other of a district."""

    def __init__(
        self,
        unit_of_work: Callable[[], UnitOfWork],
        uploads_in: UploadsIn,
        store: FileStore,
        limits: Limits,
    ) -> None:
        self.unit_of_work, self.uploads_in = unit_of_work, uploads_in
        self.store, self.limits = store, limits

    def receive(self, request: Request, body: Iterable[bytes]) -> Upload:
        """Store a file and have it validated; a refused one is recorded with status ``refused``.

        A process that dies on the way leaves no upload behind, so nothing blocks the district; the sweep
        removes its objects.  What `body` raises goes through, and leaves nothing behind either.

        Raises:
            NotNow: the feature is not active, or another file is being worked on.
            KeyReused: the request's key is that of another file.
        """
        pieces, fingerprint = iter(body), Fingerprint()
        upload_id, now = str(uuid.uuid4()), dt.datetime.now(dt.UTC)
        earlier = self._begin(request, upload_id, now)
        if earlier is not None:
            whole = fingerprint.drain(pieces, self.limits.max_bytes)
            return _same(earlier, request, fingerprint.sha256 if whole else None)
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
        file, kept = StoredFile(self.store, upload_id), False
        try:
            recorded = self._take(upload, request, pieces, fingerprint, file)
            kept = recorded.upload_id == upload_id and recorded.status != "refused"
            return recorded
        finally:
            if not kept:
                self._drop(file, upload_id)

    def _begin(self, request: Request, upload_id: str, now: dt.datetime) -> Upload | None:
        """Note that a file is on its way, or give the upload that an earlier request of the same key made."""
        with self.unit_of_work() as uow:
            uploads = self.uploads_in(uow)
            district = uploads.district(request.district_id, lock=True)
            earlier = _repeated(uploads, request)
            if earlier is not None:
                return earlier
            _check_free(uploads, district)
            uploads.begin_incoming(upload_id, now)
            uow.commit()
            return None

    def _take(
        self,
        upload: Upload,
        request: Request,
        pieces: Iterator[bytes],
        fingerprint: Fingerprint,
        file: StoredFile,
    ) -> Upload:
        try:
            taken = ingest(pieces, kind=request.kind, limits=self.limits, sink=file, fingerprint=fingerprint)
        except FileRefused as refused:
            # Read to its end all the same: the record says of which file it is, and a sender who is still
            # sending would not listen to the answer.
            if fingerprint.drain(pieces, self.limits.max_bytes):
                upload.sha256, upload.size_bytes = fingerprint.sha256, fingerprint.size_bytes
            return self._record_refused(upload, request, refused)
        file.close()
        upload.sha256, upload.size_bytes, upload.rows = taken.sha256, taken.size_bytes, taken.rows
        return self._record(upload, request, taken)

    def _record(self, upload: Upload, request: Request, file: IngestedFile) -> Upload:
        utf_16 = file.encoding is Encoding.UTF_16
        lies = text_key(upload.upload_id) if utf_16 else file_key(upload.upload_id)
        header = self.store.get_range(lies, 0, file.chunks[0].offset).removeprefix(b"\xef\xbb\xbf")
        try:
            with self.unit_of_work() as uow:
                uploads = self.uploads_in(uow)
                district = uploads.district(request.district_id, lock=True)
                earlier = _repeated(uploads, request)
                if earlier is not None:
                    return _same(earlier, request, upload.sha256)
                version = _check_free(uploads, district).version
                for waiting in uploads.in_states(WAITING, request.district_id):
                    move(waiting, "superseded", uow, by=request.by)
                    uploads.save(waiting)
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
                        district_version=version,
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
            uploads.district(request.district_id, lock=True)
            earlier = _repeated(uploads, request)
            if earlier is not None:
                return _same(earlier, request, upload.sha256)
            uploads.save(upload, new=True)
            uow.outbox.add(
                e.FileRefused(
                    upload.upload_id,
                    upload.district_id,
                    upload.kind,
                    upload.file_name,
                    request.by,
                    upload.uploaded_at,
                    upload.sha256,
                    upload.size_bytes,
                    problems,
                )
            )
            uow.commit()
        return upload

    def _drop(self, file: StoredFile, upload_id: str) -> None:
        file.remove()
        with self.unit_of_work() as uow:
            self.uploads_in(uow).end_incoming(upload_id)
            uow.commit()


def _check_free(uploads: Uploads, district: District | None) -> District:
    if district is None or not district.active:
        raise NotNow(
            "not_active", "Batch upload is not active for your district; ask support to activate it."
        )
    if uploads.in_states(BUSY, district.district_id):
        raise NotNow(
            "upload_in_progress",
            "Another file of your district is being worked on; wait until it is done, or cancel it.",
        )
    return district


def _repeated(uploads: Uploads, request: Request) -> Upload | None:
    if request.idempotency_key is None:
        return None
    return uploads.by_key(request.district_id, request.idempotency_key)


def _same(earlier: Upload, request: Request, sha256: str | None) -> Upload:
    known = (earlier.kind, earlier.file_name, earlier.sha256)
    if known != (request.kind, request.file_name, sha256):
        raise KeyReused
    return earlier


def _wire(one: e.RefusedProblem) -> dict[str, object]:
    values = dataclasses.asdict(one)
    values["howToFix"] = values.pop("how_to_fix")
    return values
