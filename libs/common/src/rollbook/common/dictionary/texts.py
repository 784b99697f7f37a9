"""The sentences people read: what is wrong, and how to fix it, for every finding of a frame."""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from rollbook.common.dictionary.catalogue import catalogue
from rollbook.common.dictionary.columns import Kind
from rollbook.common.dictionary.problem import Problem

_FIELD: Final = re.compile(r"{(\w+)}")
_CONTROL: Final = r"[\p{Cc}\p{Zl}\p{Zp}]"
_SHOWN: Final = 80
"""Characters of a cell that a sentence shows."""


def render(findings: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """The findings with `message` and `howToFix`, in the order given.

    Vectorised per distinct code.  Raises KeyError for a code that the dictionary does not have.
    """
    if findings.is_empty():
        return findings.with_columns(
            pl.lit("", pl.String).alias("message"), pl.lit("", pl.String).alias("howToFix")
        )
    parts = findings.with_row_index("_at").partition_by("code", maintain_order=True)
    rendered = pl.concat(
        rendered for part in parts for rendered in _rendered(part, catalogue(kind)[part["code"][0]].problem)
    )
    return rendered.sort("_at").drop("_at")


def _rendered(findings: pl.DataFrame, problem: Problem) -> Iterator[pl.DataFrame]:
    """The findings of one problem, those of each shape by themselves."""
    for shape in problem.shapes:
        fits = findings["value"].str.contains(shape.pattern)
        if fits.any():
            these = findings.filter(fits)
            yield these.with_columns(
                _format(shape.message, these).alias("message"),
                _either(shape.how_to_fix_if_known, shape.how_to_fix, these).alias("howToFix"),
            )
            findings = findings.filter(~fits)
        if findings.is_empty():
            return
    yield findings.with_columns(
        _either(problem.message_if_known, problem.message, findings).alias("message"),
        _either(problem.how_to_fix_if_known, problem.how_to_fix, findings).alias("howToFix"),
    )


def _either(if_known: str, otherwise: str, findings: pl.DataFrame) -> pl.Expr:
    """The first text where the finding has a suggestion (and there is such a text), else the second."""
    known = findings["suggestion"] != ""
    if not if_known or not known.any():
        return _format(otherwise, findings)
    if known.all():
        return _format(if_known, findings)
    return pl.when(known).then(_format(if_known, findings)).otherwise(_format(otherwise, findings))


def _format(template: str, findings: pl.DataFrame) -> pl.Expr:
    fields = _FIELD.findall(template)
    if not fields:
        return pl.lit(template, pl.String)
    return pl.format(_FIELD.sub("{}", template), *(_shown(field, findings) for field in fields))


def _shown(field: str, findings: pl.DataFrame) -> pl.Expr:
    """A field of the finding as a sentence shows it: short, and on one line."""
    if field == "row":
        return pl.col("row").cast(pl.String)
    if field == "related":
        return pl.col("relatedRows").str.replace_all(" ", ", ", literal=True)
    cells, cell = findings[field], pl.col(field)
    # Most cells are short and of one line: looking costs a fraction of what making them so would.
    if cells.str.contains(_CONTROL).any():
        cell = cell.str.replace_all(_CONTROL, "␣")
    if not (cells.str.len_bytes() > _SHOWN).any():
        return cell
    short = cell.str.slice(0, _SHOWN)
    return pl.when(short.str.len_bytes() < cell.str.len_bytes()).then(short + "…").otherwise(short)
