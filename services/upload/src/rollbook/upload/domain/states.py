"""The life of an upload: what is known of it, and the state that follows."""

from dataclasses import dataclass
from typing import Final

VALIDATING: Final = "validating"
PROCESSING: Final = "processing"
WAITING: Final = frozenset({"needs_correction", "ready", "held"})
BUSY: Final = frozenset({VALIDATING, PROCESSING})
COMPLETED: Final = frozenset({"completed", "completed_with_errors"})
FINAL: Final = COMPLETED | {"failed", "cancelled", "superseded", "undone", "refused"}


class NotNow(Exception):
    """The state of an upload or of its district forbids it: a stable `code`, and in `detail` what to do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Facts:
    """What the services have said of an upload so far, in whatever order.  None: nothing yet."""

    file_errors: int | None = None
    file_warnings: int = 0
    accepted_rows: int | None = None
    roster_errors: int | None = None
    roster_warnings: int = 0
    held_reasons: tuple[str, ...] = ()
    validation_report: bool = False
    apply_errors: int | None = None
    final_report: bool = False
    final_report_lost: bool = False
    re_identifications: int = 0
    re_identification_errors: int = 0
    re_identifications_sha256: str = ""
    errors_resolved: bool = False  # those of the re-identifications: all of them were confirmed

    @property
    def errors(self) -> int:
        """Error findings of the file and against the roster."""
        return (self.file_errors or 0) + (self.roster_errors or 0)

    @property
    def open_errors(self) -> int:
        """Those that keep rows out."""
        return self.errors - (self.re_identification_errors if self.errors_resolved else 0)

    @property
    def warnings(self) -> int:
        """Warnings of the file and against the roster."""
        return self.file_warnings + self.roster_warnings


def state_after(status: str, facts: Facts) -> str:
    """The state that follows from what is known; the same one where something is still awaited."""
    if status == VALIDATING:
        known = facts.file_errors is not None and facts.roster_errors is not None
        if not (known and facts.validation_report):
            return status
        if facts.errors:
            return "needs_correction"
        return "held" if facts.held_reasons else "ready"
    if status == PROCESSING and facts.apply_errors is not None:
        if facts.final_report_lost:
            return "completed_with_errors"
        if facts.final_report:
            return "completed_with_errors" if facts.apply_errors or facts.open_errors else "completed"
    return status


def cannot_undo(status: str) -> tuple[str, str] | None:
    """Why an upload cannot be undone (a code, and what to do); None where it can."""
    if status in COMPLETED:
        return None
    if status in BUSY:
        return "still_moving", f"The upload is {status}; wait until it is completed."
    if status in WAITING:
        return "nothing_applied", f"The upload is {status}: nothing of it is applied.  Cancel it instead."
    return "nothing_applied", f"The upload is {status}: nothing of it stands in the roster."


_NEW_IDS: Final = (
    "  Some people seem to have a new userId (see reIdentifications of the preview): "
    "confirm them with confirmReIdentifications: true."
)


def cannot_process(
    status: str, facts: Facts, *, accepted_rows_only: bool, reason: str
) -> tuple[str, str] | None:
    """Why an upload cannot be processed as asked (a code, and what to do); None where it can."""
    if status == VALIDATING:
        return "still_validating", "The file is still being checked; wait until it is ready."
    if status not in WAITING:
        return "not_processable", f"The upload is {status}; upload the file again."
    if status == "needs_correction" and facts.open_errors and not accepted_rows_only:
        found = "1 error was found" if facts.open_errors == 1 else f"{facts.open_errors} errors were found"
        return "needs_correction", (
            f"{found}; correct the file and upload it again, "
            "or send acceptedRowsOnly: true to leave the rejected rows out."
            + (_NEW_IDS if facts.re_identifications and not facts.errors_resolved else "")
        )
    if facts.held_reasons and not reason:
        # With errors as well: else one faulty row would open a way around the thresholds.
        return "approval_needed", "Approve the change with approval.reason: " + " ".join(facts.held_reasons)
    return None
