"""The columns of both files as the tables of sections 3 and 4 give them."""

from dataclasses import dataclass

GRADES = (
    "IT", "PR", "PK", "TK", "KG", *(f"{number:02}" for number in range(1, 14)), "PS", "UG", "Other",
)  # fmt: skip
GRADE_VALUES = (
    {grade.lower(): grade for grade in GRADES} | {"k": "KG"} | {str(n): f"0{n}" for n in range(1, 10)}
)
YES_NO = {"true": "true", "yes": "true", "y": "true", "false": "false", "no": "false", "n": "false"}


def _same(*values):
    return {value: value for value in values}


@dataclass(frozen=True)
class Column:
    """A column: in the header `R`, `C` or `O`; what its cells are; at most so many code points."""

    name: str
    header: str
    holds: str  # id, text, email, list, grades, date, letters
    longest: int | None = None
    values: dict[str, str] | None = None  # lower case to canonical spelling


USERS = (
    Column("action", "C", "list", values=_same("add", "remove", "deactivate")),
    Column("schoolId", "R", "id", 100),
    Column("schoolName", "O", "text", 255),
    Column("userRole", "R", "list", values=_same("student", "teacher", "administrator")),
    Column("userId", "R", "id", 100),
    Column("userDistrictId", "O", "id", 100),
    Column("userStateId", "O", "id", 100),
    Column("userFirstName", "R", "text", 100),
    Column("userMiddleName", "O", "text", 100),
    Column("userLastName", "R", "text", 100),
    Column("userEmail", "R", "email", 254),
    Column("userGrade", "C", "list", values=GRADE_VALUES),
    Column("classId", "C", "id", 100),
    Column("className", "C", "text", 255),
    Column("classDisplayName", "O", "text", 255),
    Column("classGrade", "C", "grades", values=GRADE_VALUES),
    Column("primaryTeacher", "C", "list", values=YES_NO),
)
DEMOGRAPHICS = (
    Column("userId", "R", "id", 100),
    Column("birthDate", "O", "date"),
    Column("sex", "O", "list", values=_same("male", "female", "unspecified", "other")),
    *(
        Column(name, "O", "list", values=YES_NO)
        for name in (
            "americanIndianOrAlaskaNative",
            "asian",
            "blackOrAfricanAmerican",
            "nativeHawaiianOrOtherPacificIslander",
            "white",
            "demographicRaceTwoOrMoreRaces",
            "hispanicOrLatinoEthnicity",
            "englishLearner",
            "economicallyDisadvantaged",
            "specialEducation",
            "section504",
            "gifted",
            "migrant",
            "homeless",
            "fosterCare",
        )
    ),
    Column("countryOfBirthCode", "O", "letters", 2),
    Column("stateOfBirthAbbreviation", "O", "letters", 2),
    Column("cityOfBirth", "O", "text", 100),
    Column("publicSchoolResidenceStatus", "O", "text", 100),
    Column("homeLanguage", "O", "text", 100),
)
KINDS = {"users": USERS, "demographics": DEMOGRAPHICS}
