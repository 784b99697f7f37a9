"""How long uploads are kept: a district's periods, legal holds, and removing a file now."""

# mypy: disable-error-code="untyped-decorator"

import datetime as dt
from typing import Any, Final

from flask import jsonify
from flask_smorest import Blueprint

from rollbook.common.contracts.events import Person
from rollbook.common.web.description import NUMBER, described
from rollbook.common.web.identity import identity, require
from rollbook.common.web.json_body import json_object
from rollbook.common.web.problems import Problem, not_found
from rollbook.reports.domain.retention import Periods, periods_from
from rollbook.reports.entrypoints.history import report_of
from rollbook.reports.entrypoints.holds import Begin, add_holds, district_in_path
from rollbook.reports.entrypoints.visibility import visible_districts
from rollbook.reports.ports import History
from rollbook.reports.removing import KeepingIn, Remover

PERIODS: Final = dict.fromkeys(("fileDays", "detailsDays", "reportDays"), NUMBER)


def make_retention_blueprints(
    history: History, begin: Begin, keeping_in: KeepingIn, remover: Remover
) -> tuple[Blueprint, Blueprint]:
    """The routes below /districts/{id} and below /reports/{id}."""
    said = "What is kept how long."
    districts = Blueprint("retention", __name__, url_prefix="/districts", description=said)
    reports = Blueprint("keeping", __name__, url_prefix="/reports", description=said)
    add_periods(districts, begin, keeping_in)
    add_holds(districts, reports, history, begin, keeping_in)
    add_removal(reports, history, begin, remover)
    return districts, reports


def add_periods(districts: Blueprint, begin: Begin, keeping_in: KeepingIn) -> None:
    """Add the routes of a district's periods."""

    @districts.get("/<string:district_id>/retention")
    @described(districts, answer=PERIODS, problems=(404,))
    @require()
    def periods(district_id: str) -> Any:
        """For how many days a district's files, findings and reports are kept."""
        seen = visible_districts()
        if "support" not in identity().roles and seen is not None and district_id not in seen:
            raise not_found("district")
        with begin() as uow:
            return jsonify(_shown(keeping_in(uow).periods(district_in_path(district_id))))

    @districts.put("/<string:district_id>/retention")
    @described(districts, body=PERIODS, answer=PERIODS, problems=(400, 403, 404, 422))
    @require("support")
    def set_periods(district_id: str) -> Any:
        """Set them: `{fileDays, detailsDays, reportDays}`; what is left out gets its default."""
        wanted, faults = periods_from(json_object())
        if faults:
            raise Problem(422, "invalid_retention", "The periods hold something wrong.", errors=faults)
        with begin() as uow:
            keeping_in(uow).set_periods(district_in_path(district_id), wanted)
            uow.commit()
        return jsonify(_shown(wanted))


def add_removal(reports: Blueprint, history: History, begin: Begin, remover: Remover) -> None:
    """Add the route that removes a file now."""

    @reports.delete("/<string:upload_id>/file")
    @described(reports, status=204, problems=(403, 404, 409))
    @require("system", "enrollment")
    def remove_file(upload_id: str) -> Any:
        """Remove the uploaded file now, and the rows made from it; its reports stay."""
        who = identity()
        if report_of(history, upload_id)["districtId"] != who.district_id:
            raise not_found("report")
        with begin() as uow:
            by = Person(who.sub, who.name)
            kept = remover.remove_file(uow, upload_id, by, dt.datetime.now(dt.UTC))
            uow.commit()
        if kept is None or "file" not in kept.until:
            raise not_found("file")
        if kept.has("file") and kept.is_held:
            raise Problem(409, "legal_hold", "A legal hold keeps this file; ask support.")
        if kept.has("file") and kept.is_busy:
            raise Problem(409, "upload_at_work", "The upload is at work; wait until it is done.")
        return "", 204


def _shown(periods: Periods) -> dict[str, int]:
    return {
        "fileDays": periods.file_days,
        "detailsDays": periods.details_days,
        "reportDays": periods.report_days,
    }
