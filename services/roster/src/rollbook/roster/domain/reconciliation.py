"""Which rows would now do something else than what the preview showed."""

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r


def changed_since(preview: r.Frames, now: r.Frames, accepted: pl.DataFrame) -> pl.DataFrame:
    """The accepted rows that carry a record whose change differs, as `findings.complete` takes them."""
    rows = [
        accepted.join(_different(record, preview[record], now[record]), on=list(r.SHAPES[record].keys),
                      how="semi")
        for record in preview
    ]  # fmt: skip
    return changed_rows(pl.concat(rows).unique("row"))


def changed_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The finding `record.changed_since_preview` for each of the rows."""
    class_id = pl.col(n.CLASS_ID) if n.CLASS_ID in rows.columns else pl.lit("")
    return rows.select(
        "row",
        pl.lit("record.changed_since_preview").alias("code"),
        n.USER_ID,
        class_id.alias(n.CLASS_ID),
    )


def _different(record: str, preview: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    keys = list(r.SHAPES[record].keys)
    compared = [name for name in preview.columns if name not in {"row", "school"}]
    either = pl.concat([preview.select(compared), now.select(compared)])
    # A change that stands in both is there twice; one that differs, or stands in one, is there once.
    return either.filter(~pl.struct(compared).is_duplicated()).select(keys).unique()
