"""Signed checkpoints of the chains over HTTP, for those who keep them elsewhere."""

# mypy: disable-error-code="untyped-decorator"

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from rollbook.common.web.description import OBJECTS, described
from rollbook.common.web.identity import require
from rollbook.common.web.problems import Problem
from rollbook.reports.entrypoints.visibility import visible_districts
from rollbook.reports.ports import Signer


def add_checkpoints(blueprint: Blueprint, signer: Signer | None) -> None:
    """Add the routes of checkpoints."""

    @blueprint.get("/checkpoint")
    @described(blueprint, produces="application/jose", problems=(403, 503))
    @require("auditor")
    def checkpoint() -> Any:
        """Where the chains of the auditor's districts stand now, signed: one line, a compact JWS."""
        answer = Response(_present(signer).sign(visible_districts()) + "\n", mimetype="application/jose")
        answer.headers["Content-Disposition"] = 'attachment; filename="checkpoint.jws"'
        return answer

    @blueprint.get("/checkpoint-keys")
    @described(blueprint, answer={"keys": OBJECTS}, problems=(503,))
    @require()
    def checkpoint_keys() -> Any:
        """The public key (JWKS) with which checkpoints are verified."""
        return jsonify(_present(signer).public())


def _present(signer: Signer | None) -> Signer:
    if signer is None:
        raise Problem(503, "no_checkpoint_key", "No key for checkpoints is set; ask the operator for one.")
    return signer
