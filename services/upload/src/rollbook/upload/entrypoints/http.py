"""The HTTP interface of the upload service, all its routes together."""

from flask_smorest import Blueprint

from rollbook.upload.deciding import Deciding
from rollbook.upload.entrypoints.corrections import add_corrections
from rollbook.upload.entrypoints.districts import add_districts
from rollbook.upload.entrypoints.documents import add_documents
from rollbook.upload.entrypoints.uploads import add_decisions, add_uploads
from rollbook.upload.entrypoints.watching import Pace, add_watching
from rollbook.upload.ports import Looking
from rollbook.upload.receiving import Receiving


def make_blueprint(
    receiving: Receiving, deciding: Deciding, looking: Looking, pace: Pace | None = None
) -> Blueprint:
    """The routes of the upload service, below /api/v1."""
    blueprint = Blueprint("upload", __name__, description="Districts, templates and uploads.")
    add_districts(blueprint, receiving.unit_of_work, receiving.uploads_in, looking, receiving.limits)
    add_documents(blueprint)
    add_uploads(blueprint, receiving, looking, receiving.store)
    add_corrections(blueprint, receiving, looking)
    add_decisions(blueprint, deciding, looking)
    add_watching(blueprint, looking, pace or Pace())
    return blueprint
