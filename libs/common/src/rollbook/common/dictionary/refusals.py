"""Why a file is refused as a whole: every code of section 2 of the data dictionary with its texts.

The placeholders of a text are the fields of a problem (`got`, `expected`, `row`) and, where named below,
details of the one case.  The upload service fills them in; `GET /data-dictionary` and the docs print them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason to refuse a file: when it applies, what is wrong, and what to do, in plain English.

    `accepted` and `rejected` are a demographics.csv each; U+0081 stands for a byte that cannot be read, and
    the limit is one less than what `rejected` has.
    """

    code: str
    when: str
    message: str
    how_to_fix: str
    rejected: str
    accepted: str = "userId,sex\ns1,male\n"


_ALL: Final = (
    Refusal(
        "file.empty",
        "The file has no bytes, or only white space.",
        "The file is empty.",
        "Download the template, fill it in, save it as CSV and upload that file.",
        "\n",
    ),
    Refusal(
        "file.not_csv",
        "The file is a ZIP archive, a workbook, a PDF, an image… by its signature, or holds a NUL character.",
        "The file is not a CSV file: {reason}.",
        "Open your data in a spreadsheet, save it as “CSV UTF-8 (Comma delimited)”, and upload that file.",
        "%PDF-1.7",
    ),
    Refusal(
        "file.undecodable",
        "The bytes are not UTF-8, not UTF-16 with a BOM and not Windows-1252.",
        "Row {row} holds bytes that are not valid {expected}, so its text cannot be read.",
        "Save the file as “CSV UTF-8 (Comma delimited)”, check the letters in row {row}, and upload it.",
        "userId,cityOfBirth\ns1,Orl\x81ans\n",
    ),
    Refusal(
        "file.too_large",
        "The file is larger than the limit.",
        "The file is larger than the limit of {expected} bytes.",
        "Split it into files of at most {expected} bytes, each with the header; upload one after the other.",
        "userId,sex\ns1,female\n",
    ),
    Refusal(
        "file.too_many_rows",
        "The file has more rows than the limit.",
        "The file has more rows than the limit of {expected}.",
        "Split it into files of at most {expected} rows, each with the header; upload one after the other.",
        "userId,sex\ns1,male\ns2,male\n",
    ),
    Refusal(
        "file.wrong_delimiter",
        "The header holds known column names when split at semicolons, tabs or vertical bars, not at commas.",
        "The columns are separated by {delimiter}, where commas are expected.",
        "Save the file as “CSV UTF-8 (Comma delimited)”, with commas between columns, and upload that file.",
        "userId;sex\ns1;male\n",
    ),
    Refusal(
        "file.unclosed_quote",
        "A quoted cell never closes.",
        'In row {row} a cell begins with a quotation mark (") that is never closed.',
        "Close the quotation at the end of that cell in row {row}, or remove the mark at its beginning.",
        'userId,sex\ns1,"male\n',
    ),
    Refusal(
        "file.no_rows",
        "The file has a header and no record.",
        "The file has a header but no rows below it.",
        "Enter at least one row below the header and upload the file again.",
        "userId,sex\n",
    ),
    Refusal(
        "file.wrong_kind",
        "The header is that of the other file.",
        "This is the header of {got}.csv, where {expected}.csv is expected.",
        "Choose your {expected}.csv, or upload this file as {got}.",
        "userId,schoolId,userRole\ns1,00123,student\n",
    ),
    Refusal(
        "header.not_first_row",
        "Row 1 holds no known column name, and one of rows 2 to 5 holds three or more; or row 1 is a "
        "line like “sep=;”, which names the separator to a spreadsheet, and row 2 holds one.",
        "Row 1 {what}; the header seems to be row {row}.",
        "Delete the rows above row {row}, so that the header is the first row of the file.",
        "Oak Street School\nuserId,sex,gifted\ns1,male,no\n",
    ),
    Refusal(
        "header.missing",
        "A required or conditional column is absent.",
        "The column {expected} is missing.",
        "Add a column named {expected} and fill it in where it applies.",
        "sex\nmale\n",
    ),
    Refusal(
        "header.wrong_case",
        "A name equals a column but for capitals.",
        "The column “{got}” must be written {expected}.",
        "Rename the column “{got}” to {expected}, with the same capitals.",
        "userID,sex\ns1,male\n",
    ),
    Refusal(
        "header.misspelled",
        "A name is no column's, but close to one that is absent.",
        "“{got}” is not the name of a column; it is probably {expected}.",
        "Rename the column “{got}” to {expected}.",
        "user_id,sex\ns1,male\n",
    ),
    Refusal(
        "header.extra",
        "A column is not in the dictionary.",
        "“{got}” is not a column of {kind}.csv.",
        "Delete the column “{got}” (column {letter} of the spreadsheet).",
        "userId,sex,phone\ns1,male,1\n",
    ),
    Refusal(
        "header.duplicate",
        "A column is there twice.",
        "The column {got} is there more than once.",
        "Delete all but one of the columns named {got} (column {letter} of the spreadsheet repeats it).",
        "userId,sex,sex\ns1,male,male\n",
    ),
    Refusal(
        "header.blank",
        "A blank header cell stands above a cell that is not blank.",
        "Column {letter} of the spreadsheet has no name, but row {filled_row} has a value in it.",
        "Enter the name of the column in cell {letter}{row}, or delete the column.",
        "userId,\ns1,male\n",
    ),
)

ROW_IN_ONE_CELL: Final = Refusal(
    "header.extra",
    "The header stands in one cell: its row was quoted as a whole.",
    "Cell {letter}{row} holds several names of columns, “{got}”; each needs a cell of its own, and so do the "
    "cells below.",
    "Select column {letter} in your spreadsheet, split it with Text to Columns at the commas, and save the "
    "file as “CSV UTF-8 (Comma delimited)”.",
    '"userId,sex"\n"s1,male"\n',
)
"""What comes of a file with commas that was opened and saved where a spreadsheet expects semicolons."""

REFUSALS: Final[Mapping[str, Refusal]] = {refusal.code: refusal for refusal in _ALL}
"""In the order of the data dictionary."""
