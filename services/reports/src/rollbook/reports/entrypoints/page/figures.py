"""What the tables of figures show: for each record type or school its counts, and a bar of their shares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rollbook.reports.domain.csv_files import FIGURES

LEAST: Final = 2.0
"""Percent of a bar for a part that is there at all: 3 errors among 100,000 records are to be seen."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar, in percent of its length."""

    figure: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one record type or school."""

    name: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All records of the line."""
        return sum(self.counts.values())

    @property
    def bar(self) -> Sequence[Part]:
        """The share of each figure, those of nothing left out."""
        there = {figure: count for figure, count in self.counts.items() if count}
        parts, at = [], 0.0
        for figure, count in there.items():
            width = LEAST + (100 - LEAST * len(there)) * count / self.total
            parts.append(Part(figure, round(at, 3), round(width, 3)))
            at += width
        return parts


def by_record_type(summary: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The figures of the district by record type, in the order of summary.csv."""
    return [Line(one["recordType"], _counts([one])) for one in summary if not one["schoolId"]]


def by_school(summary: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The figures of each school, all its records together, in the order of summary.csv."""
    schools: dict[str, list[Mapping[str, Any]]] = {}
    for one in summary:
        if one["schoolId"]:
            schools.setdefault(one["schoolId"], []).append(one)
    return [Line(school, _counts(lines)) for school, lines in schools.items()]


def _counts(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {figure: sum(line[figure] for line in lines) for figure in FIGURES}
