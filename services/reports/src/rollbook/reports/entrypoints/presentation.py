"""A report as people and programs see it."""

from typing import Any, Final

from rollbook.common.web import description as d
from rollbook.reports.domain.retention import part_of
from rollbook.reports.ports import FINAL, STAGES, VALIDATION

ITEM: Final = {
    **dict.fromkeys(("uploadId", "districtId", "uploadedAt"), d.TEXT),
    **dict.fromkeys(("kind", "fileName", "status", "stage"), d.PERHAPS),
    "uploadedBy": d.PERSON,
    **dict.fromkeys(("errors", "warnings", "followUpErrors"), d.PERHAPS_NUMBER),
}
"""An upload in the history."""
REPORT: Final = {
    **ITEM,
    "sha256": d.PERHAPS,
    **dict.fromkeys(("sizeBytes", "rows"), d.PERHAPS_NUMBER),
    "heldReasons": d.TEXTS,
    **dict.fromkeys(("problems", "chain", "summary", "findings", "files"), d.OBJECTS),
    **dict.fromkeys(("approval", "sincePrevious"), d.PERHAPS_OBJECT),
    "removed": d.OBJECT,
}
"""An upload's report."""
READ: Final = {"who": d.PERSON, "what": d.TEXT, "when": d.TEXT}
"""That somebody read a report."""
FILES: Final = ("summary.csv", "errors.csv", "corrections.csv", "follow-up-errors.csv")
FOUND_WHEN: Final = {VALIDATION: "validation", FINAL: "follow-up"}
"""What a finding's `stage` is called outside: it was found in the file, or while applying."""


def as_json(found: dict[str, Any]) -> dict[str, Any]:
    """A report as JSON: what is known of the upload, its figures, findings by code, files and hashes."""
    made = [found["reports"][stage] for stage in STAGES if stage in found["reports"]]
    last = made[-1] if made else None
    base = f"/api/v1/reports/{found['uploadId']}"
    files = [
        file
        for name in FILES
        if (file := newest_file(found, name)) is not None and part_of(name) not in found["removed"]
    ]
    return {key: value for key, value in found.items() if key != "reports"} | {
        "summary": last["counts"] if last else [],
        "findings": [
            {**group, "stage": stage}
            for part, stage in FOUND_WHEN.items()
            if part in found["reports"]
            for group in found["reports"][part]["findings"]["byCause"]
        ],
        "sincePrevious": made[0]["findings"]["sincePrevious"] if made else None,
        "files": [
            {key: file[key] for key in ("name", "sha256", "sizeBytes", "contentType")}
            | {"href": f"{base}/{file['name']}"}
            for file in files
        ],
    }


def newest_file(found: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The file of this name in the latest stage that has one."""
    for stage in reversed(STAGES):
        for file in found["reports"].get(stage, {}).get("files", []):
            if file["name"] == name:
                newest: dict[str, Any] = file
                return newest
    return None


def all_files(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Every file of an upload's reports, with its `path` in an archive."""
    return [
        {**file, "path": f"{found['uploadId']}/{stage}/{file['name']}"}
        for stage in STAGES
        for file in found["reports"].get(stage, {}).get("files", [])
        if part_of(file["name"]) not in found["removed"]
    ]
