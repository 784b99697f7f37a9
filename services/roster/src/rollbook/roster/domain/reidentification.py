"""Known people whose row brings nothing new but another userId: the same e-mail address and names.

Such a row has the finding `userEmail.already_used`; whoever processes the file may confirm that it is the
same person under a new ID.
"""

from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.roster.domain import records as r
from rollbook.roster.domain.change_set import UPDATED, before
from rollbook.roster.domain.comparison import UNIQUE

FROM: Final = "fromUserId"
TO: Final = "toUserId"
SCHEMA: Final = {
    "row": pl.UInt32(),
    "rows": pl.List(pl.UInt32()),
    "errors": pl.UInt32(),
    n.SCHOOL_ID: pl.String(),
    n.USER_ROLE: pl.String(),
    FROM: pl.String(),
    TO: pl.String(),
    n.USER_FIRST_NAME: pl.String(),
    n.USER_LAST_NAME: pl.String(),
    n.USER_EMAIL: pl.String(),
}
"""`row`: the first of `rows`, all rows of the new ID; `errors`: how many findings are gone if confirmed."""

BEFORE_ID: Final = before(n.USER_ID)
"""A column that the people's frame of a change set has in addition, "" where the ID stays."""

_USED: Final = tuple(f"{column}.already_used" for column in UNIQUE)


def candidates(
    rows: pl.DataFrame,
    named: pl.Series,
    people: pl.DataFrame,
    errors: pl.DataFrame,
    scope: tuple[str, ...] | None = None,
) -> pl.DataFrame:
    """The re-identifications that a file offers, with the columns of SCHEMA, by row.

    `rows` are those of the file that have `errors` by the comparison, `named` all userIds of the file,
    `people` the stored ones.  Only rows that have no other error than that somebody else has their values
    are offered; and of people of other schools than those of a `scope` none is.
    """
    used = pl.col("code").is_in(_USED)
    refused = (
        errors.group_by("row")
        .agg(
            used.all().alias("only"),
            (pl.col("code") == _USED[0]).any().alias("email"),
            pl.col("suggestion").n_unique().alias("owners"),
            pl.col("suggestion").first().alias(FROM),
            pl.len().alias("errors"),
        )
        .filter(pl.col("only") & pl.col("email") & (pl.col("owners") == 1))
    )
    if refused.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    mine = people if scope is None else people.filter(pl.col(n.SCHOOL_ID).is_in(list(scope)))
    stored = mine.select(
        pl.col(n.USER_ID).alias(FROM),
        *(pl.col(name).alias(f"stored.{name}") for name in (*_NAMES, n.USER_MIDDLE_NAME)),
        r.person_type(pl.col(n.USER_ROLE)).alias("stored.type"),
    )
    offered = (
        rows.filter(pl.col(n.ACTION).is_in(["", users.ADD]))
        .join(refused, on="row", how="inner")
        .join(stored, on=FROM, how="inner")
        .filter(
            *(pl.col(name) == pl.col(f"stored.{name}") for name in _NAMES),
            (pl.col(n.USER_MIDDLE_NAME) == pl.col(f"stored.{n.USER_MIDDLE_NAME}"))
            | (pl.col(n.USER_MIDDLE_NAME) == "")
            | (pl.col(f"stored.{n.USER_MIDDLE_NAME}") == ""),
            r.person_type(pl.col(n.USER_ROLE)) == pl.col("stored.type"),
        )
        .join(people.select(n.USER_ID), on=n.USER_ID, how="anti")
        .join(named.to_frame(FROM), on=FROM, how="anti")
        .sort("row")
    )
    told = offered.group_by(pl.col(n.USER_ID).alias(TO), FROM, maintain_order=True).agg(
        pl.col("row").first(),
        pl.col("row").alias("rows"),
        pl.col("errors").sum(),
        *(pl.col(name).first() for name in (n.SCHOOL_ID, n.USER_ROLE, *_NAMES, n.USER_EMAIL)),
    )
    single = ~pl.col(FROM).is_duplicated() & ~pl.col(TO).is_duplicated()
    return told.filter(single).select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def with_new_ids(changes: r.Frames, confirmed: pl.DataFrame, people: pl.DataFrame) -> r.Frames:
    """The change set of rows whose people got their new IDs before it was made.

    Each of them is an updated person, be it that nothing but the ID differs.  `people` have the new IDs.
    """
    renamed = confirmed.select(pl.col(TO).alias(n.USER_ID), pl.col(FROM).alias(BEFORE_ID), "row")
    fields = r.SHAPES[r.PERSON].fields
    frame = changes[r.PERSON]
    alone = (
        people.join(renamed, on=n.USER_ID, how="inner")
        .join(frame.select(n.USER_ID), on=n.USER_ID, how="anti")
        .with_columns(
            *(pl.col(name).alias(before(name)) for name in fields),
            pl.lit(UPDATED).alias("change"),
            r.person_type(pl.col(n.USER_ROLE)).alias("recordType"),
            pl.col(n.SCHOOL_ID).alias("school"),
        )
    )
    both = pl.concat([frame, alone.select(frame.columns)])
    named = both.join(renamed.drop("row"), on=n.USER_ID, how="left", maintain_order="left")
    return {**changes, r.PERSON: named.with_columns(pl.col(BEFORE_ID).fill_null(""))}


def new_ids(people_changes: pl.DataFrame) -> pl.DataFrame:
    """Who gets a new ID by a change set: userId, and `before.userId`, from its people's frame."""
    if BEFORE_ID not in people_changes.columns:
        return pl.DataFrame(schema={n.USER_ID: pl.String(), BEFORE_ID: pl.String()})
    return people_changes.filter(pl.col(BEFORE_ID) != "").select(n.USER_ID, BEFORE_ID)


_NAMES: Final = (n.USER_FIRST_NAME, n.USER_LAST_NAME)
