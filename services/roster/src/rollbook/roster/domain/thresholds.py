"""Whether a change is so large that a person should approve it: in the district, and in each school.

The share is that of the stored records, as in Canvas and Clever: a small nightly file of changes is not held
because all of its few rows change something.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r


@dataclass(frozen=True, slots=True)
class Limits:
    """Percent of the stored records, looked at from `from_records` stored records up."""

    updated_percent: float = 75.0
    removed_percent: float = 10.0
    from_records: int = 20


def held_reasons(
    changes: r.Frames, state: r.Frames, limits: Limits, of_schools: Mapping[str, Limits]
) -> tuple[str, ...]:
    """A sentence for each line that is over a limit, the district's first, then by school.

    `limits` are those of the district, and of every school that has none in `of_schools`.
    """
    stored = _by_place(_stored(state)).agg(pl.len().alias("stored"))
    changed = pl.concat(
        [
            frame.filter(pl.col("row").is_not_null()).select("recordType", "school", "change")
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


def _stored(state: r.Frames) -> pl.DataFrame:
    school = pl.col(n.SCHOOL_ID).alias("school")
    people = state[r.PERSON].filter(pl.col(r.ACTIVE) == "true")
    enrolled = state[r.ENROLLMENT].join(state[r.CLASS].select(n.CLASS_ID, n.SCHOOL_ID), on=n.CLASS_ID)
    return pl.concat(
        [
            state[r.SCHOOL].select(pl.lit(r.SCHOOL).alias("recordType"), school),
            people.select(r.person_type(pl.col(n.USER_ROLE)).alias("recordType"), school),
            state[r.CLASS].select(pl.lit(r.CLASS).alias("recordType"), school),
            enrolled.select(pl.lit(r.ENROLLMENT).alias("recordType"), school),
            state[r.DEMOGRAPHICS].select(
                pl.lit(r.DEMOGRAPHICS).alias("recordType"), pl.lit("").alias("school")
            ),
        ]
    )
