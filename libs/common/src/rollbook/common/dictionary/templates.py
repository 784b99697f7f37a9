"""The files people start from: a header and sample rows that validate clean.

They add, and add only: in a district that has their school they upload without a finding, users first, while
a row that removes somebody would need a person who is there.
"""

from typing import Final

import polars as pl

from rollbook.common import report_csv
from rollbook.common.dictionary import names
from rollbook.common.dictionary.catalogue import DICTIONARY
from rollbook.common.dictionary.columns import Kind

_SCHOOL: Final = {names.SCHOOL_ID: "00123", names.SCHOOL_NAME: "Oak Street School"}
_CLASS: Final = {
    names.CLASS_ID: "MATH-7-1",
    names.CLASS_NAME: "Mathematics 7",
    names.CLASS_DISPLAY_NAME: "Maths, period 1",
    names.CLASS_GRADE: "07,08",
}

SAMPLES: Final[dict[Kind, tuple[dict[str, str], ...]]] = {
    "users": (
        {
            **_SCHOOL,
            **_CLASS,
            names.USER_ROLE: "teacher",
            names.USER_ID: "T0042",
            names.USER_DISTRICT_ID: "D-0042",
            names.USER_FIRST_NAME: "Grace",
            names.USER_LAST_NAME: "O'Neil",
            names.USER_EMAIL: "grace.oneil@example.org",
            names.PRIMARY_TEACHER: "true",
        },
        {
            **_SCHOOL,
            **_CLASS,
            names.ACTION: "add",
            names.USER_ROLE: "student",
            names.USER_ID: "000417",
            names.USER_DISTRICT_ID: "D-0417",
            names.USER_STATE_ID: "TX900417",
            names.USER_FIRST_NAME: "Ana",
            names.USER_MIDDLE_NAME: "María",
            names.USER_LAST_NAME: "Nuñez",
            names.USER_EMAIL: "ana.nunez@example.org",
            names.USER_GRADE: "07",
        },
        {
            **_SCHOOL,
            names.USER_ROLE: "administrator",
            names.USER_ID: "A0001",
            names.USER_FIRST_NAME: "Sam",
            names.USER_LAST_NAME: "Lee",
            names.USER_EMAIL: "sam.lee@example.org",
        },
    ),
    "demographics": (
        {
            names.USER_ID: "000417",
            names.BIRTH_DATE: "2012-03-04",
            names.SEX: "female",
            names.WHITE: "yes",
            names.HISPANIC_OR_LATINO: "yes",
            names.ENGLISH_LEARNER: "no",
            names.COUNTRY_OF_BIRTH: "US",
            names.STATE_OF_BIRTH: "TX",
            names.CITY_OF_BIRTH: "Austin",
            names.HOME_LANGUAGE: "Spanish",
        },
    ),
}


def template(kind: Kind) -> bytes:
    """The template of a kind of file as CSV: its columns in dictionary order, and sample rows."""
    columns = DICTIONARY[kind].names
    rows = [{name: sample.get(name, "") for name in columns} for sample in SAMPLES[kind]]
    return report_csv.write(pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String)))
