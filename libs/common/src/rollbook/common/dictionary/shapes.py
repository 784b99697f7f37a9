"""What a wrong cell can look like, where its looks tell what happened to it: mostly, a spreadsheet did.

A problem has one code whatever the cell looks like; a shape gives it the texts that help with this one.  The
first shape that fits is taken.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Shape:
    """Cells that `pattern` (of Rust's regex) finds, in words `when`, and the texts for them.

    `how_to_fix_if_known` is used where the finding has a suggestion; "" stands for the text of the problem.
    """

    when: str
    pattern: str
    message: str
    how_to_fix: str = ""
    how_to_fix_if_known: str = ""


_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_AS_TEXT: Final = "Format the column as Text in your spreadsheet and enter "
_AGAIN: Final = "{column} again as your student information system has it."

ERROR_VALUE: Final = Shape(
    "an error of a formula, like #REF!",
    r"(?i)^#(?:REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|#*)$",
    "{column} “{value}” is what a spreadsheet shows where a formula fails; the value itself is not there.",
    f"Correct the formula in your spreadsheet, or enter {_AGAIN}",
    f"Correct the formula in your spreadsheet, or enter {_AGAIN}",
)
_DATE_OF_AN_ID: Final = Shape(
    "a date",
    r"(?i)^(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2})[T ]+\d{1,2}:\d{2}"
    rf"|^(?:\w+,? )?{_MONTH}[ -]\d{{1,2}}(?:,? \d{{2,4}})?$|^\d{{1,2}}\.? {_MONTH}(?: \d{{2,4}})?$",
    "{column} “{value}” is a date; a spreadsheet has probably made it of the ID.",
    f"{_AS_TEXT}{_AGAIN}",
    f"{_AS_TEXT}{_AGAIN}",
)
_SHORTENED_WITH_A_COMMA: Final = Shape(
    "a long number that a spreadsheet has shortened",
    r"^[0-9]+,[0-9]+[Ee][+-]?[0-9]+$",
    "{column} “{value}” is a long number that a spreadsheet has shortened; its last digits are lost.",
    f"{_AS_TEXT}{_AGAIN}",
    f"{_AS_TEXT}{_AGAIN}",
)
_MARKED_AS_TEXT: Final = Shape(
    "an apostrophe at the beginning",
    "^['’`]",
    "{column} “{value}” begins with an apostrophe, by which spreadsheets mark text.",
    "Delete the apostrophe at the beginning of {column}.",
    "Delete the apostrophe at the beginning: enter {suggestion} in {column}.",
)
_SPACE: Final = Shape(
    "a space",
    r"\p{Z}",
    "{column} “{value}” holds a space, which is not allowed in it.",
    "Delete the space from {column}.",
)
_SPACE_IN_AN_ID: Final = Shape(
    _SPACE.when,
    _SPACE.pattern,
    _SPACE.message,
    "Delete the space from {column}, and use only letters without accents, digits and . _ : ~ / # - in it.",
    "Delete the space from {column}, and use only letters without accents, digits and . _ : ~ / # - in it.",
)
_INVISIBLE: Final = Shape(
    "an invisible character",
    r"\p{Cf}",
    "{column} “{value}” holds an invisible character, of the kind that copying from elsewhere brings along.",
    "Clear {column} and type it in by hand.",
    "Clear {column} and type it in by hand.",
)

OF_AN_ID: Final = (
    ERROR_VALUE, _DATE_OF_AN_ID, _SHORTENED_WITH_A_COMMA, _MARKED_AS_TEXT, _SPACE_IN_AN_ID, _INVISIBLE,
)  # fmt: skip

OF_AN_EMAIL: Final = (
    ERROR_VALUE,
    Shape(
        "no @",
        "^[^@]*$",
        "{column} “{value}” has no @, so it is not an e-mail address.",
        "Enter the person's full e-mail address, like name@example.org, in {column}.",
    ),
    Shape(
        "no dot after the @",
        r"^[^@\s]+@[^.@\s]+$",
        "{column} “{value}” has no dot after the @, so the end of the address is missing.",
        "Enter the whole address in {column}, with its ending, such as .org.",
    ),
    Shape(
        "several addresses",
        r"@[^@]*[;,/\s][^@]*@",
        "{column} “{value}” holds more than one address.",
        "Enter one address in {column}: the person's own.",
    ),
    _SPACE,
    _INVISIBLE,
    Shape(
        "a character that no address has",
        r"[^\x00-\x7F]|[()<>\[\]\\,;:\x22]",
        "{column} “{value}” holds a character that an e-mail address cannot have, such as an accent, a comma "
        "or a bracket.",
        "Enter the address as the person's mail program shows it, like name@example.org, in {column}.",
    ),
    Shape(
        "nothing before or after the @",
        "^@|@$",
        "{column} “{value}” is not whole: there must be something before and after the @.",
    ),
    Shape(
        "a dot out of place",
        r"^\.|\.\.|\.@|@\.|\.$",
        "{column} “{value}” has a dot out of place: at the beginning or the end, beside the @, or two "
        "together.",
        "Delete the dot that is too many from {column}.",
    ),
    Shape(
        "more than 64 characters before the @",
        "^[^@]{65,}@",
        "{column} “{value}” has more than 64 characters before the @.",
        "Enter an address of at most 64 characters before the @ in {column}.",
    ),
)

OF_A_DAY: Final = (
    ERROR_VALUE,
    Shape(
        "the number of a day",
        r"^[0-9]{5}(?:\.[0-9]+)?$",
        "{column} “{value}” is the number by which a spreadsheet keeps a day, not the day itself.",
        "",
        f"{_AS_TEXT}{{suggestion}} in {{column}}.",
    ),
)

OF_LETTERS: Final = (ERROR_VALUE, _INVISIBLE)

_INVISIBLE_IN_A_VALUE: Final = Shape(
    _INVISIBLE.when,
    _INVISIBLE.pattern,
    _INVISIBLE.message,
    "Clear {column} and type it in by hand, as one of: {allowed}.",
    "Clear {column} and type {suggestion} in by hand.",
)

OF_A_VALUE: Final = (ERROR_VALUE, _INVISIBLE_IN_A_VALUE)

OF_GRADES: Final = (
    ERROR_VALUE,
    _INVISIBLE_IN_A_VALUE,
    Shape(
        "a date",
        rf"(?i)^(?:\d{{1,2}}[- ])?{_MONTH}(?:[- ]\d{{2,4}})?$|^\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}}",
        "{column} “{value}” is a date; a spreadsheet has probably made it of the grade.",
        f"{_AS_TEXT}the grade in {{column}}, one of: {{allowed}}.",
        f"{_AS_TEXT}{{suggestion}} in {{column}}.",
    ),
)

OF_A_FORMULA: Final = (
    Shape(
        "hyphens alone",
        "^-+$",
        "{column} “{value}” is only a hyphen, with which a spreadsheet would begin a formula.",
        "Enter the value itself in {column}; where there is none and none is needed, leave the cell blank.",
        "Enter the value itself in {column}; where there is none and none is needed, leave the cell blank.",
    ),
)
