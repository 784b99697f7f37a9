"""What support may enter as a district."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rollbook.common.dictionary.formats import Identifier
from rollbook.common.tabular.white_space import WHITE_SPACE

SOURCES: Final = ("batch_upload", "clever", "classlink", "gg4l", "oneroster")
DEFAULT_THRESHOLDS: Final = {"updatedPercent": 75.0, "removedPercent": 10.0, "fromRecords": 20}
_FORMULA: Final = ("=", "+", "-", "@")
_CONTROL: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class District:
    """A district; `schools` are pairs of an ID ("" where it has none yet) and a name."""

    district_id: str
    version: int
    name: str
    enrollment_source: str
    allow_school_creation: bool
    thresholds: dict[str, Any]
    schools: tuple[tuple[str, str], ...]
    active: bool = False

    def schools_without_unique_id(self) -> list[dict[str, str]]:
        """The schools that hinder activation."""
        ids = [school for school, _ in self.schools]
        return [
            {"schoolId": school, "name": name}
            for school, name in self.schools
            if not school or ids.count(school) > 1
        ]


def district_from(district_id: str, version: int, body: Any) -> tuple[District | None, dict[str, str]]:
    """The district in a request's body, or what is wrong, by field."""
    faults: dict[str, str] = {}
    if not isinstance(body, dict):
        return None, {"body": "Send a JSON object."}
    if not re.fullmatch(Identifier.pattern[1:-1], district_id) or len(district_id) > 100:
        faults["districtId"] = Identifier.rule
    name = _text(body.get("name"), "name", faults, required=True)
    source = body.get("enrollmentSource", "batch_upload")
    if source not in SOURCES:
        faults["enrollmentSource"] = f"One of {', '.join(SOURCES)}."
    creation = body.get("allowSchoolCreation", False)
    if not isinstance(creation, bool):
        faults["allowSchoolCreation"] = "true or false."
    schools = _schools(body.get("schools", []), faults)
    known = None if creation is True else {school for school, _ in schools}
    thresholds = _thresholds(body.get("thresholds"), known, faults)
    if faults:
        return None, faults
    return District(district_id, version, name, source, creation, thresholds, schools), {}


def _thresholds(given: Any, known: Collection[str] | None, faults: dict[str, str]) -> dict[str, Any]:
    """The district's thresholds, and below `schools` those of schools that have their own.

    `known`: the district's schools; None where a file may bring further ones.
    """
    given = {} if given is None else given
    if not isinstance(given, dict):
        faults["thresholds"] = "An object."
        return {}
    by_school = given.get("schools", {})
    of_district = {field: value for field, value in given.items() if field != "schools"}
    found = _limits(of_district, DEFAULT_THRESHOLDS, "thresholds", faults)
    if not isinstance(by_school, dict):
        faults["thresholds.schools"] = "An object with an object of thresholds for each schoolId."
        return {}
    schools = {}
    for school, own in by_school.items():
        place = f"thresholds.schools.{school}"
        if known is not None and school not in known:
            faults[place] = "Not a school of this district."
        elif not isinstance(own, dict):
            faults[place] = "An object."
        else:
            schools[school] = _limits(own, found, place, faults)
    return {**found, "schools": schools}


def _limits(
    given: dict[str, Any], base: Mapping[str, float], place: str, faults: dict[str, str]
) -> dict[str, float]:
    found = dict(base)
    for field, value in given.items():
        whole = field == "fromRecords"
        top = 10**9 if whole else 100
        if field not in DEFAULT_THRESHOLDS:
            faults[f"{place}.{field}"] = f"Not known; there are {', '.join(DEFAULT_THRESHOLDS)}."
        elif (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (whole and not isinstance(value, int))
            or not 0 <= value <= top
        ):
            faults[f"{place}.{field}"] = f"A number from 0 to {top}."
        else:
            found[field] = value
    return found


def _schools(given: Any, faults: dict[str, str]) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, list):
        faults["schools"] = "A list of {schoolId, name}."
        return ()
    schools = []
    for at, item in enumerate(given):
        place = f"schools.{at}"
        if not isinstance(item, dict):
            faults[place] = "An object {schoolId, name}."
            continue
        school = item.get("schoolId")
        school = "" if school is None else school
        if not isinstance(school, str):
            faults[f"{place}.schoolId"] = Identifier.rule
            continue
        school = school.strip(WHITE_SPACE)
        if school and (
            len(school) > 100
            or school.startswith(_FORMULA)
            or re.fullmatch(Identifier.scientific_notation[1:-1], school)
            or not re.fullmatch(Identifier.pattern[1:-1], school)
        ):
            faults[f"{place}.schoolId"] = f"{Identifier.rule}; at most 100, not beginning like a formula."
        schools.append((school, _text(item.get("name"), f"{place}.name", faults, required=False)))
    return tuple(schools)


def _text(value: Any, place: str, faults: dict[str, str], *, required: bool) -> str:
    if value is None and not required:
        return ""
    text = unicodedata.normalize("NFC", value.strip(WHITE_SPACE)) if isinstance(value, str) else ""
    if not isinstance(value, str) or (required and not text):
        faults[place] = "Text is needed here."
    elif len(text) > 255:
        faults[place] = "At most 255 characters."
    elif text.startswith(_FORMULA):
        faults[place] = "Must not begin with =, +, - or @."
    elif any(unicodedata.category(character) in _CONTROL for character in text):
        faults[place] = "Must not hold control characters."
    return text
