"""One record as it is shown, and the tag by which a later change of it is noticed."""

import hashlib
import json
from collections.abc import Mapping

from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r


def represented(
    record: Mapping[str, str], demographics: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The record's columns, and a student's demographics as far as they are filled."""
    shown: dict[str, object] = dict(record)
    if demographics is not None:
        shown[r.DEMOGRAPHICS] = {
            name: value for name, value in demographics.items() if value and name != n.USER_ID
        }
    return shown


def etag_of(shown: Mapping[str, object]) -> str:
    """The same for the same values, whatever happened in between."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:20]


def person_kind(person: Mapping[str, str]) -> str:
    """`student` or `staff`."""
    return r.STUDENT if person[n.USER_ROLE] == r.STUDENT else r.STAFF
