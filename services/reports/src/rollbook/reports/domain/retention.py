"""How long which part of an upload is kept.

Three parts, because they differ in what they hold: the *file* holds all its people's data, the *details* hold
the cells in which something was found, the *report* holds figures and who did what.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

Part = Literal["file", "details", "report"]
PARTS: Final[tuple[Part, ...]] = ("file", "details", "report")
DETAILS: Final = ("errors.csv", "corrections.csv", "follow-up-errors.csv")
"""The files of a report that hold cells; what else it has goes with the report."""
MAX_DAYS: Final = 36_500


@dataclass(frozen=True, slots=True)
class Periods:
    """Days from the upload until each part is removed.

    The defaults: a file is needed until its mistakes are mended, findings until a school year and two audits
    are over, and figures as long as records of enrollment usually are.
    """

    file_days: int = 90
    details_days: int = 3 * 365
    report_days: int = 7 * 365

    def days(self, part: Part) -> int:
        """Of one part."""
        days: int = asdict(self)[f"{part}_days"]
        return days

    def until(self, part: Part, uploaded_at: dt.datetime) -> dt.datetime:
        """When a part is due to be removed."""
        return uploaded_at + dt.timedelta(days=self.days(part))


def part_of(file_name: str) -> Part:
    """The part to which a file of a report belongs."""
    return "details" if file_name in DETAILS else "report"


def periods_from(body: Mapping[str, Any]) -> tuple[Periods, dict[str, str]]:
    """The periods in a request's body, and what is wrong, by field; what is not named keeps its default."""
    names = {"fileDays": "file_days", "detailsDays": "details_days", "reportDays": "report_days"}
    faults = {name: f"Not known; there are {', '.join(names)}." for name in body if name not in names}
    for name in names:
        value = body.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_DAYS:
            faults[name] = f"A whole number of days from 1 to {MAX_DAYS:,}."
    if faults:
        return Periods(), faults
    found = Periods(**{names[name]: value for name, value in body.items()})
    if not found.file_days <= found.details_days <= found.report_days:
        order = "fileDays, detailsDays and reportDays must not grow shorter in this order"
        return found, {
            "reportDays": f"{order}: {found.file_days}, {found.details_days}, {found.report_days}."
        }
    return found, {}


def without_values(found: Mapping[str, Any]) -> dict[str, Any]:
    """What was found without any cell: codes, counts, rows and fixes of the dictionary stay."""
    kept = ("code", "column", "severity", "count", "firstRows")
    groups = [{name: group[name] for name in kept} for group in found["byCause"]]
    blank = {"message": "", "howToFix": "", "values": []}
    return {**found, "byCause": [group | blank for group in groups]}
