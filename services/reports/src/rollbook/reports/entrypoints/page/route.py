"""The route of the page."""

# mypy: disable-error-code="untyped-decorator"

import datetime as dt
import re
from pathlib import Path
from typing import Any, Final

from flask import Response
from flask_smorest import Blueprint
from markupsafe import Markup

from rollbook.common.web.description import described
from rollbook.common.web.identity import identity, require
from rollbook.common.web.language import in_their_language, into_their_language, their_language
from rollbook.common.web.templates import style_source, templates_in
from rollbook.reports.domain.csv_files import FIGURES
from rollbook.reports.entrypoints.history import report_of
from rollbook.reports.entrypoints.page.figures import by_record_type, by_school
from rollbook.reports.entrypoints.page.words import Words, isolated, sentence, words
from rollbook.reports.entrypoints.presentation import FOUND_WHEN, as_json
from rollbook.reports.ports import FINAL, History, Reads

_HERE: Final = Path(__file__).parent
_STYLE: Final = (_HERE / "report.css").read_text()
MOST: Final = {"schools": 200, "problems": 50, "reasons": 10}
"""How many of them the page shows; it says where the others are."""


def add_page(blueprint: Blueprint, history: History, reads: Reads) -> None:
    """Add the route of the page."""
    pages = templates_in(_HERE)
    pages.filters |= {"isolated": isolated, "sentence": sentence}
    template = pages.get_template("report.html")

    @blueprint.get("/<string:upload_id>/report.html")
    @described(blueprint, produces="text/html", problems=(404,))
    @require()
    def report_page(upload_id: str) -> Any:
        """The report as a page that prints well, in the language of `Accept-Language`."""
        found = into_their_language()(as_json(report_of(history, upload_id)))
        reads.note(upload_id, identity(), "report.html")
        facts = _facts(found, words(their_language()))
        answer = in_their_language(Response(template.render(facts), mimetype="text/html"))
        answer.headers["Content-Security-Policy"] = _policy(facts["style"])
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


def _policy(style: str) -> str:
    return (
        f"default-src 'none'; style-src {style_source(style)}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _style(foot: Markup) -> str:
    """The style, with what stands at the foot of each printed page: a sheet by itself says whose it is."""
    quoted = re.sub(r"[^\w ,.-]|[^\0-\x7f]", lambda one: f"\\{ord(one[0]):x} ", foot.striptags())
    return f':root {{ --foot: "{quoted}"; }}\n{_STYLE}'


def _facts(found: dict[str, Any], own: Words) -> dict[str, Any]:
    return {
        "t": own.say,
        "named": own.named,
        "number": own.number,
        "moment": own.moment,
        "day": own.day,
        "language": own.language,
        "style": _style(own.say("foot", upload=found["uploadId"], district=found["districtId"])),
        "report": found,
        "figure": "figure.report" if found["stage"] == FINAL else "figure.preview",
        "figures": FIGURES,
        "records": by_record_type(found["summary"]),
        "schools": by_school(found["summary"]),
        "findings": {
            stage: groups
            for stage in FOUND_WHEN.values()
            if (groups := [group for group in found["findings"] if group["stage"] == stage])
        },
        "files": {file["name"] for file in found["files"]},
        "most": MOST,
        "made_at": dt.datetime.now(dt.UTC).isoformat(),
    }
