"""What the handlers need from outside: files, and the record of uploads and their reports."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from rollbook.common.contracts.events import Event, Person
from rollbook.common.dictionary import Kind
from rollbook.common.object_store import Writer
from rollbook.common.web.identity import Identity
from rollbook.reports.domain.retention import Part, Periods

E = TypeVar("E", bound=Event)

VALIDATION, FINAL = "validation", "final"
STAGES: Final = (VALIDATION, FINAL)
"""The reports of an upload in the order in which they are made."""
KINDS: Final = ("users", "demographics", "undo", "edit")
"""What stands in the history."""
STATUSES: Final = (
    "validating", "needs_correction", "ready", "held", "processing", "completed", "completed_with_errors",
    "failed", "cancelled", "superseded", "undone", "refused",
)  # fmt: skip
"""The states of an upload."""
APPLYING: Final = "applying"
"""The phase of findings that were made while applying."""
REFUSED: Final = "refused"
"""The chain's entry about a file that was refused."""
REMOVED: Final = "removed"
"""The chain's entry about a part of an upload that is no longer kept."""


class FileStore(Protocol):
    """Objects by key.  Raises FileNotFoundError for one that is absent."""

    def get(self, key: str) -> bytes:
        """An object whole."""

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Some bytes of an object."""

    def put(self, key: str, data: bytes) -> None:
        """Write an object whole, replacing what was there."""

    def writer(self, key: str) -> Writer:
        """Write an object in parts; it exists once the writer is closed."""

    def delete(self, *keys: str) -> None:
        """Remove objects; one that is absent is no error."""

    def delete_all(self, folder: str) -> None:
        """Remove every object whose key begins with a folder."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of findings that was heard: which rows, how many of each severity, where it lies."""

    source: str
    phase: str
    number: int
    min_row: int
    max_row: int
    errors: int
    warnings: int
    object_key: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a report, as it lies in the object store."""

    name: str
    key: str
    sha256: str
    size_bytes: int
    content_type: str = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Change:
    """A file, an undo or an edit: which of them, its name, its kind of records, whose it is and when."""

    what: str
    title: str
    kind: Kind
    by: Person
    at: dt.datetime
    sha256: str | None = None  # of the file, if there is one
    undoes: str | None = None

    def facts(self) -> dict[str, Any]:
        """What an entry of the chain says of it."""
        said = {"undoes": self.undoes} if self.undoes else {"fileSha256": self.sha256}
        return said | {
            "kind": self.what,
            "fileName": self.title,
            "uploadedBy": {"sub": self.by.sub, "name": self.by.name},
            "uploadedAt": self.at.astimezone(dt.UTC).isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A report before it is chained.  `who` and `when` come from the events, never from a clock."""

    stage: str
    change: Change
    files: tuple[StoredFile, ...]
    counts: Sequence[dict[str, Any]]
    findings: Sequence[dict[str, Any]]
    errors: int
    warnings: int
    who: str
    who_name: str
    when: dt.datetime
    schools: frozenset[str] = field(default_factory=frozenset)
    since_previous: Mapping[str, Any] | None = None
    approval_reason: str | None = None

    def found(self) -> dict[str, Any]:
        """What was found, as it is kept."""
        return {"byCause": list(self.findings), "sincePrevious": self.since_previous}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The attempt before an upload: the district's last file of the same kind that was checked."""

    upload_id: str
    file_name: str
    uploaded_at: dt.datetime
    batches: Sequence[Batch]


class Uploads(Protocol):
    """The uploads as reports knows them, within one transaction."""

    def lock(self, upload_id: str, district_id: str) -> None:
        """Have the upload's row, made if absent, to ourselves until the transaction ends."""

    def describe(self, upload_id: str, facts: Mapping[str, Any]) -> None:
        """Keep what the history shows: kind, file_name, uploaded_by, uploaded_by_name, uploaded_at."""

    def set_status(self, upload_id: str, status: str, at: dt.datetime) -> None:
        """Keep a status, unless a later one is known."""

    def keep(self, event: Event) -> None:
        """Keep an event of which there is one per upload; a second one is passed over."""

    def kept(self, upload_id: str, kind: type[E]) -> E | None:
        """A kept event."""

    def add_batch(self, upload_id: str, batch: Batch) -> None:
        """Keep a batch; a second one of the same place is passed over."""

    def batches(self, upload_id: str) -> list[Batch]:
        """The batches so far, by source, phase and number."""

    def earlier(self, upload_id: str) -> Earlier | None:
        """The attempt before this upload, if there is one."""

    def has_entry(self, upload_id: str, what: str) -> bool:
        """Whether the chain holds such an entry about an upload: a stage, for one, whose report is made."""

    def add_refusal(self, upload_id: str, district_id: str, change: Change, problems: Sequence[Any]) -> None:
        """Chain that a file was refused, and why."""

    def add_report(self, upload_id: str, district_id: str, report: Report) -> None:
        """Keep a report, chained to the one before it in its district."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which uploads are wanted; None or "" is no limit.  `districts` None: those of every district."""

    districts: tuple[str, ...] | None
    since: dt.datetime | None = None
    until: dt.datetime | None = None  # not included
    school_id: str = ""
    uploaded_by: str = ""
    status: str = ""
    kind: str = ""
    text: str = ""


class History(Protocol):
    """The history of uploads with their reports, for reading."""

    def find(
        self, filters: Filters, after: tuple[dt.datetime, str] | None, limit: int
    ) -> list[dict[str, Any]]:
        """Uploads, newest first, after one of them; each as in the list of the history."""

    def every(self, filters: Filters) -> Iterator[dict[str, Any]]:
        """All such uploads with their reports, newest first."""

    def get(self, upload_id: str, districts: tuple[str, ...] | None) -> dict[str, Any] | None:
        """One upload of these districts (None: of any) with everything that is known of it.

        `reports` by stage, `chain` its entries in order.
        """


class Signer(Protocol):
    """Signs where the chains stand."""

    def public(self) -> dict[str, Any]:
        """The JWKS with which its checkpoints are verified."""

    def sign(self, districts: Sequence[str] | None = None) -> str:
        """A signed checkpoint of the chains of these districts; None: of all."""


class Reads(Protocol):
    """Who has read which report."""

    def note(self, upload_id: str, who: Identity, what: str) -> None:
        """Keep that somebody reads a part of an upload's report now."""

    def of(self, upload_id: str, before: int | None, limit: int) -> list[dict[str, Any]]:
        """The reads of an upload's report, latest first, each with a `number` that goes down."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A report that is missing: since when its end was announced, and how many batches there are so far."""

    upload_id: str
    district_id: str
    stage: str
    announced_at: dt.datetime
    batches: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an upload: each part until when, and what has been removed when."""

    upload_id: str
    district_id: str
    is_busy: bool
    is_held: bool
    until: Mapping[Part, dt.datetime]
    removed: Mapping[Part, dt.datetime]

    def has(self, part: Part) -> bool:
        """Whether the upload has that part still."""
        return part in self.until and part not in self.removed


class Keeping(Protocol):
    """How long uploads are kept, within one transaction."""

    def periods(self, district_id: str) -> Periods:
        """A district's periods; the defaults where nobody has set any."""

    def set_periods(self, district_id: str, periods: Periods) -> None:
        """Keep a district's periods."""

    def place_hold(self, district_id: str, upload_id: str, facts: Mapping[str, Any]) -> None:
        """Stop removal, of an upload or (`upload_id` "") of a whole district, and chain that."""

    def lift_hold(self, district_id: str, upload_id: str, facts: Mapping[str, Any]) -> None:
        """Let removal go on, and chain that."""

    def is_held(self, district_id: str, upload_id: str) -> bool:
        """Whether a hold stands on the upload or on its district."""

    def kept(self, upload_id: str, *, lock: bool = False) -> Kept | None:
        """What is still kept of an upload."""

    def due(self, now: dt.datetime, limit: int) -> list[tuple[str, Part]]:
        """Uploads of which a part is to be removed, at most so many; none that is held or at work."""

    def objects(self, kept: Kept, part: Part) -> list[str]:
        """The keys of the files of a report that belong to a part."""

    def remove(self, kept: Kept, part: Part, facts: Mapping[str, Any]) -> None:
        """Forget a part of an upload and put a tombstone into the chain."""
