"""Every event that crosses a service's border, each with what makes it one and the same event.

An event's routing key is ``<service>.<noun>.<past verb>``.  ``KEY`` names the fields that identify it: its id
is derived from them, so that a producer that does its work twice makes the same ids, and the inbox of a
consumer swallows the repetition.
"""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """What all events have in common.  ``upload_id`` is empty where an event concerns no upload."""

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1
    KEY: ClassVar[tuple[str, ...]] = ("upload_id",)

    upload_id: str
    district_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something: the token's ``sub`` and ``name``."""

    sub: str
    name: str


@dataclass(frozen=True, slots=True)
class ChunkClaim:
    """Where one chunk of a file lies: byte range in the stored object, rows as a spreadsheet counts them."""

    index: int
    offset: int
    length: int
    first_row: int
    rows: int


@dataclass(frozen=True, slots=True)
class FileReceived(Event):
    """A file passed every check of its form and is stored.  The file itself stays in the object store."""

    TYPE: ClassVar[str] = "upload.file.received"

    kind: str
    file_name: str
    uploaded_by: Person
    uploaded_at: dt.datetime
    text_key: str  # the object that the chunk table refers to (UTF-8 or Windows-1252 bytes)
    file_key: str  # the bytes as uploaded
    sha256: str
    size_bytes: int
    encoding: str  # of text_key: "utf-8" or "windows-1252"
    guessed_samples: tuple[str, ...]  # cells with a non-ASCII character, where the encoding was guessed
    header: tuple[str | None, ...]  # the column of each header cell in file order; None where it is ignored
    header_line: tuple[str, ...]  # the header's cells as written
    rows: int  # records, blank ones included, the header not
    chunks: tuple[ChunkClaim, ...]
    district_version: int
    school_scope: tuple[str, ...] | None  # the schools the uploader may change; None is all of them


@dataclass(frozen=True, slots=True)
class RefusedProblem:
    """One problem of a refused file or of its header."""

    code: str
    column: str | None
    got: str | None
    expected: str | None
    row: int | None
    message: str
    how_to_fix: str


@dataclass(frozen=True, slots=True)
class FileRefused(Event):
    """A file was refused: nothing of it is stored but what was wrong, who sent it and when."""

    TYPE: ClassVar[str] = "upload.file.refused"

    kind: str
    file_name: str
    uploaded_by: Person
    uploaded_at: dt.datetime
    sha256: str | None
    size_bytes: int | None
    problems: tuple[RefusedProblem, ...]


@dataclass(frozen=True, slots=True)
class School:
    """A school of a district as support entered it."""

    school_id: str
    name: str


@dataclass(frozen=True, slots=True)
class SchoolThresholds:
    """The thresholds of one school that has its own."""

    school_id: str
    updated_percent: float
    removed_percent: float
    from_records: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The largest share of the records, in percent, that a file may change without approval.

    They hold for the district and for each school; ``schools`` are those with thresholds of their own.
    """

    updated_percent: float
    removed_percent: float
    from_records: int
    schools: tuple[SchoolThresholds, ...] = ()


@dataclass(frozen=True, slots=True)
class DistrictChanged(Event):
    """A district was created or changed; carries all of it.  ``upload_id`` is empty."""

    TYPE: ClassVar[str] = "upload.district.changed"
    KEY: ClassVar[tuple[str, ...]] = ("district_id", "version")

    version: int
    name: str
    enrollment_source: str
    allow_school_creation: bool
    thresholds: Thresholds
    schools: tuple[School, ...]


@dataclass(frozen=True, slots=True)
class ProcessingRequested(Event):
    """Somebody said Process."""

    TYPE: ClassVar[str] = "upload.processing.requested"

    accepted_rows_only: bool
    requested_by: Person
    requested_at: dt.datetime
    approval_reason: str | None
    re_identify_all: bool = False  # every person whom the preview offers under a new userId
    re_identify: tuple[str, ...] = ()  # or these, by their new userId


@dataclass(frozen=True, slots=True)
class UndoRequested(Event):
    """Somebody wants the values back that an upload, an edit or an undo has changed.

    ``upload_id`` is the undo's own: it is told of, applied and reported like an upload.
    """

    TYPE: ClassVar[str] = "upload.undo.requested"

    undoes: str  # the upload whose changes are put back
    kind: str  # of records: users or demographics
    title: str
    requested_by: Person
    requested_at: dt.datetime
    school_scope: tuple[str, ...] | None  # the schools this person may change; None is all of them


@dataclass(frozen=True, slots=True)
class StatusChanged(Event):
    """An upload is in another state now; an undo brings it back to one where it has been."""

    TYPE: ClassVar[str] = "upload.status.changed"
    KEY: ClassVar[tuple[str, ...]] = ("upload_id", "status", "changed_at")

    status: str
    changed_at: dt.datetime
    changed_by: Person | None
    reason: str


@dataclass(frozen=True, slots=True)
class UploadStalled(Event):
    """An upload has not moved for a while: whoever has said something about it says it again."""

    TYPE: ClassVar[str] = "upload.upload.stalled"
    KEY: ClassVar[tuple[str, ...]] = ("upload_id", "stall")

    stall: int


@dataclass(frozen=True, slots=True)
class ChunkRequested(Event):
    """One chunk is to be checked: by any one validator."""

    TYPE: ClassVar[str] = "validator.chunk.requested"
    KEY: ClassVar[tuple[str, ...]] = ("upload_id", "index")

    index: int


@dataclass(frozen=True, slots=True)
class ChunkChecked(Event):
    """One chunk has been checked: progress."""

    TYPE: ClassVar[str] = "validator.chunk.checked"
    KEY: ClassVar[tuple[str, ...]] = ("upload_id", "index")

    index: int
    rows: int


@dataclass(frozen=True, slots=True)
class CrossCheckRequested(Event):
    """All chunks are checked: the findings across records are to be made."""

    TYPE: ClassVar[str] = "validator.cross_check.requested"


@dataclass(frozen=True, slots=True)
class _Findings(Event):
    """A batch of findings.

    ``findings`` is base64 of :func:`rollbook.common.findings.encode`.  ``phase`` and ``batch`` are its
    place: phases are ``chunk-00012``, ``across``, ``comparison`` and ``applying``.
    """

    KEY: ClassVar[tuple[str, ...]] = ("upload_id", "phase", "batch")

    phase: str
    batch: int
    count: int
    findings: str


@dataclass(frozen=True, slots=True)
class ValidatorRowsRejected(_Findings):
    """Findings in the file itself."""

    TYPE: ClassVar[str] = "validator.rows.rejected"


@dataclass(frozen=True, slots=True)
class RosterRowsRejected(_Findings):
    """Findings against the stored roster (phase ``comparison``) or while applying (phase ``applying``)."""

    TYPE: ClassVar[str] = "roster.rows.rejected"


@dataclass(frozen=True, slots=True)
class FileValidated(Event):
    """Everything that can be said of the file alone has been said, in ``batches`` batches of findings."""

    TYPE: ClassVar[str] = "validator.file.validated"

    kind: str
    uploaded_by: Person
    rows: int
    accepted_rows: int
    rejected_rows: int
    errors: int
    warnings: int
    batches: int
    row_files: tuple[str, ...]  # object keys, in order of the chunks
    rejected_rows_key: str | None  # rows rejected by the findings across records
    header: tuple[str | None, ...]
    district_version: int
    school_scope: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Count:
    """One line of summary.csv; ``school_id`` is empty for the district."""

    record_type: str
    school_id: str
    created: int
    updated: int
    no_change: int
    removed: int
    errors: int


@dataclass(frozen=True, slots=True)
class UploadPreviewed(Event):
    """What the file would change is known.  ``counts_key`` names the counts in the object store."""

    TYPE: ClassVar[str] = "roster.upload.previewed"

    rows: int
    accepted_rows: int
    rejected_rows: int
    errors: int  # made by the roster alone
    warnings: int
    batches: int
    counts_key: str
    held_reasons: tuple[str, ...]
    re_identifications: int = 0  # people who seem to have a new userId, to be confirmed
    re_identification_errors: int = 0  # of the errors, those that are gone if all of them are confirmed
    re_identifications_sha256: str = ""  # of their new userIds (`sha256_of_ids`)


@dataclass(frozen=True, slots=True)
class UploadApplied(Event):
    """The change set is applied, all of it; ``errors`` counts findings of the phase ``applying``."""

    TYPE: ClassVar[str] = "roster.upload.applied"

    applied_at: dt.datetime
    errors: int
    batches: int
    counts_key: str


@dataclass(frozen=True, slots=True)
class RecordEdited(Event):
    """Somebody changed one record in the portal; it is recorded like an upload of one row.

    ``upload_id`` is the edit's own.
    """

    TYPE: ClassVar[str] = "roster.record.edited"

    title: str
    edited_by: Person
    edited_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ReportReady(Event):
    """The reports of a stage (``validation`` or ``final``) can be downloaded."""

    TYPE: ClassVar[str] = "reports.report.ready"
    KEY: ClassVar[tuple[str, ...]] = ("upload_id", "stage")

    stage: str
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class FileRemoved(Event):
    """An uploaded file is no longer kept, nor the rows made from it: it can be neither read nor processed."""

    TYPE: ClassVar[str] = "reports.file.removed"

    removed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class UploadFailed(Event):
    """A service gave up on an upload after its retries."""

    TYPE: ClassVar[str] = "upload.work.failed"
    KEY: ClassVar[tuple[str, ...]] = ("upload_id", "service")

    service: str
    reason: str


EVENTS: dict[str, type[Event]] = {
    event.TYPE: event
    for event in (
        FileReceived,
        FileRefused,
        DistrictChanged,
        ProcessingRequested,
        UndoRequested,
        StatusChanged,
        UploadStalled,
        ChunkRequested,
        ChunkChecked,
        CrossCheckRequested,
        ValidatorRowsRejected,
        RosterRowsRejected,
        FileValidated,
        UploadPreviewed,
        UploadApplied,
        RecordEdited,
        ReportReady,
        FileRemoved,
        UploadFailed,
    )
}
