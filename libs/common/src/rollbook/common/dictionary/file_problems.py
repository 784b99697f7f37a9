"""What can be wrong in a file by itself: in its bytes, a record, or between its records (section 3)."""

from dataclasses import replace
from typing import Final

from rollbook.common.dictionary import names
from rollbook.common.dictionary.columns import Column, Kind
from rollbook.common.dictionary.formats import Text
from rollbook.common.dictionary.problem import Problem
from rollbook.common.dictionary.shapes import OF_A_FORMULA

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
TOO_FEW_CELLS: Final = Problem(
    "too_few_cells",
    "cells are missing at the end of the record, and not only those of ignored columns",
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

FURTHER: Final[dict[tuple[Kind, str], tuple[Problem, ...]]] = {
    ("users", names.ACTION): (CONFLICT_OF_ACTIONS,),
    ("users", names.USER_ID): (RESEMBLES_SSN,),
    ("users", names.USER_GRADE): (NOT_ALLOWED,),
    ("users", names.CLASS_ID): (NOT_ALLOWED, OVER_RECOMMENDED_SIZE),
    ("users", names.CLASS_NAME): (NOT_ALLOWED,),
    ("users", names.CLASS_DISPLAY_NAME): (NOT_ALLOWED,),
    ("users", names.CLASS_GRADE): (NOT_ALLOWED,),
    ("users", names.PRIMARY_TEACHER): (NOT_ALLOWED, SEVERAL),
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
