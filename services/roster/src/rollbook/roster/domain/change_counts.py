"""The lines of summary.csv of what no file names: an undo and an edit are counted by their change sets."""

from typing import Final

import polars as pl

from rollbook.roster.domain import records as r
from rollbook.roster.domain.counting import FIGURES, TYPES

_PART_ROWS: Final = 100_000


def count_changes(
    changes: r.Frames, left_alone: pl.DataFrame | None = None, nothing_to_do: pl.DataFrame | None = None
) -> pl.DataFrame:
    """recordType, schoolId and five figures: each record once, by the district and then by school.

    What was left alone counts under errors, what had nothing to be done under noChange; both have
    recordType and school, and name no record that another one of the frames names.
    """
    parts = [(part, pl.col("change")) for frame in changes.values() for part in frame.iter_slices(_PART_ROWS)]
    for others, figure in ((left_alone, "errors"), (nothing_to_do, "noChange")):
        if others is not None:
            parts.append((others, pl.lit(figure)))
    place = ["recordType", "school", "figure"]
    named = pl.concat([
        pl.DataFrame(schema={**dict.fromkeys(place, pl.String()), "len": pl.get_index_type()}),
        *(part.select(*place[:2], figure.alias("figure")).group_by(place).len() for part, figure in parts),
    ])  # fmt: skip
    types = (r.DEMOGRAPHICS,) if set(changes) == {r.DEMOGRAPHICS} else TYPES
    schools = named.filter(pl.col("school") != "")["school"].unique().sort().to_list()
    places = pl.concat([named.with_columns(pl.lit("").alias("school")), named.filter(pl.col("school") != "")])
    figures = places.group_by("recordType", "school").agg(
        pl.col("len").filter(pl.col("figure") == name).sum().cast(pl.Int64).alias(name) for name in FIGURES
    )
    lines = pl.DataFrame(
        [(kind, school) for school in ["", *schools] for kind in types],
        schema={"recordType": pl.String(), "school": pl.String()},
        orient="row",
    )
    counted = lines.join(figures, on=["recordType", "school"], how="left", maintain_order="left")
    return counted.with_columns(pl.col(FIGURES).fill_null(0)).rename({"school": "schoolId"})
