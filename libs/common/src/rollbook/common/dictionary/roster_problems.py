"""What can be wrong with a record beside the stored roster, before Process or while applying (section 5)."""

from typing import Final

from rollbook.common.dictionary import names
from rollbook.common.dictionary.columns import Kind
from rollbook.common.dictionary.problem import Problem

LEADING_ZEROS_LOST: Final = Problem(
    "leading_zeros_lost",
    "the school is unknown, but equals a stored one once leading zeros are dropped from both",
    "{column} {value} is not a school of this district; one with leading zeros is.",
    "Format the column as Text in your spreadsheet and enter {column} with its leading zeros.",
    message_if_known="{column} {value} is not a school of this district; {suggestion} is.",
    how_to_fix_if_known="Format the column as Text in your spreadsheet and enter {suggestion}.",
    stage="roster",
)
WRONG_CAPITALS: Final = Problem(
    "wrong_capitals",
    "the school is unknown, but equals a stored one but for capitals",
    "{column} {value} is not a school of this district; one with other capitals is.",
    "Enter {column} with the capitals of the district's list of schools.",
    message_if_known="{column} {value} is not a school of this district; {suggestion} is.",
    how_to_fix_if_known="Enter {suggestion} in {column}; capitals count.",
    stage="roster",
)
SCHOOL_NOT_FOUND: Final = Problem(
    "not_found",
    "the school is unknown in this district",
    "{column} {value} is not a school of this district.",
    "Enter a {column} of the district's list of schools, or ask support to add the school.",
    stage="roster",
)
OUT_OF_SCOPE: Final = Problem(
    "out_of_scope",
    "the person who uploads may not change that school, or the school of the person who would leave",
    "You may not change school {value}.",
    "Remove the rows of this {column} from your file, or ask for access to the school.",
    message_if_known="{person_key} {userId} is of school {suggestion}, which you may not change.",
    how_to_fix_if_known="Remove the row from your file, or ask for access to school {suggestion}.",
    stage="roster",
)
STUDENTS_NOT_ACCEPTED: Final = Problem(
    "students_not_accepted",
    "a student, in a district whose students come from a third party",
    "This record has {column} {value}, but the district's students come from another enrollment source.",
    "Remove the rows of students from your file; only staff may be uploaded in this district.",
    message_if_known="This record has {column} {value}, but the district's students come from {suggestion}.",
    stage="roster",
)
CONFLICT_OF_ROLES: Final = Problem(
    "conflict",
    "the person is stored as a student and sent as staff, or the reverse",
    "{column} {value} contradicts the roster: students cannot become staff, nor staff students.",
    "Check {person_key} {userId}: enter the {column} that is stored, or the {person_key} of the person you "
    "mean.",
    message_if_known="{column} {value} contradicts the roster, where {person_key} {userId} is a "
    "{suggestion}.",
    how_to_fix_if_known="Enter {suggestion} in {column}, or the {person_key} of the person you mean.",
    stage="roster",
)
ALREADY_USED: Final = Problem(
    "already_used",
    "the value is stored for another person of the district",
    "{column} {value} is stored for another person of the district.",
    "Enter this person's own {column}; if it is the same person, enter the {person_key} that is stored.",
    message_if_known="{column} {value} is stored for {person_key} {suggestion}.",
    how_to_fix_if_known="Enter this person's own {column}; if it is the same person, enter {suggestion} in "
    "{person_key}, or confirm the new {person_key} where you process the file, if it is offered there.",
    stage="roster",
)
ALREADY_USED_ELSEWHERE: Final = Problem(
    "already_used_elsewhere",
    "the value is stored in another district",
    "{column} {value} is used by a person of another district.",
    "Enter another {column} for this person, or ask support if the person has moved to your district.",
    stage="roster",
)
OTHER_SCHOOL: Final = Problem(
    "other_school",
    "the class is stored under another school",
    "{column} {value} is a class of another school.",
    "Enter the {school_key} of the class, or another {column} for a class of this school.",
    message_if_known="{column} {value} is a class of school {suggestion}.",
    how_to_fix_if_known="Enter {suggestion} in {school_key}, or another {column} for a class of this school.",
    stage="roster",
)
PERSON_NOT_FOUND: Final = Problem(
    "not_found",
    "there is no such person to remove or deactivate",
    "{column} {value} is not a person of this district, so there is nobody to remove or deactivate.",
    "Correct {column}, or delete the row if the person has left already.",
    stage="roster",
)
CLASS_NOT_FOUND: Final = Problem(
    "not_found",
    "there is no such class to remove the person from",
    "The person is not in a class with {column} {value}, so there is nothing to remove.",
    "Correct {column}, or delete the row if the person has left the class already.",
    stage="roster",
)
SELF_DEACTIVATION: Final = Problem(
    "self_deactivation",
    "the record deactivates the account of the person who uploads",
    "{column} {value} would deactivate your own account.",
    "Delete the row; another administrator can deactivate your account.",
    stage="roster",
)
PERSON_LEADING_ZEROS_LOST: Final = Problem(
    "leading_zeros_lost",
    "a person would be created whose ID equals a stored one once leading zeros are dropped",
    "{column} {value} would be a new person, but one whose ID differs only by leading zeros is stored.",
    "If it is the same person, format the column as Text in your spreadsheet and enter {column} with its "
    "leading zeros.",
    message_if_known="{column} {value} would be a new person, but {suggestion} is stored.",
    how_to_fix_if_known="If it is the same person, format the column as Text in your spreadsheet and enter "
    "{suggestion}.",
    severity="warning",
    stage="roster",
)
NO_TEACHER: Final = Problem(
    "no_teacher",
    "the class would have no teacher",
    "{column} {value} would have no teacher.",
    "Add a row with a teacher for {column} {value}. You may go on without a change.",
    severity="warning",
    stage="roster",
)
STUDENT_NOT_FOUND: Final = Problem(
    "not_found",
    "there is no such person in the roster, or in the schools that the person who uploads may change",
    "{column} {value} is not a person of this district.",
    "Correct {column}, or upload the student in users.csv first.",
    message_if_known="{column} {value} is of school {suggestion}, which you may not change.",
    how_to_fix_if_known="Remove the row from your file, or ask for access to school {suggestion}.",
    stage="roster",
)
NOT_A_STUDENT: Final = Problem(
    "not_a_student",
    "the person is stored as staff",
    "{column} {value} is not a student.",
    "Correct {column}, or delete the row: demographics are kept for students only.",
    message_if_known="{column} {value} is a {suggestion}, not a student.",
    stage="roster",
)
CHANGED_SINCE_PREVIEW: Final = Problem(
    "changed_since_preview",
    "what the record changes was changed by somebody else between the preview and Process",
    "The record of {person_key} {userId} was changed by somebody else after the preview, so the row was "
    "left out.",
    "Look at the record in the portal, and upload the row again if it should still change.",
    message_if_known="{suggestion} was changed by somebody else in the meantime, so it was left as it is.",
    how_to_fix_if_known="Look at the record in the portal, and change it there if it should still change.",
    stage="applying",
)
DEPENDENCY_FAILED: Final = Problem(
    "dependency_failed",
    "the school, person or class that the record needs was not saved",
    "The record was not saved, because the school, person or class it needs was not saved.",
    "Correct the row of that school, person or class, and upload both rows again.",
    message_if_known="The record was not saved, because {suggestion} was not saved.",
    stage="applying",
)
NOT_SAVED: Final = Problem(
    "not_saved",
    "the record could not be saved",
    "The record of {person_key} {userId} could not be saved.",
    "Upload the row again; tell support if it fails a second time.",
    message_if_known="The record of {person_key} {userId} could not be saved: {suggestion}.",
    stage="applying",
)

WHILE_APPLYING: Final = (CHANGED_SINCE_PREVIEW, DEPENDENCY_FAILED, NOT_SAVED)

OF_COLUMNS: Final[dict[tuple[Kind, str], tuple[Problem, ...]]] = {
    ("users", names.ACTION): (SELF_DEACTIVATION,),
    ("users", names.SCHOOL_ID): (LEADING_ZEROS_LOST, WRONG_CAPITALS, SCHOOL_NOT_FOUND, OUT_OF_SCOPE),
    ("users", names.USER_ROLE): (STUDENTS_NOT_ACCEPTED, CONFLICT_OF_ROLES),
    ("users", names.USER_ID): (PERSON_NOT_FOUND, PERSON_LEADING_ZEROS_LOST),
    ("users", names.USER_DISTRICT_ID): (ALREADY_USED,),
    ("users", names.USER_STATE_ID): (ALREADY_USED,),
    ("users", names.USER_EMAIL): (ALREADY_USED, ALREADY_USED_ELSEWHERE),
    ("users", names.CLASS_ID): (OTHER_SCHOOL, CLASS_NOT_FOUND, NO_TEACHER),
    ("demographics", names.USER_ID): (STUDENT_NOT_FOUND, NOT_A_STUDENT),
}
