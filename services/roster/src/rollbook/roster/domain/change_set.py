"""The change set: what an accepted file creates, updates and removes, record by record, before and after.

One frame per record type: its keys, `change` (created, updated, removed), `recordType`, `school` (where the
record belongs), `row` (the first row that carries it; null where no row does), every field as it will be, and
`before.<field>` as it is.  Records that stay as they are do not appear.
"""

from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.common.rows_file import REJECTED
from rollbook.roster.domain import records as r
from rollbook.roster.domain.enrolling import PAIR, Enrolling
from rollbook.roster.domain.sent import Sent, merged, only

CREATED: Final = "created"
UPDATED: Final = "updated"
REMOVED: Final = "removed"

_META: Final = ("change", "recordType", "school", "row")


def before(field: str) -> str:
    """The name of the column that holds a field as it is stored."""
    return f"before.{field}"


def plan(sent: Sent, state: r.Frames, enrolling: Enrolling) -> r.Frames:
    """The change set of the accepted rows of users.csv; `sent` is gathered with whom it has `leaving`."""
    adding = pl.col(n.ACTION) == users.ADD
    leavers = sent.people.filter(pl.col(n.ACTION) == users.DEACTIVATE).unique(n.USER_ID, keep="first")
    people = only(sent.people, adding)
    if leavers.height:
        people = people.join(leavers, on=n.USER_ID, how="anti", maintain_order="left")
    removes = sent.rows.filter((pl.col(n.ACTION) == users.REMOVE) & ~pl.col(REJECTED))
    return {
        r.SCHOOL: _differences(r.SCHOOL, merged(r.SCHOOL, sent.schools.filter(adding)), state),
        r.PERSON: _people(people, leavers, state),
        r.CLASS: _differences(r.CLASS, merged(r.CLASS, sent.classes.filter(adding)), state),
        r.ENROLLMENT: _enrollments(enrolling, removes, leavers, state),
    }


def plan_demographics(accepted: pl.DataFrame, state: r.Frames) -> r.Frames:
    """The change set of the accepted rows of demographics.csv."""
    rows = accepted.with_columns(pl.lit("").alias("school"))
    return {r.DEMOGRAPHICS: _differences(r.DEMOGRAPHICS, merged(r.DEMOGRAPHICS, rows), state)}


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


def _differences(record: str, sent: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    """Created and updated records; a blank cell leaves what is stored."""
    shape = r.SHAPES[record]
    others = sent.filter(_differ(record, sent, state[record]))
    stored = state[record].select(
        *shape.keys,
        *(pl.col(name).alias(before(name)) for name in shape.fields),
        pl.lit(value=True).alias("_is"),
    )
    joined = others.join(stored, on=shape.keys, how="left", maintain_order="left")
    differs = pl.any_horizontal(
        (pl.col(name) != "") & (pl.col(name) != pl.col(before(name))) for name in shape.fields
    )
    change = pl.when(pl.col("_is").is_null()).then(pl.lit(CREATED)).when(differs).then(pl.lit(UPDATED))
    kind = r.person_type(pl.col(n.USER_ROLE)) if record == r.PERSON else pl.lit(record)
    found = joined.with_columns(change.alias("change")).filter(pl.col("change").is_not_null())
    filled = (
        pl.when(pl.col(name) == "")
        .then(pl.col(before(name)).fill_null(""))
        .otherwise(pl.col(name))
        .alias(name)
        for name in shape.fields
    )
    return _shaped(record, found.with_columns(filled).with_columns(kind.alias("recordType")))


def _differ(record: str, sent: pl.DataFrame, stored: pl.DataFrame) -> pl.Series:
    """Which of the sent records are new or other than stored, column by column: mostly it is very few."""
    shape = r.SHAPES[record]
    places = stored.select(shape.keys).with_row_index("at")
    at = sent.select(shape.keys).join(places, on=shape.keys, how="left", maintain_order="left")["at"]
    differ = at.is_null()
    for name in shape.fields:
        differ |= ((sent[name] != "") & (sent[name] != stored[name].gather(at))).fill_null(value=False)
    return differ


def _people(adds: pl.DataFrame, leavers: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    sent = merged(r.PERSON, adds).with_columns(pl.lit("true").alias(r.ACTIVE))
    sent = _where_they_are(sent, adds, state)
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


def _where_they_are(sent: pl.DataFrame, adds: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    """The people with the school that they belong to, be it that rows of theirs name another.

    A person moves only if no row names a school where they are already: at home or in a class.
    """
    home = state[r.PERSON].select(n.USER_ID, pl.col(n.SCHOOL_ID).alias("home"))
    named = adds.select(n.USER_ID, n.SCHOOL_ID).join(home, on=n.USER_ID, how="inner")
    at_home = named.filter(pl.col(n.SCHOOL_ID) == pl.col("home"))
    away = named.filter(pl.col(n.SCHOOL_ID) != pl.col("home")).join(at_home, on=n.USER_ID, how="anti")
    if away.height:
        at_school = state[r.CLASS].select(n.CLASS_ID, n.SCHOOL_ID)
        taught = (
            state[r.ENROLLMENT]
            .join(away, on=n.USER_ID, how="semi")
            .join(at_school, on=n.CLASS_ID, how="inner")
            .join(away, on=[n.USER_ID, n.SCHOOL_ID], how="semi")
        )
        away = away.join(taught, on=n.USER_ID, how="anti").select(n.USER_ID).unique()
    staying = home.join(away, on=n.USER_ID, how="anti")
    there = sent.select(n.USER_ID).join(staying, on=n.USER_ID, how="left", maintain_order="left")["home"]
    return sent.with_columns(there.fill_null(sent[n.SCHOOL_ID]).alias(n.SCHOOL_ID))


def _enrollments(
    enrolling: Enrolling, removes: pl.DataFrame, leavers: pl.DataFrame, state: r.Frames
) -> pl.DataFrame:
    stored = state[r.ENROLLMENT]
    created, marked = enrolling.new, enrolling.added.filter(pl.col(n.PRIMARY_TEACHER) != "")
    if leavers.height:
        created, marked = (
            frame.join(leavers, on=n.USER_ID, how="anti", maintain_order="left")
            for frame in (created, marked)
        )
    created = created.with_columns(
        pl.col(n.PRIMARY_TEACHER).cast(pl.String),
        pl.lit(CREATED).alias("change"),
        pl.lit(r.ENROLLMENT).alias("recordType"),
        pl.lit(None, pl.String).alias(before(n.PRIMARY_TEACHER)),
    )
    parts = [_shaped(r.ENROLLMENT, created)]
    if stored.height and marked.height:
        # First by one column: both together would be copied for every stored pair.
        held = stored.join(marked, on=n.USER_ID, how="semi").join(marked, on=PAIR, how="semi")
        marked = marked.join(held, on=PAIR, how="semi", maintain_order="left")
        marked = marked.with_columns(pl.col(n.PRIMARY_TEACHER).cast(pl.String))
        parts.append(_differences(r.ENROLLMENT, marked, {r.ENROLLMENT: held}))
    if stored.height and (removes.height or leavers.height):
        parts.append(_shaped(r.ENROLLMENT, _gone(removes, leavers, state)))
    if all(part.is_empty() for part in parts[1:]):
        return parts[0]
    return pl.concat(parts).sort("row", *PAIR, nulls_last=True)


def _gone(removes: pl.DataFrame, leavers: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    """The enrollments that rows remove, and those of who leaves (`row` null)."""
    stored = state[r.ENROLLMENT]
    gone = pl.concat(
        [
            stored.join(removes.select(*PAIR, "row"), on=PAIR, how="inner"),
            stored.join(leavers, on=n.USER_ID, how="semi").with_columns(pl.lit(None, pl.UInt32).alias("row")),
        ]
    ).unique(PAIR, keep="first", maintain_order=True)
    school = state[r.CLASS].select(n.CLASS_ID, pl.col(n.SCHOOL_ID).alias("school"))
    return gone.join(school, on=n.CLASS_ID, how="left").with_columns(
        pl.col(n.PRIMARY_TEACHER).alias(before(n.PRIMARY_TEACHER)),
        pl.lit("").alias(n.PRIMARY_TEACHER),
        pl.lit(REMOVED).alias("change"),
        pl.lit(r.ENROLLMENT).alias("recordType"),
    )


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
