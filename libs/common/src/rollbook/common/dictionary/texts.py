"""The sentences people read: what is wrong, and how to fix it, for every finding of a frame."""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from rollbook.common.dictionary.catalogue import catalogue
from rollbook.common.dictionary.columns import Kind
from rollbook.common.dictionary.problems import Problem

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
            yield findings.filter(fits).with_columns(
                _format(shape.message).alias("message"),
                _either(shape.how_to_fix_if_known, shape.how_to_fix).alias("howToFix"),
            )
            findings = findings.filter(~fits)
        if findings.is_empty():
            return
    yield findings.with_columns(
        _either(problem.message_if_known, problem.message).alias("message"),
        _either(problem.how_to_fix_if_known, problem.how_to_fix).alias("howToFix"),
    )


def _either(if_known: str, otherwise: str) -> pl.Expr:
    """The first text where the finding has a suggestion (and there is such a text), else the second."""
    if not if_known:
        return _format(otherwise)
    return pl.when(pl.col("suggestion") != "").then(_format(if_known)).otherwise(_format(otherwise))


def _format(template: str) -> pl.Expr:
    fields = _FIELD.findall(template)
    if not fields:
        return pl.lit(template, pl.String)
    return pl.format(_FIELD.sub("{}", template), *(_shown(field) for field in fields))


def _shown(field: str) -> pl.Expr:
    """A field of the finding as a sentence shows it: short, and on one line."""
    if field == "row":
        return pl.col("row").cast(pl.String)
    if field == "related":
        return pl.col("relatedRows").str.replace_all(" ", ", ", literal=True)
    cell = pl.col(field).str.replace_all(_CONTROL, "␣")
    short = cell.str.slice(0, _SHOWN)
    return pl.when(short.str.len_bytes() < cell.str.len_bytes()).then(short + "…").otherwise(short)
