"""The report of an upload as one page to read and to print: no script, nothing from elsewhere."""

# mypy: disable-error-code="untyped-decorator"

import datetime as dt
from pathlib import Path
from typing import Any, Final

from flask import Response
from flask_smorest import Blueprint

from rollbook.common.web.description import described
from rollbook.common.web.identity import identity, require
from rollbook.common.web.templates import style_source, templates_in
from rollbook.reports.entrypoints.history import report_of
from rollbook.reports.entrypoints.presentation import as_json
from rollbook.reports.ports import History, Reads

_HERE: Final = Path(__file__).parent
_STYLE: Final = (_HERE / "report.css").read_text()
POLICY: Final = (
    f"default-src 'none'; style-src {style_source(_STYLE)}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
FIGURES: Final = (
    ("created", "Created"),
    ("updated", "Updated"),
    ("noChange", "No change"),
    ("removed", "Removed"),
    ("errors", "Errors"),
)
MAX_SCHOOLS: Final = 200
_NAMES: Final = {
    "school": "Schools",
    "staff": "Staff",
    "student": "Students",
    "class": "Classes",
    "enrollment": "Enrollments",
    "demographics": "Demographics",
}
_WHAT: Final = {
    "validation": "Checked",
    "final": "Processed",
    "refused": "Refused",
    "removed": "Removed",
    "held": "Legal hold placed",
    "released": "Legal hold lifted",
}


def add_page(blueprint: Blueprint, history: History, reads: Reads) -> None:
    """Add the route of the page."""
    pages = templates_in(_HERE)
    pages.filters |= {"moment": _moment, "number": lambda count: f"{count:,}"}
    template = pages.get_template("report.html")

    @blueprint.get("/<string:upload_id>/report.html")
    @described(blueprint, produces="text/html", problems=(404,))
    @require()
    def report_page(upload_id: str) -> Any:
        """The report as a page that prints well."""
        found = as_json(report_of(history, upload_id))
        reads.note(upload_id, identity(), "report.html")
        answer = Response(template.render(_facts(found)), mimetype="text/html")
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


def _facts(found: dict[str, Any]) -> dict[str, Any]:
    lines = found["summary"]
    district = [line for line in lines if not line["schoolId"]]
    schools = _by_school([line for line in lines if line["schoolId"]])
    return {
        "style": _STYLE,
        "report": found,
        "status": (found["status"] or "unknown").replace("_", " "),
        "figures": FIGURES,
        "records": [
            {"name": _NAMES.get(line["recordType"], line["recordType"]), **line} for line in district
        ],
        "record_bars": _bars([(_NAMES.get(line["recordType"], ""), line) for line in district]),
        "schools": schools[:MAX_SCHOOLS],
        "schools_left_out": max(0, len(schools) - MAX_SCHOOLS),
        "school_bars": _bars([(school["schoolId"], school) for school in schools[:MAX_SCHOOLS]]),
        "what": _WHAT,
    }


def _by_school(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures of each school, all its records together, in the order of summary.csv."""
    schools: dict[str, dict[str, Any]] = {}
    for line in lines:
        school = schools.setdefault(line["schoolId"], {"schoolId": line["schoolId"]})
        for name, _ in FIGURES:
            school[name] = school.get(name, 0) + line[name]
    return list(schools.values())


def _bars(named: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """A bar for each line: its parts in percent of the line's own records."""
    bars = []
    for label, line in named:
        total, at, parts = sum(line[name] for name, _ in FIGURES), 0.0, []
        for name, title in FIGURES:
            if line[name]:
                width = 100 * line[name] / total
                place = {"x": round(at, 3), "width": round(width, 3)}
                parts.append({"name": name, "title": title, "count": line[name], **place})
                at += width
        bars.append({"label": label, "total": total, "parts": parts})
    return bars


def _moment(text: str | None) -> str:
    """A time as people write it, in UTC."""
    return dt.datetime.fromisoformat(text).strftime("%d %B %Y, %H:%M UTC").lstrip("0") if text else ""
