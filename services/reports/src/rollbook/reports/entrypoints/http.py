"""What the reports service answers over HTTP."""

from flask_smorest import Blueprint

from rollbook.common.object_store import ObjectStore
from rollbook.reports.entrypoints.checkpoints import add_checkpoints
from rollbook.reports.entrypoints.files import add_files
from rollbook.reports.entrypoints.findings import add_findings
from rollbook.reports.entrypoints.history import add_history
from rollbook.reports.entrypoints.page import add_page
from rollbook.reports.ports import History, Reads, Signer


def make_blueprint(history: History, reads: Reads, store: ObjectStore, signer: Signer | None) -> Blueprint:
    """The reports' views, below /api/v1; without a `signer` there are no checkpoints."""
    blueprint = Blueprint("reports", __name__, url_prefix="/reports", description="History and reports.")
    add_checkpoints(blueprint, signer)
    add_history(blueprint, history, reads, store)
    add_files(blueprint, history, reads, store)
    add_findings(blueprint, history, reads, store)
    add_page(blueprint, history, reads)
    return blueprint
