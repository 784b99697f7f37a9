"""The change set: what an accepted file creates, updates and removes, record by record, before and after.

One frame per record type: its keys, `change` (created, updated, removed), `recordType`, `school` (where the
record belongs), `row` (the first row that carries it; null where no row does), every field as it will be, and
`before.<field>` as it is.  Records that stay as they are do not appear.
"""

from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.roster.domain import records as r

CREATED: Final = "created"
UPDATED: Final = "updated"
REMOVED: Final = "removed"

_META: Final = ("change", "recordType", "school", "row")


def before(field: str) -> str:
    """The name of the column that holds a field as it is stored."""
    return f"before.{field}"


def plan(accepted: pl.DataFrame, state: r.Frames) -> r.Frames:
    """The change set of the accepted rows of users.csv (action filled, no null cells)."""
    adds = accepted.filter(pl.col(n.ACTION) == users.ADD)
    removes = accepted.filter(pl.col(n.ACTION) == users.REMOVE)
    leavers = accepted.filter(pl.col(n.ACTION) == users.DEACTIVATE).unique(n.USER_ID, keep="first")
    adds = adds.join(leavers, on=n.USER_ID, how="anti")
    classes = _differences(r.CLASS, _merged(r.CLASS, adds.filter(pl.col(n.CLASS_ID) != "")), state)
    return {
        r.SCHOOL: _differences(r.SCHOOL, _merged(r.SCHOOL, adds), state),
        r.PERSON: _people(adds, leavers, state),
        r.CLASS: classes,
        r.ENROLLMENT: _enrollments(adds, removes, leavers, state),
    }


def plan_demographics(accepted: pl.DataFrame, state: r.Frames) -> r.Frames:
    """The change set of the accepted rows of demographics.csv."""
    rows = accepted.with_columns(pl.lit("").alias("school"))
    return {r.DEMOGRAPHICS: _differences(r.DEMOGRAPHICS, _merged(r.DEMOGRAPHICS, rows), state)}


def field_changes(record: str, changes: pl.DataFrame) -> pl.DataFrame:
    """The lines of changes.csv: recordType, key, schoolId, change, field, before, after, row.

    A created or removed record has one line for each field that is filled; an update one for each difference.
    """
    shape = r.SHAPES[record]
    key = pl.concat_str(shape.keys, separator=" ").alias("key")
    # The key is listed as a field too where it changed: a person who got a new ID.
    listed = [*(name for name in shape.keys if before(name) in changes.columns), *shape.fields]
    parts = [
        changes.select(
            "recordType",
            key,
            pl.col("school").alias(n.SCHOOL_ID),
            "change",
            pl.lit(field).alias("field"),
            pl.col(before(field)).fill_null("").alias("before"),
            pl.col(field).fill_null("").alias("after"),
            "row",
            pl.lit(place).alias("place"),
        ).filter((pl.col("before") != pl.col("after")) & _is_listed(field, shape))
        for place, field in enumerate(listed)
    ]
    bare = (
        changes.select("recordType", key, pl.col("school").alias(n.SCHOOL_ID), "change",
                       pl.lit("").alias("field"), pl.lit("").alias("before"), pl.lit("").alias("after"),
                       "row", pl.lit(-1).alias("place"))
        .join(pl.concat(parts).select("key").unique(), on="key", how="anti")
    )  # fmt: skip
    lines = pl.concat([*parts, bare]).sort("row", "key", "place", nulls_last=True, maintain_order=True)
    return lines.drop("place")


def _is_listed(field: str, shape: r.Shape) -> pl.Expr:
    return pl.lit(value=True) if field in shape.fields else pl.col("before") != ""


def _merged(record: str, rows: pl.DataFrame) -> pl.DataFrame:
    """One line per record: of each column the first filled cell, of `row` the first."""
    shape = r.SHAPES[record]
    fields = [name for name in shape.fields if name in rows.columns]
    school = "school" if "school" in rows.columns else n.SCHOOL_ID
    filled = (pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in fields)
    selected = rows.select(*shape.keys, "row", pl.col(school).alias("school"), *filled)
    return selected.group_by(shape.keys, maintain_order=True).agg(
        pl.col("row").first(),
        pl.col("school").first(),
        *(pl.col(name).drop_nulls().first().fill_null("").alias(name) for name in fields),
    )


def _differences(record: str, sent: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    """Created and updated records; a blank cell leaves what is stored."""
    shape = r.SHAPES[record]
    stored = state[record].select(
        *shape.keys,
        *(pl.col(name).alias(before(name)) for name in shape.fields),
        pl.lit(value=True).alias("_is"),
    )
    joined = sent.join(stored, on=shape.keys, how="left", maintain_order="left").with_columns(
        pl.when((pl.col(name) == "") | pl.col(name).is_null())
        .then(pl.col(before(name)).fill_null(""))
        .otherwise(pl.col(name))
        .alias(name)
        for name in shape.fields
    )
    new = pl.col("_is").is_null()
    differs = pl.any_horizontal(pl.col(name) != pl.col(before(name)) for name in shape.fields)
    change = pl.when(new).then(pl.lit(CREATED)).when(differs).then(pl.lit(UPDATED))
    kind = r.person_type(pl.col(n.USER_ROLE)) if record == r.PERSON else pl.lit(record)
    found = joined.with_columns(change.alias("change"), kind.alias("recordType"))
    return _shaped(record, found.filter(pl.col("change").is_not_null()))


def _people(adds: pl.DataFrame, leavers: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    sent = _merged(r.PERSON, adds).with_columns(pl.lit("true").alias(r.ACTIVE))
    # A person moves school only if no row names a school where they are already: at home or in a class.
    at_school = state[r.CLASS].select(n.CLASS_ID, n.SCHOOL_ID)
    whereabouts = pl.concat(
        [
            state[r.PERSON].select(n.USER_ID, n.SCHOOL_ID),
            state[r.ENROLLMENT].join(at_school, on=n.CLASS_ID).select(n.USER_ID, n.SCHOOL_ID),
        ]
    )
    staying = adds.select(n.USER_ID, n.SCHOOL_ID).join(whereabouts, on=[n.USER_ID, n.SCHOOL_ID], how="semi")
    sent = sent.join(staying.select(n.USER_ID, pl.lit(value=True).alias("_stays")).unique(), on=n.USER_ID,
                     how="left", maintain_order="left").with_columns(
        pl.when(pl.col("_stays").is_null()).then(pl.col(n.SCHOOL_ID)).otherwise(pl.lit("")).alias(n.SCHOOL_ID)
    )  # fmt: skip
    stored = state[r.PERSON]
    fields = r.SHAPES[r.PERSON].fields
    left = (
        leavers.select(n.USER_ID, "row", pl.col(n.SCHOOL_ID).alias("school"))
        .join(stored.filter(pl.col(r.ACTIVE) == "true"), on=n.USER_ID, how="inner")
        .with_columns(
            *(pl.col(name).alias(before(name)) for name in fields),
            pl.lit("false").alias(r.ACTIVE),
            pl.lit(REMOVED).alias("change"),
            r.person_type(pl.col(n.USER_ROLE)).alias("recordType"),
        )
    )
    changes = pl.concat([_differences(r.PERSON, sent, state), _shaped(r.PERSON, left)])
    return changes.sort("row", n.USER_ID)


def _enrollments(
    adds: pl.DataFrame, removes: pl.DataFrame, leavers: pl.DataFrame, state: r.Frames
) -> pl.DataFrame:
    stored = state[r.ENROLLMENT]
    sent = _merged(r.ENROLLMENT, adds.filter(pl.col(n.CLASS_ID) != ""))
    pair = list(r.SHAPES[r.ENROLLMENT].keys)
    school = state[r.CLASS].select(n.CLASS_ID, pl.col(n.SCHOOL_ID).alias("school"))
    gone = pl.concat(
        [
            stored.join(removes.select(*pair, "row"), on=pair, how="inner"),
            stored.join(leavers.select(n.USER_ID), on=n.USER_ID, how="semi").with_columns(
                pl.lit(None, pl.UInt32).alias("row")
            ),
        ]
    ).unique(pair, keep="first", maintain_order=True)
    gone = gone.join(school, on=n.CLASS_ID, how="left").with_columns(
        pl.col(n.PRIMARY_TEACHER).alias(before(n.PRIMARY_TEACHER)),
        pl.lit("").alias(n.PRIMARY_TEACHER),
        pl.lit(REMOVED).alias("change"),
        pl.lit(r.ENROLLMENT).alias("recordType"),
    )
    changes = pl.concat([_differences(r.ENROLLMENT, sent, state), _shaped(r.ENROLLMENT, gone)])
    return changes.sort("row", *pair, nulls_last=True)


def _shaped(record: str, changes: pl.DataFrame) -> pl.DataFrame:
    shape = r.SHAPES[record]
    return changes.select(
        *shape.keys,
        "change",
        "recordType",
        pl.col("school").fill_null(""),
        pl.col("row").cast(pl.UInt32),
        *shape.fields,
        *(before(name) for name in shape.fields),
    )
