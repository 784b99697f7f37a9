"""demographics.csv: one record is one student."""

from typing import Final

from rollbook.common.dictionary import names
from rollbook.common.dictionary.columns import Column, Dictionary, Requirement
from rollbook.common.dictionary.formats import DATE, IDENTIFIER, LETTERS, TEXT, YES_NO, OneOf

_SEX: Final = OneOf(
    ("male", "female", "unspecified", "other"),
    meanings=(
        ("m", "male"),
        ("f", "female"),
        ("u", "unspecified"),
        ("unknown", "unspecified"),
        ("x", "other"),
    ),
)

_YES_NO: Final = {
    names.AMERICAN_INDIAN: "Whether the student is American Indian or Alaska Native",
    names.ASIAN: "Whether the student is Asian",
    names.BLACK: "Whether the student is Black or African American",
    names.PACIFIC_ISLANDER: "Whether the student is Native Hawaiian or another Pacific Islander",
    names.WHITE: "Whether the student is White",
    names.TWO_OR_MORE_RACES: "Whether the student is of two or more races",
    names.HISPANIC_OR_LATINO: "Whether the student is Hispanic or Latino",
    names.ENGLISH_LEARNER: "Whether the student is an English learner",
    names.ECONOMICALLY_DISADVANTAGED: "Whether the student is economically disadvantaged",
    names.SPECIAL_EDUCATION: "Whether the student receives special education",
    names.SECTION_504: "Whether the student has a Section 504 plan",
    names.GIFTED: "Whether the student is in a gifted program",
    names.MIGRANT: "Whether the student is a migrant",
    names.HOMELESS: "Whether the student is homeless",
    names.FOSTER_CARE: "Whether the student is in foster care",
}

DEMOGRAPHICS: Final = Dictionary(
    "demographics",
    columns=(
        Column(names.USER_ID, "required", IDENTIFIER, 100, "The student's ID, as in users.csv",
               "000417", "4 17", "malformed"),
        Column(names.BIRTH_DATE, "optional", DATE, None, "The student's day of birth",
               "2012-03-04", "03/04/2012", "malformed"),
        Column(names.SEX, "optional", _SEX, None, "The student's sex", "female", "girl", "unknown_value"),
        *(Column(name, "optional", YES_NO, None, description, "no", "none", "unknown_value")
          for name, description in _YES_NO.items()),
        Column(names.COUNTRY_OF_BIRTH, "optional", LETTERS, 2,
               "The country of birth, as its code of two letters",
               "US", "U1", "malformed"),
        Column(names.STATE_OF_BIRTH, "optional", LETTERS, 2,
               "The state of birth, as its code of two letters",
               "TX", "Tex", "too_long"),
        Column(names.CITY_OF_BIRTH, "optional", TEXT, 100, "The city of birth",
               "Austin", "=Austin", "formula"),
        Column(names.RESIDENCE_STATUS, "optional", TEXT, 100,
               "The student's residence status, by the state's list", "01652", "+01652", "formula"),
        Column(names.HOME_LANGUAGE, "optional", TEXT, 100, "The language spoken at home",
               "Spanish", "@es", "formula"),
    ),
    requirements={"add": (Requirement(names.USER_ID, "to say whose record it is"),)},
)  # fmt: skip
