"""Everything that can be wrong in a file that is read: problem by problem, with its texts (sections 3 to 6).

In the texts `{column}`, `{max}`, `{allowed}`, `{example}` and `{contents}` come from the column; `{value}`,
`{suggestion}`, `{related}`, `{row}`, `{userId}` and `{classId}` from the finding; `{person_key}`,
`{class_key}` and `{school_key}` are the names of the ID columns.  `…_if_known` is used where
the finding has a suggestion: the right value, the other value, or the reason.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from rollbook.common.dictionary import names
from rollbook.common.dictionary.columns import Column
from rollbook.common.dictionary.formats import Text
from rollbook.common.dictionary.shapes import OF_A_FORMULA, Shape

Severity = Literal["error", "warning"]
Stage = Literal["file", "record", "across", "roster", "applying"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that can be wrong.  `when` says when it is found; `stage` says by comparing what.

    A cell of one of `shapes` has the texts of that shape.
    """

    name: str
    when: str
    message: str
    how_to_fix: str
    message_if_known: str = ""
    how_to_fix_if_known: str = ""
    severity: Severity = "error"
    stage: Stage = "record"
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding code: a problem of one column, of the record (`row`, `record`) or of the file."""

    code: str
    column: str
    problem: Problem

    @property
    def severity(self) -> Severity:
        """Whether it keeps the record from being accepted."""
        return self.problem.severity


CONTROL_CHARACTER: Final = Problem(
    "control_character",
    "a line break or another control character is left after trimming",
    "{column} “{value}” holds a line break or another control character (shown as ␣).",
    "Delete the line break or control character from {column}.",
    how_to_fix_if_known="Delete the line break or control character: enter {suggestion} in {column}.",
)
TOO_LONG: Final = Problem(
    "too_long",
    "the cell has more than {max} characters",
    "{column} “{value}” is longer than {max} characters.",
    "Shorten {column} to {max} characters or fewer.",
    message_if_known="{column} “{value}” has {suggestion} characters; at most {max} are allowed.",
)
FORMULA: Final = Problem(
    "formula",
    "the cell begins with =, +, - or @, which a spreadsheet would run as a formula",
    "{column} “{value}” begins like a formula of a spreadsheet (=, +, - or @).",
    "Enter {column} so that it does not begin with =, +, - or @.",
    how_to_fix_if_known="Enter {suggestion} in {column}, without the sign before it.",
    shapes=OF_A_FORMULA,
)
SCIENTIFIC_NOTATION: Final = Problem(
    "scientific_notation",
    "a spreadsheet has turned a long number into something like 4.17E+11",
    "{column} “{value}” is a long number that a spreadsheet has shortened; its last digits are lost.",
    "Format the column as Text in your spreadsheet and enter the full {column} again from your student "
    "information system.",
)
REQUIRED: Final = Problem(
    "required",
    "the cell is blank though it must be filled",
    "{column} is blank; it must be filled.",
    "Fill {column}: {contents}.",
    message_if_known="{column} is blank; it must be filled {suggestion}.",
)
NOT_ALLOWED: Final = Problem(
    "not_allowed",
    "the cell is filled where it must be blank",
    "{column} “{value}” must be blank in this record.",
    "Clear {column} in this row.",
    message_if_known="{column} “{value}” must be blank {suggestion}.",
)
INCONSISTENT: Final = Problem(
    "inconsistent",
    "another row of the same {key} says something else",
    "{column} “{value}” differs from row {related}, which has the same {key}.",
    "Enter the same {column} in every row of this {key}.",
    message_if_known="{column} “{value}” differs from “{suggestion}” in row {related}, which has the same "
    "{key}.",
    how_to_fix_if_known="Enter the same {column} in every row of this {key}: {suggestion} here, or correct "
    "row {related}.",
    stage="across",
)
DUPLICATE: Final = Problem(
    "duplicate",
    "an earlier row gives the value to another person",
    "{column} {value} already belongs to another person, in row {related}.",
    "Enter this person's own {column}, or correct row {related}.",
    message_if_known="{column} {value} already belongs to {person_key} {suggestion}, in row {related}.",
    how_to_fix_if_known="Enter the {column} of this person alone, or correct row {related}; if both rows are "
    "one person, enter the same {person_key} in both.",
    stage="across",
)
OVER_RECOMMENDED_SIZE: Final = Problem(
    "over_recommended_size",
    "more than 80 different students are in the class",
    "{class_key} {value} has more than the recommended 80 students.",
    "Check that {class_key} {value} is one class; split it if it is not. You may go on without a change.",
    message_if_known="{class_key} {value} has {suggestion} students; 80 or fewer are recommended.",
    severity="warning",
    stage="across",
)
SEVERAL: Final = Problem(
    "several",
    "a second, third… person is marked true in the class",
    "Another person, in row {related}, is already the primary teacher of class {classId}.",
    "Enter false in {column} here or in row {related}, unless the class has several primary teachers.",
    severity="warning",
    stage="across",
)
RESEMBLES_SSN: Final = Problem(
    "resembles_ssn",
    "the ID has nine digits, alone or as 3-2-4 with hyphens",
    "{column} {value} looks like a Social Security number.",
    "Use an ID of your student information system in {column} if this is a Social Security number.",
    severity="warning",
    stage="across",
)
CONFLICT_OF_ACTIONS: Final = Problem(
    "conflict",
    "an earlier row does something else with the same person in the same class",
    "{column} “{value}” contradicts row {related}, which is about the same person and class.",
    "Keep one of rows {related} and {row}: delete the one that should not happen.",
    message_if_known="{column} “{value}” contradicts “{suggestion}” in row {related}, which is about "
    "the same person and class.",
    stage="across",
)
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
    "the person who uploads may not change that school",
    "You may not change school {value}.",
    "Remove the rows of this {column} from your file, or ask for access to the school.",
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
    "there is no such person in the roster",
    "{column} {value} is not a person of this district.",
    "Correct {column}, or upload the student in users.csv first.",
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

TOO_FEW_CELLS: Final = Problem(
    "too_few_cells",
    "the record has fewer cells than the header",
    "The row has fewer cells than the header.",
    "Put the cells of the row under their columns again; every row needs as many cells as the header.",
    message_if_known="The row has {suggestion}.",
)
TOO_MANY_CELLS: Final = replace(
    TOO_FEW_CELLS,
    name="too_many_cells",
    when="the record has more cells than the header, and the extra ones are not blank",
    message="The row has more cells than the header.",
    how_to_fix='Put the cells of the row under their columns again; a cell that holds a comma needs quotes '
    'around it, like "07,08".',
)  # fmt: skip
BAD_QUOTE: Final = Problem(
    "bad_quote",
    "there is text between a closing quote and the next comma or line end",
    "A quoted cell of the row has text after its closing quote.",
    'Write a quote inside a quoted cell twice, like "the ""old"" gym", and put nothing after the closing '
    "quote.",
    message_if_known="A quoted cell of the row has “{suggestion}” after its closing quote.",
)
DUPLICATE_RECORD: Final = Problem(
    "duplicate",
    "an earlier row does the same with the same person in the same class (or school, without a class)",
    "The row repeats row {related}: the same person ({userId}) in the same class or school.",
    "Keep one of rows {related} and {row}: delete the other.",
    stage="across",
)
DUPLICATE_STUDENT: Final = Problem(
    "duplicate",
    "an earlier row has the same {person_key}",
    "The row repeats row {related}: it has the same {person_key} {userId}.",
    "Keep one row for each student: delete row {row} or row {related}.",
    stage="across",
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
ENCODING_GUESSED: Final = Problem(
    "encoding_guessed",
    "the file is not UTF-8 and was read as Windows-1252",
    "The file is not UTF-8; it was read as Windows-1252.",
    "Check that accented letters look right; if not, save the file as “CSV UTF-8 (Comma delimited)” and "
    "upload it again.",
    message_if_known="The file is not UTF-8; it was read as Windows-1252, which gives for "
    "example: {suggestion}.",
    severity="warning",
    stage="file",
)

OF_THE_FILE: Final = (ENCODING_GUESSED,)
BROKEN_RECORDS: Final = (TOO_FEW_CELLS, TOO_MANY_CELLS, BAD_QUOTE)
WHILE_APPLYING: Final = (CHANGED_SINCE_PREVIEW, DEPENDENCY_FAILED, NOT_SAVED)

FURTHER: Final[dict[tuple[str, str], tuple[Problem, ...]]] = {
    ("users", names.ACTION): (CONFLICT_OF_ACTIONS, SELF_DEACTIVATION),
    ("users", names.SCHOOL_ID): (LEADING_ZEROS_LOST, WRONG_CAPITALS, SCHOOL_NOT_FOUND, OUT_OF_SCOPE),
    ("users", names.USER_ROLE): (STUDENTS_NOT_ACCEPTED, CONFLICT_OF_ROLES),
    ("users", names.USER_ID): (RESEMBLES_SSN, PERSON_NOT_FOUND, PERSON_LEADING_ZEROS_LOST),
    ("users", names.USER_DISTRICT_ID): (ALREADY_USED,),
    ("users", names.USER_STATE_ID): (ALREADY_USED,),
    ("users", names.USER_EMAIL): (ALREADY_USED, ALREADY_USED_ELSEWHERE),
    ("users", names.USER_GRADE): (NOT_ALLOWED,),
    ("users", names.CLASS_ID): (
        NOT_ALLOWED,
        OVER_RECOMMENDED_SIZE,
        OTHER_SCHOOL,
        CLASS_NOT_FOUND,
        NO_TEACHER,
    ),
    ("users", names.CLASS_NAME): (NOT_ALLOWED,),
    ("users", names.CLASS_DISPLAY_NAME): (NOT_ALLOWED,),
    ("users", names.CLASS_GRADE): (NOT_ALLOWED,),
    ("users", names.PRIMARY_TEACHER): (NOT_ALLOWED, SEVERAL),
    ("demographics", names.USER_ID): (STUDENT_NOT_FOUND, NOT_A_STUDENT),
}
"""The problems that a column has beside those of its format, its length and its requirement."""


def of_the_format(column: Column) -> Problem | None:
    """The problem of a cell that is not of the column's format, with the texts of that format."""
    form = column.format
    if isinstance(form, Text):
        return None
    when = {
        "malformed": f"the cell is not of this form: {form.rule}",
        "unknown_value": f"the cell is not on the list. {form.rule}",
    }[form.problem]
    return Problem(
        form.problem,
        when,
        form.message,
        form.how_to_fix,
        form.message_if_known,
        form.how_to_fix_if_known,
        shapes=form.shapes,
    )
