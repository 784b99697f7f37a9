"""What support may enter as a district."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rollbook.common.dictionary.formats import Identifier
from rollbook.common.tabular.white_space import WHITE_SPACE

SOURCES: Final = ("batch_upload", "clever", "classlink", "gg4l", "oneroster")
DEFAULT_THRESHOLDS: Final = {"updatedPercent": 75.0, "removedPercent": 10.0, "fromRecords": 20}
_MEMBERS: Final = ("name", "enrollmentSource", "allowSchoolCreation", "thresholds", "schools")
_GIVEN_BACK: Final = frozenset({"districtId", "version", "batchUpload"})
"""What a district is shown with besides: it may be sent back as it came."""
_FORMULA: Final = ("=", "+", "-", "@")
_SCHOOL_ID: Final = (
    f"{Identifier.rule}; at most 100 characters, not beginning with =, +, - or @, not like 1.2E+11."
)
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
        times = Counter(school for school, _ in self.schools)
        return [
            {"schoolId": school, "name": name}
            for school, name in self.schools
            if not school or times[school] > 1
        ]


def district_from(district_id: str, version: int, body: Any) -> tuple[District | None, dict[str, str]]:
    """The district in a request's body, or what is wrong, by field."""
    faults: dict[str, str] = {}
    if not isinstance(body, dict):
        return None, {"body": "Send a JSON object."}
    if not _is_identifier(district_id):
        faults["districtId"] = f"{Identifier.rule}; at most 100 characters."
    faults |= _unknown((name for name in body if name not in _GIVEN_BACK), _MEMBERS)
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
        elif not _is_school_id(school):
            faults[place] = _SCHOOL_ID
        elif not isinstance(own, dict):
            faults[place] = "An object."
        else:
            schools[school] = _limits(own, found, place, faults)
    return {**found, "schools": schools}


def _limits(
    given: dict[str, Any], base: Mapping[str, float], place: str, faults: dict[str, str]
) -> dict[str, float]:
    found = dict(base)
    faults |= _unknown(given, DEFAULT_THRESHOLDS, f"{place}.")
    for field in base:
        value = given.get(field, base[field])
        whole = field == "fromRecords"
        top = 10**9 if whole else 100
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (whole and not isinstance(value, int))
            or not 0 <= value <= top
        ):
            faults[f"{place}.{field}"] = f"A{' whole' if whole else ''} number from 0 to {top:,}."
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
        faults |= _unknown(item, ("schoolId", "name"), f"{place}.")
        school = item.get("schoolId")
        school = "" if school is None else school
        if not isinstance(school, str):
            faults[f"{place}.schoolId"] = _SCHOOL_ID
            continue
        school = school.strip(WHITE_SPACE)
        if school and not _is_school_id(school):
            faults[f"{place}.schoolId"] = _SCHOOL_ID
        name = _text(item.get("name"), f"{place}.name", faults, required=False)
        if not school and not name:
            faults.setdefault(f"{place}.name", "A school needs a name, or a schoolId at least.")
        schools.append((school, name))
    return tuple(schools)


def _is_school_id(text: str) -> bool:
    """Whether a row of a file may name a school so."""
    return (
        _is_identifier(text)
        and not text.startswith(_FORMULA)
        and not re.fullmatch(Identifier.scientific_notation[1:-1], text)
    )


def _is_identifier(text: str) -> bool:
    return len(text) <= 100 and re.fullmatch(Identifier.pattern[1:-1], text) is not None


def _unknown(given: Iterable[str], known: Collection[str], place: str = "") -> dict[str, str]:
    """The members that nobody would look at: most likely one is misspelled, and would be lost."""
    return {
        f"{place}{name}": f"Not known; there are {', '.join(known)}." for name in given if name not in known
    }


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
