"""Who hears what: the whole reaction table of the system on one screen.

From it come the queues and bindings of the broker, the check that a service handles all it hears, and the
message pages of the docs.
"""

from rollbook.common.contracts import events as e

ROUTES: dict[str, tuple[type[e.Event], ...]] = {
    "upload": (
        e.ChunkChecked,
        e.FileValidated,
        e.UploadPreviewed,
        e.UploadApplied,
        e.RecordEdited,
        e.ReportReady,
        e.FileRemoved,
        e.UploadFailed,
        e.UploadStalled,
    ),
    "validator": (
        e.FileReceived,
        e.ChunkRequested,
        e.CrossCheckRequested,
        e.StatusChanged,
        e.UploadStalled,
    ),
    "roster": (
        e.DistrictChanged,
        e.FileValidated,
        e.ProcessingRequested,
        e.UndoRequested,
        e.StatusChanged,
        e.UploadStalled,
    ),
    "reports": (
        e.FileReceived,
        e.FileRefused,
        e.ProcessingRequested,
        e.UndoRequested,
        e.RecordEdited,
        e.StatusChanged,
        e.ValidatorRowsRejected,
        e.FileValidated,
        e.RosterRowsRejected,
        e.UploadPreviewed,
        e.UploadApplied,
        e.UploadStalled,
    ),
}


def queue_name(service: str, event: type[e.Event]) -> str:
    """The queue on which a service hears an event: ``reports.upload-file-received`` says both."""
    return f"{service}.{event.TYPE.replace('.', '-')}"
