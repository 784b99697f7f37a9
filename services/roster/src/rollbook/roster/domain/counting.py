"""The counts of summary.csv: every record that a file names is counted exactly once (interfaces, section 4).

A record counts under created, updated, noChange or removed if at least one accepted row carries it, else
under errors.  It belongs to the school of the first row that carries it.  A blank or faulty ID cell of a
rejected row counts as one record of its own where the row must have it; a broken row as one enrollment.
"""

from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.roster.domain import records as r

TYPES: Final = (r.SCHOOL, r.STAFF, r.STUDENT, r.CLASS, r.ENROLLMENT)
FIGURES: Final = ("created", "updated", "noChange", "removed", "errors")

_MARK: Final = "\x00"  # no cell holds it: marks a key made of a row's number


def count(rows: pl.DataFrame, changes: r.Frames, people: pl.DataFrame) -> pl.DataFrame:
    """The lines of summary.csv for users.csv: recordType, schoolId and five figures, in their order.

    `rows` are all rows of the file with the columns of the rows file (`rejected` after every check);
    `people` the stored ones (userId, userRole), for rows that need not say the role.
    """
    named = _named(rows, people)
    outcome = _outcomes(changes)
    judged = (
        named.sort("row", maintain_order=True)
        .group_by("recordType", "key", maintain_order=True)
        .agg(pl.col("school").first(), (~pl.col("rejected")).any().alias("accepted"))
        .join(outcome, on=["recordType", "key"], how="left", maintain_order="left")
    )
    result = (
        pl.when(~pl.col("accepted")).then(pl.lit("errors")).otherwise(pl.col("change").fill_null("noChange"))
    )
    judged = judged.with_columns(result.alias("figure"))
    schools = rows.filter(pl.col(n.SCHOOL_ID) != "")[n.SCHOOL_ID].unique().sort().to_list()
    return _lines(judged, schools, TYPES)


def count_demographics(rows: pl.DataFrame, changes: r.Frames) -> pl.DataFrame:
    """The one line of a demographics file: its records are students, whose school it does not name."""
    named = rows.select(
        "row",
        "rejected",
        pl.lit(r.DEMOGRAPHICS).alias("recordType"),
        pl.lit("").alias("school"),
        _key(pl.col(n.USER_ID)).alias("key"),
    )
    judged = (
        named.group_by("recordType", "key")
        .agg(pl.col("school").first(), (~pl.col("rejected")).any().alias("accepted"))
        .join(_outcomes(changes), on=["recordType", "key"], how="left")
    )
    result = (
        pl.when(~pl.col("accepted")).then(pl.lit("errors")).otherwise(pl.col("change").fill_null("noChange"))
    )
    return _lines(judged.with_columns(result.alias("figure")), [], (r.DEMOGRAPHICS,))


def _key(*cells: pl.Expr) -> pl.Expr:
    """The cells as one key; the row's own key where any of them is blank or faulty."""
    usable = pl.all_horizontal((cell.fill_null("") != "") for cell in cells)
    own = pl.format(_MARK + "{}", pl.col("row"))
    return pl.when(usable).then(pl.concat_str(*cells, separator=" ")).otherwise(own)


def _named(rows: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """A line for each record that a row carries: recordType, key, school, row, rejected."""
    whole = rows.filter(~pl.col("broken"))
    action = pl.col(n.ACTION).replace("", users.ADD).fill_null(users.ADD)
    add, remove, leave = (action == name for name in (users.ADD, users.REMOVE, users.DEACTIVATE))
    some_class_cell = pl.any_horizontal(
        pl.col(name).is_null() | (pl.col(name) != "") for name in users.CLASS_COLUMNS
    )
    persons = _named_as(whole.filter(add | leave), _key(pl.col(n.USER_ID)), n.USER_ROLE, n.USER_GRADE)
    return pl.concat(
        [
            _named_as(whole.filter(add), _key(pl.col(n.SCHOOL_ID))).with_columns(
                pl.lit(r.SCHOOL).alias("recordType")
            ),
            _typed(persons, people),
            _named_as(whole.filter(add & some_class_cell), _key(pl.col(n.CLASS_ID))).with_columns(
                pl.lit(r.CLASS).alias("recordType")
            ),
            _named_as(
                whole.filter((add & some_class_cell) | remove), _key(pl.col(n.USER_ID), pl.col(n.CLASS_ID))
            ).with_columns(pl.lit(r.ENROLLMENT).alias("recordType")),
            _named_as(rows.filter(pl.col("broken")), _key(pl.lit(""))).with_columns(
                pl.lit(r.ENROLLMENT).alias("recordType")
            ),
        ]
    )


def _named_as(rows: pl.DataFrame, key: pl.Expr, *more: str) -> pl.DataFrame:
    school = pl.col(n.SCHOOL_ID).fill_null("").alias("school")
    return rows.select(key.alias("key"), school, "row", pl.col("rejected").fill_null(value=False), *more)


def _typed(persons: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Staff or student by the first usable userRole of the person's rows, else as stored, else by grade."""
    roles = persons.sort("row").group_by("key").agg(
        pl.col(n.USER_ROLE).filter(pl.col(n.USER_ROLE) != "").first().alias("sent"),
        (pl.col(n.USER_GRADE).is_null() | (pl.col(n.USER_GRADE) != "")).any().alias("graded"),
    )  # fmt: skip
    stored = people.select(pl.col(n.USER_ID).alias("key"), pl.col(n.USER_ROLE).alias("stored"))
    by_grade = pl.when(pl.col("graded")).then(pl.lit(r.STUDENT)).otherwise(pl.lit(r.STAFF))
    role = pl.coalesce("sent", "stored")
    kind = pl.when(role.is_null()).then(by_grade).otherwise(r.person_type(role))
    types = roles.join(stored, on="key", how="left").select("key", kind.alias("recordType"))
    return persons.join(types, on="key", how="left", maintain_order="left").select(
        "key", "school", "row", "rejected", "recordType"
    )


def _outcomes(changes: r.Frames) -> pl.DataFrame:
    parts = [
        frame.select("recordType", pl.concat_str(r.SHAPES[record].keys, separator=" ").alias("key"), "change")
        for record, frame in changes.items()
    ]
    return pl.concat(parts)


def _lines(judged: pl.DataFrame, schools: list[str], types: tuple[str, ...]) -> pl.DataFrame:
    wanted = pl.DataFrame(
        {
            "recordType": [kind for _ in ["", *schools] for kind in types],
            "schoolId": [school for school in ["", *schools] for _ in types],
        },
        schema={"recordType": pl.String(), "schoolId": pl.String()},
    )
    figures = [(pl.col("figure") == name).sum().alias(name) for name in FIGURES]
    district = judged.group_by("recordType").agg(figures).with_columns(pl.lit("").alias("schoolId"))
    by_school = (
        judged.filter(pl.col("school") != "")
        .group_by("recordType", "school")
        .agg(figures)
        .rename({"school": "schoolId"})
    )
    found = pl.concat([district, by_school], how="diagonal")
    return wanted.join(found, on=["recordType", "schoolId"], how="left", maintain_order="left").with_columns(
        pl.col(name).fill_null(0).cast(pl.Int64) for name in FIGURES
    )
