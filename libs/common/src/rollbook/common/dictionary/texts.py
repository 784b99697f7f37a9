"""The sentences people read: what is wrong, and how to fix it, for every finding of a frame."""

import re
from typing import Final

import polars as pl

from rollbook.common.dictionary.catalogue import catalogue
from rollbook.common.dictionary.columns import Kind

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
    rendered = pl.concat([_rendered(part, part["code"][0], kind) for part in parts])
    return rendered.sort("_at").drop("_at")


def _rendered(findings: pl.DataFrame, code: str, kind: Kind) -> pl.DataFrame:
    problem = catalogue(kind)[code].problem
    known = pl.col("suggestion") != ""
    message = _format(problem.message)
    how_to_fix = _format(problem.how_to_fix)
    if problem.message_if_known:
        message = pl.when(known).then(_format(problem.message_if_known)).otherwise(message)
    if problem.how_to_fix_if_known:
        how_to_fix = pl.when(known).then(_format(problem.how_to_fix_if_known)).otherwise(how_to_fix)
    return findings.with_columns(message.alias("message"), how_to_fix.alias("howToFix"))


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
