"""users.csv: one record is one person at one school, in one class or in none."""

from typing import Final

from rollbook.common.dictionary import names
from rollbook.common.dictionary.columns import Column, Dictionary, Requirement
from rollbook.common.dictionary.formats import EMAIL, GRADE, GRADES, IDENTIFIER, TEXT, YES_NO, OneOf

STUDENT: Final = "student"
STAFF: Final = ("teacher", "administrator")
ROLES: Final = (STUDENT, *STAFF)

ADD: Final = "add"
REMOVE: Final = "remove"
DEACTIVATE: Final = "deactivate"

CLASS_COLUMNS: Final = (
    names.CLASS_ID,
    names.CLASS_NAME,
    names.CLASS_DISPLAY_NAME,
    names.CLASS_GRADE,
    names.PRIMARY_TEACHER,
)
"""The cells that describe a class; none of them belongs in a record that deactivates a person."""

RECOMMENDED_CLASS_SIZE: Final = 80

SOCIAL_SECURITY_NUMBER: Final = r"^(?:[0-9]{9}|[0-9]{3}-[0-9]{2}-[0-9]{4})$"

_ROLE: Final = OneOf(
    ROLES,
    meanings=(
        ("students", "student"),
        ("pupil", "student"),
        ("learner", "student"),
        ("s", "student"),
        ("teachers", "teacher"),
        ("instructor", "teacher"),
        ("faculty", "teacher"),
        ("t", "teacher"),
        ("admin", "administrator"),
        ("administrators", "administrator"),
        ("principal", "administrator"),
        ("a", "administrator"),
    ),
)
_ACTION: Final = OneOf(
    (ADD, REMOVE, DEACTIVATE),
    meanings=(
        ("update", "add"),
        ("upsert", "add"),
        ("create", "add"),
        ("new", "add"),
        ("insert", "add"),
        ("drop", "remove"),
        ("unenroll", "remove"),
        ("withdraw", "deactivate"),
        ("inactive", "deactivate"),
        ("disable", "deactivate"),
    ),
)

_TO_ADD: Final = "to add or update a person"
_TO_REMOVE: Final = "to take a person out of a class"
_TO_DEACTIVATE: Final = "to deactivate a person"

USERS: Final = Dictionary(
    "users",
    columns=(
        Column(names.ACTION, "conditional", _ACTION, None,
               "What to do: blank or add (add or update the person), remove (take the person out of this "
               "class), deactivate (the person leaves)",
               "add", "delete", "unknown_value"),
        Column(names.SCHOOL_ID, "required", IDENTIFIER, 100,
               "The ID of the school, as in the district's list of schools",
               "00123", "00 123", "malformed", same_within=names.CLASS_ID),
        Column(names.SCHOOL_NAME, "optional", TEXT, 255, "The name of the school",
               "Oak Street School", "=HYPERLINK(A1)", "formula", same_within=names.SCHOOL_ID),
        Column(names.USER_ROLE, "required", _ROLE, None, "The person's role at the school",
               "student", "guardian", "unknown_value", same_within=names.USER_ID),
        Column(names.USER_ID, "required", IDENTIFIER, 100,
               "The person's ID, unique in the district; capitals and leading zeros count",
               "000417", "4.17E+11", "scientific_notation"),
        Column(names.USER_DISTRICT_ID, "optional", IDENTIFIER, 100, "The district's own ID of the person",
               "D-0417", "D 0417", "malformed", same_within=names.USER_ID, unique_per_person=True),
        Column(names.USER_STATE_ID, "optional", IDENTIFIER, 100, "The state's ID of the person",
               "TX900417", "9.00417E+14", "scientific_notation", same_within=names.USER_ID,
               unique_per_person=True),
        Column(names.USER_FIRST_NAME, "required", TEXT, 100, "The person's first name",
               "Ana", "@Ana", "formula", same_within=names.USER_ID),
        Column(names.USER_MIDDLE_NAME, "optional", TEXT, 100, "The person's middle name",
               "María", "-María", "formula", same_within=names.USER_ID),
        Column(names.USER_LAST_NAME, "required", TEXT, 100,
               "The person's last name",
               "O'Neil-Nuñez", "+Nuñez", "formula", same_within=names.USER_ID),
        Column(names.USER_EMAIL, "required", EMAIL, 254,
               "The person's e-mail address, shared with nobody else",
               "ana.nunez@example.org", "ana.nunez@example", "malformed", same_within=names.USER_ID,
               unique_per_person=True),
        Column(names.USER_GRADE, "conditional", GRADE, None, "The student's grade; blank for staff",
               "K", "Kindergarten", "unknown_value", same_within=names.USER_ID),
        Column(names.CLASS_ID, "conditional", IDENTIFIER, 100, "The ID of the class",
               "MATH-7#1", "MATH 7", "malformed"),
        Column(names.CLASS_NAME, "conditional", TEXT, 255, "The name of the class",
               "Mathematics 7", "=A1", "formula", same_within=names.CLASS_ID),
        Column(names.CLASS_DISPLAY_NAME, "optional", TEXT, 255, "The name of the class as people see it",
               "Maths, period 1", "@Maths", "formula", same_within=names.CLASS_ID),
        Column(names.CLASS_GRADE, "conditional", GRADES, None,
               "The grade of the class, or several separated by commas in one quoted cell",
               "07,08", "07,,08", "unknown_value", same_within=names.CLASS_ID),
        Column(names.PRIMARY_TEACHER, "conditional", YES_NO, None,
               "Whether this staff member is the primary teacher of the class; blank for students",
               "yes", "maybe", "unknown_value"),
    ),
    requirements={
        ADD: (
            Requirement(names.SCHOOL_ID, _TO_ADD),
            Requirement(names.USER_ROLE, _TO_ADD),
            Requirement(names.USER_ID, _TO_ADD),
            Requirement(names.USER_FIRST_NAME, _TO_ADD),
            Requirement(names.USER_LAST_NAME, _TO_ADD),
            Requirement(names.USER_EMAIL, _TO_ADD),
            Requirement(names.USER_GRADE, "for a student", "student"),
            Requirement(names.CLASS_ID, "because another class column of the row is filled", "class_cell"),
            Requirement(names.CLASS_NAME, f"because {names.CLASS_ID} is filled", "class"),
        ),
        REMOVE: (
            Requirement(names.SCHOOL_ID, _TO_REMOVE),
            Requirement(names.USER_ID, _TO_REMOVE),
            Requirement(names.CLASS_ID, _TO_REMOVE),
        ),
        DEACTIVATE: (
            Requirement(names.SCHOOL_ID, _TO_DEACTIVATE),
            Requirement(names.USER_ID, _TO_DEACTIVATE),
        ),
    },
)  # fmt: skip
