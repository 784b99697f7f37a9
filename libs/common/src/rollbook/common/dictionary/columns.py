"""What a column and a dictionary are."""

from dataclasses import dataclass
from typing import Literal

from rollbook.common.dictionary import names
from rollbook.common.dictionary.formats import Date, Email, Format, Identifier, OneOf

Kind = Literal["users", "demographics"]
Header = Literal["required", "conditional", "optional"]
Action = Literal["add", "remove", "deactivate"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    `header` says whether the header must name it (required and conditional ones: yes).  `max_length` counts
    code points; None where the format bounds the cell.  `accepted` and `rejected` are example cells; the
    rejected one has the problem `rejected_for`.  `same_within` names the ID column whose records must agree
    on this cell; `unique_per_person` says that two people never share a value.
    """

    name: str
    header: Header
    format: Format
    max_length: int | None
    description: str
    accepted: str
    rejected: str
    rejected_for: str
    same_within: str | None = None
    unique_per_person: bool = False

    @property
    def in_header(self) -> bool:
        """Whether the header must name the column."""
        return self.header != "optional"

    @property
    def is_closed_list(self) -> bool:
        """Whether the cell is one of a closed list (or several of it)."""
        return isinstance(self.format, OneOf)

    @property
    def is_identifier(self) -> bool:
        """Whether the cell is an ID."""
        return isinstance(self.format, Identifier)

    @property
    def is_normalised(self) -> bool:
        """Whether what is kept can be spelt otherwise than what was written."""
        return isinstance(self.format, OneOf | Email)

    @property
    def rule(self) -> str:
        """What the cell may hold, in words."""
        rule = getattr(self.format, "rule", "Text")
        return f"{rule}; at most {self.max_length} characters" if self.max_length else rule

    @property
    def is_date(self) -> bool:
        """Whether the cell is a day."""
        return isinstance(self.format, Date)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A cell that must be filled for an action: always, or where `when` holds; `because` is read aloud.

    `when`: `student` (the record's userRole is student), `class_cell` (any other class cell is filled),
    `class` (classId is filled), or `always`.
    """

    column: str
    because: str
    when: Literal["always", "student", "class_cell", "class"] = "always"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What a file of one kind may hold: its columns in dictionary order and what its records must fill."""

    kind: Kind
    columns: tuple[Column, ...]
    requirements: dict[Action, tuple[Requirement, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in dictionary order."""
        return tuple(column.name for column in self.columns)

    @property
    def header_names(self) -> tuple[str, ...]:
        """The names that a header must hold."""
        return tuple(column.name for column in self.columns if column.in_header)

    def column(self, name: str) -> Column:
        """The column of that name.  Raises KeyError if the dictionary has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def has(self, name: str) -> bool:
        """Whether there is a column of that name."""
        return name in self.names

    @property
    def has_actions(self) -> bool:
        """Whether a record says what is to be done (in demographics it always adds or updates)."""
        return self.has(names.ACTION)
