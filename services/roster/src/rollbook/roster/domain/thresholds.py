"""Whether a change is so large that a person should approve it: in the district, and in each school.

The share is that of the stored records, as in Canvas and Clever: a small nightly file of changes is not held
because all of its few rows change something.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rollbook.roster.domain import records as r


@dataclass(frozen=True, slots=True)
class Limits:
    """Percent of the stored records, looked at from `from_records` stored records up."""

    updated_percent: float = 75.0
    removed_percent: float = 10.0
    from_records: int = 20


def at_stake(changes: r.Frames) -> list[str]:
    """The records of which some would be updated or removed: only their stored numbers matter."""
    return [
        record for record, frame in changes.items() if frame["change"].is_in(["updated", "removed"]).any()
    ]


def held_reasons(
    changes: r.Frames, stored: pl.DataFrame, limits: Limits, of_schools: Mapping[str, Limits]
) -> tuple[str, ...]:
    """A sentence for each line that is over a limit, the district's first, then by school.

    `stored`: how many records there are, by recordType and school.  `limits` are those of the district, and
    of every school that has none in `of_schools`.
    """
    stored = _by_place(stored).agg(pl.col("stored").sum())
    changed = pl.concat(
        [
            frame.filter(pl.col("row").is_not_null() & pl.col("change").is_in(["updated", "removed"])).select(
                "recordType", "school", "change"
            )
            for frame in changes.values()
        ]
    )
    shares = stored.join(
        _by_place(changed).agg(
            (pl.col("change") == name).sum().alias(name) for name in ("updated", "removed")
        ),
        on=["recordType", "school"],
        how="inner",
    ).sort("school", "recordType")
    lines = (
        (line, of_schools.get(line["school"], limits) if line["school"] else limits)
        for line in shares.iter_rows(named=True)
    )
    return tuple(
        f"{line[change]} of {line['stored']} {line['recordType']} records "
        f"{'of school ' + line['school'] if line['school'] else 'of the district'} would be {change} "
        f"({100 * line[change] / line['stored']:.1f} %; the limit is {limit:g} %)."
        for line, own in lines
        if line["stored"] >= own.from_records
        for change, limit in (("updated", own.updated_percent), ("removed", own.removed_percent))
        if 100 * line[change] > limit * line["stored"]
    )


def _by_place(lines: pl.DataFrame) -> "pl.dataframe.group_by.GroupBy":
    district = lines.with_columns(pl.lit("").alias("school"))
    return pl.concat([district, lines.filter(pl.col("school") != "")]).group_by("recordType", "school")
