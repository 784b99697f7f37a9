"""Legal holds: nothing of an upload, or of a district, is removed while one stands."""

# mypy: disable-error-code="untyped-decorator"

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from flask_smorest import Blueprint

from rollbook.common.unit_of_work import UnitOfWork
from rollbook.common.web.description import TEXT, described
from rollbook.common.web.identity import identity, require
from rollbook.common.web.json_body import is_storable, json_object
from rollbook.common.web.problems import Problem, not_found
from rollbook.reports.entrypoints.history import report_of
from rollbook.reports.ports import History
from rollbook.reports.removing import KeepingIn

MAX_REASON: Final = 1000

Begin = Callable[[], UnitOfWork]


def add_holds(
    districts: Blueprint, reports: Blueprint, history: History, begin: Begin, keeping_in: KeepingIn
) -> None:
    """Add the routes that place and lift holds."""

    def hold(district_id: str, upload_id: str, *, lift: bool) -> Any:
        who = identity()
        reason = json_object(optional=lift).get("reason")
        reason = "" if reason is None else reason.strip() if isinstance(reason, str) else None
        if reason is None or not (lift or reason) or len(reason) > MAX_REASON:
            raise Problem(422, "reason_needed", f"Send {{reason: text of at most {MAX_REASON} characters}}.")
        now = dt.datetime.now(dt.UTC).isoformat()
        facts = {"reason": reason, "who": {"sub": who.sub, "name": who.name}, "when": now}
        with begin() as uow:
            keeping = keeping_in(uow)
            (keeping.lift_hold if lift else keeping.place_hold)(district_id, upload_id, facts)
            uow.commit()
        return "", 204

    @districts.put("/<string:district_id>/legal-hold")
    @described(districts, status=204, body={"reason": TEXT}, problems=(400, 403, 404, 422))
    @require("support")
    def hold_district(district_id: str) -> Any:
        """Keep everything of a district until the hold is lifted: `{reason}`."""
        return hold(district_in_path(district_id), "", lift=False)

    @districts.delete("/<string:district_id>/legal-hold")
    @described(districts, status=204, body={"reason": TEXT}, needs_body=False, problems=(400, 403, 404, 422))
    @require("support")
    def release_district(district_id: str) -> Any:
        """Lift the hold on a district."""
        return hold(district_in_path(district_id), "", lift=True)

    @reports.put("/<string:upload_id>/legal-hold")
    @described(reports, status=204, body={"reason": TEXT}, problems=(400, 403, 404, 422))
    @require("auditor")
    def hold_upload(upload_id: str) -> Any:
        """Keep everything of an upload until the hold is lifted: `{reason}`."""
        return hold(report_of(history, upload_id)["districtId"], upload_id, lift=False)

    @reports.delete("/<string:upload_id>/legal-hold")
    @described(reports, status=204, body={"reason": TEXT}, needs_body=False, problems=(400, 403, 404, 422))
    @require("auditor")
    def release_upload(upload_id: str) -> Any:
        """Lift the hold on an upload."""
        return hold(report_of(history, upload_id)["districtId"], upload_id, lift=True)


def district_in_path(district_id: str) -> str:
    """The district that an address names.

    Raises:
        Problem: 404 for what can be no district's ID.
    """
    if not is_storable(district_id) or len(district_id) > 100:
        raise not_found("district")
    return district_id
