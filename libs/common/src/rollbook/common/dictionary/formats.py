"""What a cell may hold: the formats of the dictionary, as data.

A format names the problem that a cell of another form has and carries its texts; the validator turns it into
vectorised expressions.  In the texts `{column}`, `{value}`, `{suggestion}` and `{allowed}` are filled in.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from rollbook.common.dictionary import shapes
from rollbook.common.dictionary.shapes import Shape


@dataclass(frozen=True, slots=True)
class Text:
    """Any text of one line."""

    problem: ClassVar[str] = ""
    name: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An ID: never altered, leading zeros and capitals stay."""

    problem: ClassVar[str] = "malformed"
    shapes: ClassVar[tuple[Shape, ...]] = shapes.OF_AN_ID
    name: ClassVar[str] = "ID"
    characters: ClassVar[str] = "A-Za-z0-9._:~/#-"
    pattern: ClassVar[str] = r"^[A-Za-z0-9._:~/#-]+$"
    scientific_notation: ClassVar[str] = r"^[0-9]+(?:\.[0-9]+)?[Ee]\+[0-9]{1,3}$"
    rule: ClassVar[str] = "One or more of the letters A-Z and a-z, the digits, and . _ : ~ / # -"
    message: ClassVar[str] = "{column} “{value}” holds a character that is not allowed in an ID."
    message_if_known: ClassVar[str] = (
        "{column} “{value}” holds “{suggestion}”, which is not allowed in an ID."
    )
    how_to_fix: ClassVar[str] = (
        "Use only letters without accents, digits and . _ : ~ / # - in {column}, with no spaces."
    )
    how_to_fix_if_known: ClassVar[str] = how_to_fix


_ATOM: Final = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address, kept in lower case.

    Source: the pattern of the HTML living standard (input type=email), with a dot in the domain, and in the
    local part no dot at either end, no two together, and at most 64 characters.
    """

    problem: ClassVar[str] = "malformed"
    shapes: ClassVar[tuple[Shape, ...]] = shapes.OF_AN_EMAIL
    name: ClassVar[str] = "e-mail"
    pattern: ClassVar[str] = rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+$"
    local_part: ClassVar[str] = r"^[^@]{1,64}@"
    rule: ClassVar[str] = (
        "An e-mail address like name@example.org: a dot in the domain; before the @ at most 64 characters, "
        "no dot at either end and no two dots together"
    )
    message: ClassVar[str] = "{column} “{value}” is not written like an e-mail address."
    message_if_known: ClassVar[str] = message
    how_to_fix: ClassVar[str] = "Enter the person's full e-mail address, like name@example.org, in {column}."
    how_to_fix_if_known: ClassVar[str] = "Check the address and enter {suggestion} in {column}."


@dataclass(frozen=True, slots=True)
class Letters:
    """A short code of letters A to Z."""

    problem: ClassVar[str] = "malformed"
    shapes: ClassVar[tuple[Shape, ...]] = shapes.OF_LETTERS
    name: ClassVar[str] = "letters"
    pattern: ClassVar[str] = r"^[A-Za-z]+$"
    rule: ClassVar[str] = "Letters A-Z only"
    message: ClassVar[str] = "{column} “{value}” holds something other than the letters A to Z."
    message_if_known: ClassVar[str] = message
    how_to_fix: ClassVar[str] = "Enter the code of two letters, like {example}, in {column}."
    how_to_fix_if_known: ClassVar[str] = how_to_fix


@dataclass(frozen=True, slots=True)
class Date:
    """A day from 1900-01-01 to today."""

    problem: ClassVar[str] = "malformed"
    shapes: ClassVar[tuple[Shape, ...]] = shapes.OF_A_DAY
    name: ClassVar[str] = "date"
    pattern: ClassVar[str] = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    first_year: ClassVar[int] = 1900
    rule: ClassVar[str] = "YYYY-MM-DD, a real day from 1900-01-01 to today"
    message: ClassVar[str] = (
        "{column} “{value}” is not a real day from 1900-01-01 to today, written as YYYY-MM-DD."
    )
    message_if_known: ClassVar[str] = message
    how_to_fix: ClassVar[str] = "Enter the day in {column} as YYYY-MM-DD, like {example}."
    how_to_fix_if_known: ClassVar[str] = (
        "Format the column as Text in your spreadsheet and enter {suggestion} in {column}."
    )


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value of a closed list, compared without regard to case and kept as the list spells it.

    `aliases` are accepted and kept as another value; `meanings` are not accepted, but tell what was meant.
    Both are keyed in lower case.
    """

    allowed: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    meanings: tuple[tuple[str, str], ...] = ()

    problem: ClassVar[str] = "unknown_value"
    shapes: ClassVar[tuple[Shape, ...]] = shapes.OF_A_VALUE
    name: ClassVar[str] = "one of a list"
    message: ClassVar[str] = "{column} “{value}” is not one of: {allowed}."
    message_if_known: ClassVar[str] = message
    how_to_fix: ClassVar[str] = "Enter one of these in {column}: {allowed}."
    how_to_fix_if_known: ClassVar[str] = "Enter {suggestion} in {column}."

    @property
    def rule(self) -> str:
        """The list in words."""
        also = ", ".join(f"{alias} is read as {value}" for alias, value in self.shown_aliases())
        return f"One of: {', '.join(self.allowed)}" + (f" ({also})" if also else "")

    def canonical(self) -> dict[str, str]:
        """The spelling that is kept, for each accepted spelling in lower case."""
        return {value.lower(): value for value in self.allowed} | dict(self.aliases)

    def shown_aliases(self) -> tuple[tuple[str, str], ...]:
        """The aliases as a person would write them."""
        return tuple((alias.upper() if len(alias) == 1 else alias, value) for alias, value in self.aliases)


@dataclass(frozen=True, slots=True)
class Grades(OneOf):
    """One value of a closed list or several, separated by commas in one cell; each part is trimmed."""

    shapes: ClassVar[tuple[Shape, ...]] = shapes.OF_GRADES
    name: ClassVar[str] = "list of grades"
    message: ClassVar[str] = "{column} “{value}” holds a part that is not one of: {allowed}."
    message_if_known: ClassVar[str] = message
    how_to_fix: ClassVar[str] = (
        "Enter one grade in {column}, or several separated by commas, each one of: {allowed}."
    )
    how_to_fix_if_known: ClassVar[str] = OneOf.how_to_fix_if_known

    @property
    def rule(self) -> str:
        """The list in words."""
        return f"One grade, or several separated by commas. {OneOf.rule.fget(self)}"  # type: ignore[attr-defined]


Format = Text | Identifier | Email | Letters | Date | OneOf

_NUMBERED: Final = tuple(f"{number:02}" for number in range(1, 14))
_ORDINALS: Final = {1: "st", 2: "nd", 3: "rd"}
_GRADES: Final = ("IT", "PR", "PK", "TK", "KG", *_NUMBERED, "PS", "UG", "Other")
_GRADE_ALIASES: Final = (("k", "KG"), *((grade.lstrip("0"), grade) for grade in _NUMBERED[:9]))
_GRADE_MEANINGS: Final = (
    *(
        (written, f"{number:02}")
        for number in range(1, 14)
        for written in (
            f"{number:03}",
            f"{number}.0",
            f"{number}{_ORDINALS.get(number, 'th')}",
            f"{number}{_ORDINALS.get(number, 'th')} grade",
            f"grade {number}",
            f"grade {number:02}",
            f"gr {number}",
            f"g{number}",
        )
    ),
    ("kindergarten", "KG"),
    ("kinder", "KG"),
    ("kg.", "KG"),
    ("0", "KG"),
    ("00", "KG"),
    ("pre-k", "PK"),
    ("prek", "PK"),
    ("prekindergarten", "PK"),
    ("pre-kindergarten", "PK"),
    ("preschool", "PR"),
    ("infant", "IT"),
    ("toddler", "IT"),
    ("transitional kindergarten", "TK"),
    ("ungraded", "UG"),
    ("postsecondary", "PS"),
)

GRADE: Final = OneOf(_GRADES, _GRADE_ALIASES, _GRADE_MEANINGS)
"""The CEDS list that OneRoster uses."""
GRADES: Final = Grades(_GRADES, _GRADE_ALIASES, _GRADE_MEANINGS)
YES_NO: Final = OneOf(
    ("true", "false"),
    (("yes", "true"), ("no", "false"), ("y", "true"), ("n", "false")),
    (("t", "true"), ("f", "false"), ("1", "true"), ("0", "false"), ("x", "true")),
)
"""Yes or no, kept as `true` or `false`."""
TEXT: Final = Text()
IDENTIFIER: Final = Identifier()
EMAIL: Final = Email()
LETTERS: Final = Letters()
DATE: Final = Date()
