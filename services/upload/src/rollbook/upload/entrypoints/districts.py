"""Districts: support creates, changes and activates them; everybody sees whether theirs is active."""

# flask-smorest ships no types, so every route is decorated by something untyped.
# mypy: disable-error-code="untyped-decorator"

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import jsonify
from flask_smorest import Blueprint

from rollbook.common.contracts import events as e
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.common.web.description import Schema, described, list_of
from rollbook.common.web.identity import identity, require
from rollbook.common.web.json_body import json_object
from rollbook.common.web.paging import page, requested_page
from rollbook.common.web.problems import Problem, not_found
from rollbook.upload.domain.district import SOURCES, District, district_from
from rollbook.upload.domain.ingest import Limits
from rollbook.upload.domain.states import BUSY
from rollbook.upload.entrypoints.presentation import UPLOAD, as_it_stands
from rollbook.upload.handlers import UploadsIn
from rollbook.upload.ports import Looking

UPLOADING: Final = ("system", "enrollment")
"""The rights that changing anything in a district needs."""
_NOT_ACTIVE: Final = "Batch upload has not been activated for your district."
_ASK_SUPPORT: Final = "Ask support to activate it."
_TEXT: Final = {"type": "string"}
_PERHAPS: Final = {"type": ["string", "null"]}
_SCHOOLS: Final[Schema] = {
    "type": "array",
    "items": {"type": "object", "properties": {"schoolId": _TEXT, "name": _TEXT}},
}
_WANTED: Final[Mapping[str, Schema]] = {
    "name": _TEXT,
    "enrollmentSource": {"type": "string", "enum": list(SOURCES)},
    "allowSchoolCreation": {"type": "boolean"},
    "thresholds": {"type": "object"},
    "schools": _SCHOOLS,
}
_KEPT: Final[Mapping[str, Schema]] = {
    **_WANTED,
    "districtId": _TEXT,
    "version": {"type": "integer"},
    "batchUpload": {"type": "boolean"},
}


def add_districts(
    blueprint: Blueprint,
    unit_of_work: Callable[[], UnitOfWork],
    uploads_in: UploadsIn,
    looking: Looking,
    limits: Limits,
) -> None:
    """Add the routes of districts."""

    @blueprint.get("/districts")
    @described(blueprint, answer=list_of(_KEPT), paged=True, problems=(403, 422))
    @require("support")
    def districts() -> Any:
        """The districts, by their IDs."""
        wanted = requested_page(1)
        with looking() as uploads:
            found = uploads.districts(wanted.limit + 1, wanted.after[0] if wanted.after else "")
        return jsonify(page([_district(one) for one in found], wanted, [(one.district_id,) for one in found]))

    @blueprint.get("/districts/<district_id>")
    @described(blueprint, answer=_KEPT, problems=(403, 404))
    @require("support")
    def get_district(district_id: str) -> Any:
        """A district as it was entered."""
        with looking() as uploads:
            found = uploads.district(district_id)
        if found is None:
            raise not_found("district")
        return jsonify(_district(found))

    @blueprint.put("/districts/<district_id>")
    @described(
        blueprint,
        body=_WANTED,
        answer=_KEPT,
        also={201: "Created."},
        problems=(400, 403, 413, 422),
    )
    @require("support")
    def put_district(district_id: str) -> Any:
        """Create or change a district."""
        body = json_object()
        with unit_of_work() as uow:
            uploads = uploads_in(uow)
            before = uploads.district(district_id, lock=True)
            new, faults = district_from(district_id, before.version + 1 if before else 1, body)
            if new is None:
                raise Problem(422, "invalid_district", "Correct the fields listed in errors.", errors=faults)
            active = bool(before and before.active) and not new.schools_without_unique_id()
            new = dataclasses.replace(new, active=active)
            uploads.save_district(new)
            uow.outbox.add(_changed(new))
            uow.commit()
        return jsonify(_district(new)), 200 if before else 201

    @blueprint.post("/districts/<district_id>/batch-upload")
    @described(blueprint, answer=_KEPT, problems=(403, 404, 409))
    @require("support")
    def activate(district_id: str) -> Any:
        """Activate batch upload for a district."""
        with unit_of_work() as uow:
            uploads = uploads_in(uow)
            found = uploads.district(district_id, lock=True)
            if found is None:
                raise not_found("district")
            without = found.schools_without_unique_id()
            if without:
                raise Problem(
                    409,
                    "schools_without_unique_id",
                    "Give each of these schools a schoolId of its own.",
                    schools=without,
                )
            active = dataclasses.replace(found, active=True)
            uploads.save_district(active)
            uow.commit()
        return jsonify(_district(active))

    @blueprint.get("/batch-upload")
    @described(
        blueprint,
        answer={
            "active": {"type": "boolean"},
            "reason": _PERHAPS,
            "whatToDo": _PERHAPS,
            "limits": {"type": "object"},
            "enrollmentSource": _PERHAPS,
            "mayUpload": {"type": "boolean"},
            "whyNot": {
                "type": ["object", "null"],
                "properties": {"code": _TEXT, "reason": _TEXT, "whatToDo": _TEXT},
            },
            "uploadInProgress": {"type": ["object", "null"], "properties": UPLOAD},
            "you": {"type": "object"},
        },
    )
    @require()
    def feature() -> Any:
        """Whether batch upload is active here; who the caller is, and whether they may upload or why not.

        While there is an `uploadInProgress` no file is taken: who asks first sends no large one in vain.
        """
        who = identity()
        with looking() as uploads:
            found = uploads.district(who.district_id)
            busy = uploads.in_states(BUSY, who.district_id, lock=False)
            in_progress = as_it_stands(busy[0], uploads) if busy else None
        active = bool(found and found.active)
        why_not = _why_not(active=active, missing=[right for right in UPLOADING if right not in who.roles])
        return jsonify(
            active=active,
            reason=None if active else _NOT_ACTIVE,
            whatToDo=None if active else _ASK_SUPPORT,
            limits={"maxBytes": limits.max_bytes, "maxRows": limits.max_rows},
            enrollmentSource=found.enrollment_source if found else None,
            mayUpload=why_not is None,
            whyNot=why_not,
            uploadInProgress=in_progress,
            you={
                "sub": who.sub,
                "name": who.name,
                "roles": sorted(who.roles),
                "schoolIds": None if who.school_ids is None else list(who.school_ids),
                "districtId": who.district_id,
                "districtName": found.name if found else None,
            },
        )


def _why_not(*, active: bool, missing: Sequence[str]) -> dict[str, str] | None:
    """Why somebody may not upload, and what to do; None where they may."""
    if not active:
        return {"code": "not_active", "reason": _NOT_ACTIVE, "whatToDo": _ASK_SUPPORT}
    if missing:
        rights = " and the ".join(f"{right.capitalize()} right" for right in missing)
        return {
            "code": "rights_missing",
            "reason": f"You need the {rights} to upload files.",
            "whatToDo": "Ask the administrator of your district for it.",
        }
    return None


def _changed(district: District) -> e.DistrictChanged:
    return e.DistrictChanged(
        upload_id="",
        district_id=district.district_id,
        version=district.version,
        name=district.name,
        enrollment_source=district.enrollment_source,
        allow_school_creation=district.allow_school_creation,
        thresholds=e.Thresholds(
            *_limits(district.thresholds),
            tuple(
                e.SchoolThresholds(school, *_limits(own))
                for school, own in district.thresholds["schools"].items()
            ),
        ),
        schools=tuple(e.School(school, name) for school, name in district.schools if school),
    )


def _limits(thresholds: Mapping[str, Any]) -> tuple[float, float, int]:
    return (
        float(thresholds["updatedPercent"]),
        float(thresholds["removedPercent"]),
        int(thresholds["fromRecords"]),
    )


def _district(district: District) -> dict[str, Any]:
    return {
        "districtId": district.district_id,
        "version": district.version,
        "name": district.name,
        "enrollmentSource": district.enrollment_source,
        "allowSchoolCreation": district.allow_school_creation,
        "thresholds": district.thresholds,
        "schools": [{"schoolId": school, "name": name} for school, name in district.schools],
        "batchUpload": district.active,
    }
