"""The counts of summary.csv: every record that a file names is counted exactly once (interfaces, section 4).

A record counts under created, updated, noChange or removed if at least one accepted row carries it, else
under errors.  It belongs to the school of the first row that carries it.  A blank or faulty ID cell of a
rejected row counts as one record of its own where the row must have it; a broken row as one enrollment.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.common.rows_file import BROKEN, REJECTED, ROW
from rollbook.roster.domain import records as r
from rollbook.roster.domain.enrolling import PAIR
from rollbook.roster.domain.sent import GRADED, IN_CLASS, Sent, only

TYPES: Final = (r.SCHOOL, r.STAFF, r.STUDENT, r.CLASS, r.ENROLLMENT)
CHANGES: Final = ("created", "updated", "removed")
FIGURES: Final = ("created", "updated", "noChange", "removed", "errors")

_PART_ROWS: Final = 200_000
_NO_CHANGES: Final = pl.DataFrame(
    schema={"recordType": pl.String(), "school": pl.String(), **dict.fromkeys(CHANGES, pl.Int64())}
)


def count(sent: Sent, changes: r.Frames, people: pl.DataFrame) -> pl.DataFrame:
    """The lines of summary.csv for users.csv: recordType, schoolId and five figures, in their order.

    `sent` is the whole file, `rejected` after every check; `people` the stored ones (userId, userRole), for
    rows that need not say the role.  The accepted rows' different lines name every school, person and class.
    """
    whole = only(sent.rows, ~pl.col(BROKEN))
    rejected = whole.filter(pl.col(REJECTED))
    broken = sent.rows.filter(pl.col(BROKEN)).with_columns(pl.lit("").alias(n.USER_ID))
    action = pl.col(n.ACTION).fill_null(users.ADD)
    add, remove = (action == name for name in (users.ADD, users.REMOVE))
    in_class = pl.lit(value=True).alias(IN_CLASS)
    schools = _and_rejected(sent.schools, rejected)
    classes = _and_rejected(sent.classes.with_columns(in_class), rejected)
    persons = _and_rejected(
        sent.people.with_columns((pl.col(n.USER_GRADE) != "").alias(GRADED)).drop(n.USER_GRADE), rejected
    )
    named = {
        r.SCHOOL: _named(only(schools, add), [n.SCHOOL_ID]),
        r.PERSON: _typed(only(persons, ~remove), people),
        r.CLASS: _named(only(classes, add & pl.col(IN_CLASS)), [n.CLASS_ID]),
        r.ENROLLMENT: pl.concat(
            [_named(only(whole, (add & pl.col(IN_CLASS)) | remove), PAIR), _named(broken, PAIR)]
        ),
    }
    places = schools.filter(pl.col(n.SCHOOL_ID) != "")[n.SCHOOL_ID].unique().sort().to_list()
    judged = [_judged(record, lines, changes.get(record)) for record, lines in named.items()]
    return _lines(pl.concat(judged), places, TYPES)


def _and_rejected(lines: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """The different lines of accepted rows and the rejected rows, in the order of the file."""
    columns = [name for name in rejected.columns if name in lines.columns or name == REJECTED]
    accepted = lines.with_columns(pl.lit(value=False).alias(REJECTED)).select(
        pl.col(name).cast(rejected.schema[name]) for name in columns
    )
    if rejected.is_empty():
        return accepted
    return pl.concat([accepted, rejected.select(columns)]).sort(ROW)


def count_demographics(rows: pl.DataFrame, changes: r.Frames) -> pl.DataFrame:
    """The one line of a demographics file: its records are students, whose school it does not name."""
    record = r.DEMOGRAPHICS
    named = _named(rows.with_columns(pl.lit("").alias(n.SCHOOL_ID)), [n.USER_ID])
    return _lines(_judged(record, named, changes[record]), [], (record,))


def _named(
    rows: pl.DataFrame, keys: list[str], more: Sequence[pl.Expr] = (), together: Sequence[pl.Expr] = ()
) -> pl.DataFrame:
    """A line for each record that the rows name: keys, `school`, `accepted`, and more, put `together`.

    A blank or faulty ID makes the row's record one of its own.
    """
    school = pl.col(n.SCHOOL_ID).fill_null("").alias("school")
    accepted = ~pl.col(REJECTED).fill_null(value=False)
    lines = rows.select(*keys, school, accepted.alias("accepted"), *more)
    usable = pl.all_horizontal(pl.col(key).fill_null("") != "" for key in keys)
    # Equal keys have equal hashes, so only lines of repeated hashes need to be put together.
    hashes = lines.select(pl.struct(keys).hash().alias("hash")).to_series()
    if hashes.n_unique() == lines.height:
        return lines
    several = lines.select(usable & hashes.is_duplicated()).to_series()
    if not several.any():
        return lines
    records = (
        lines.filter(several)
        .unique(keep="first", maintain_order=True)
        .group_by(keys, maintain_order=True)
        .agg(pl.col("school").first(), pl.col("accepted").any(), *together)
    )
    return records if several.all() else pl.concat([lines.filter(~several), records])


def _typed(rows: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Staff or student by the first usable userRole of the person's rows, else as stored, else by grade."""
    usable = pl.when(pl.col(n.USER_ROLE) != "").then(pl.col(n.USER_ROLE)).cast(pl.String).alias("sent")
    together = (pl.col("sent").drop_nulls().first(), pl.col(GRADED).any())
    records = _named(rows, [n.USER_ID], (usable, pl.col(GRADED)), together)
    stored = people.select(n.USER_ID, pl.col(n.USER_ROLE).alias("stored"))
    by_grade = pl.when(pl.col(GRADED)).then(pl.lit(r.STUDENT)).otherwise(pl.lit(r.STAFF))
    role = pl.coalesce("sent", "stored")
    kind = pl.when(role.is_null()).then(by_grade).otherwise(r.person_type(role))
    typed = records.join(stored, on=n.USER_ID, how="left", maintain_order="left")
    return typed.select(n.USER_ID, "school", "accepted", kind.alias("recordType"))


def _judged(record: str, named: pl.DataFrame, changes: pl.DataFrame | None) -> pl.DataFrame:
    """The figures of each recordType and school."""
    place = ["recordType", "school"] if record == r.PERSON else ["school"]
    figures = _totals(named, place)
    changed = _NO_CHANGES.select(*place, *CHANGES)
    if changes is not None and changes.height:
        keys = [*r.SHAPES[record].keys, *(["recordType"] if record == r.PERSON else [])]
        outcome = _outcome(only(named, pl.col("accepted")), changes, keys)
        changed = outcome.group_by(place).agg(
            (pl.col("change") == name).sum().cast(pl.Int64).alias(name) for name in CHANGES
        )
    counted = figures.join(changed, on=place, how="left").with_columns(pl.col(CHANGES).fill_null(0))
    unchanged = pl.col("accepted") - pl.sum_horizontal(CHANGES)
    counted = counted.with_columns(unchanged.alias("noChange"))
    if record != r.PERSON:
        counted = counted.with_columns(pl.lit(record).alias("recordType"))
    return counted.select("recordType", "school", *FIGURES)


def _totals(named: pl.DataFrame, place: list[str]) -> pl.DataFrame:
    """How many are `accepted` and how many `errors`; put together part by part, for grouping takes memory."""
    good = pl.col("accepted")
    parts = [
        part.group_by(place).agg(good.sum().cast(pl.Int64), (~good).sum().cast(pl.Int64).alias("errors"))
        for part in (named.clear(), *named.iter_slices(_PART_ROWS))
    ]
    return pl.concat(parts).group_by(place).sum()


def _outcome(accepted: pl.DataFrame, changes: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The accepted records that change, with `change`."""
    by_rows = changes.filter(pl.col("row").is_not_null())
    if by_rows.height == changes.height == accepted.height and changes["change"].n_unique() == 1:
        # A first load: what a row changes is an accepted record, so each of them changes, and alike.
        return accepted.with_columns(changes["change"])
    return accepted.join(changes.select(*keys, "change"), on=keys, how="inner")


def _lines(counted: pl.DataFrame, schools: list[str], types: tuple[str, ...]) -> pl.DataFrame:
    wanted = pl.DataFrame(
        {
            "recordType": [kind for _ in ["", *schools] for kind in types],
            "schoolId": [school for school in ["", *schools] for _ in types],
        },
        schema={"recordType": pl.String(), "schoolId": pl.String()},
    )
    district = counted.group_by("recordType").agg(pl.lit("").alias("school"), pl.col(FIGURES).sum())
    found = pl.concat([district, counted.filter(pl.col("school") != "")]).rename({"school": "schoolId"})
    return wanted.join(found, on=["recordType", "schoolId"], how="left", maintain_order="left").with_columns(
        pl.col(FIGURES).fill_null(0)
    )
