"""What is wrong in an accepted record once it is held against the stored roster (dictionary, section 5).

Every rule is a mask over all accepted rows at once; what is stored was joined to them first.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.common.dictionary import users
from rollbook.common.rows_file import written
from rollbook.roster.domain import records as r

BATCH_UPLOAD: Final = "batch_upload"
UNIQUE: Final = (n.USER_EMAIL, n.USER_DISTRICT_ID, n.USER_STATE_ID)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the district and the uploader may do.  `scope` None: every school."""

    enrollment_source: str
    allow_school_creation: bool
    uploader: str
    scope: tuple[str, ...] | None = None


def errors(accepted: pl.DataFrame, state: r.Frames, elsewhere: pl.Series, rules: Rules) -> pl.DataFrame:
    """The errors, as `findings.complete` takes them.  `elsewhere`: e-mails stored in other districts."""
    rows = _with_what_is_stored(accepted, state, elsewhere, rules)
    action = pl.col(n.ACTION)
    leaving = action == users.DEACTIVATE
    adding = action == users.ADD
    removing = action == users.REMOVE
    stored = pl.col("stored.role").is_not_null()
    active = (pl.col("stored.active") == "true").fill_null(value=False)
    sent_type, stored_type = r.person_type(pl.col(n.USER_ROLE)), r.person_type(pl.col("stored.role"))
    role = pl.when(pl.col(n.USER_ROLE) != "").then(pl.col(n.USER_ROLE)).otherwise(pl.col("stored.role"))
    other_school = pl.col("stored.class_school").is_not_null() & (
        pl.col("stored.class_school") != pl.col(n.SCHOOL_ID)
    )
    masks: list[tuple[str, str, pl.Expr, pl.Expr]] = [
        *(
            (n.SCHOOL_ID, code, pl.col("school.problem") == code, pl.col("school.suggestion"))
            for code in ("leading_zeros_lost", "wrong_capitals", "not_found", "out_of_scope")
        ),
        (n.USER_ROLE, "conflict", stored & (pl.col(n.USER_ROLE) != "") & (sent_type != stored_type),
         pl.col("stored.role")),
        *(
            (column, "already_used", adding & pl.col(f"owner.{column}").is_not_null()
             & (pl.col(f"owner.{column}") != pl.col(n.USER_ID)), pl.col(f"owner.{column}"))
            for column in UNIQUE
        ),
        (n.USER_EMAIL, "already_used_elsewhere", adding & pl.col("elsewhere").fill_null(value=False)
         & pl.col(f"owner.{n.USER_EMAIL}").is_null(), pl.lit("")),
        (n.USER_ID, "not_found", (leaving | removing) & ~active, pl.lit("")),
        (n.CLASS_ID, "other_school", (adding | removing) & other_school, pl.col("stored.class_school")),
        (n.CLASS_ID, "not_found",
         removing & active & ~other_school & pl.col("stored.enrolled").is_null(), pl.lit("")),
        (n.ACTION, "self_deactivation", leaving & (
            (pl.col(n.USER_ID) == rules.uploader)
            | (pl.col("stored.email") == rules.uploader.lower()).fill_null(value=False)
        ), pl.lit("")),
    ]  # fmt: skip
    if rules.enrollment_source != BATCH_UPLOAD:
        masks.append(
            (n.USER_ROLE, "students_not_accepted", role == r.STUDENT, pl.lit(rules.enrollment_source))
        )
    return pl.concat([_found(rows, column, code, mask, hint) for column, code, mask, hint in masks])


def warnings(accepted: pl.DataFrame, everything: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    """The warnings about rows that stay accepted; one about a class stands on the class's first row."""
    return pl.concat([_lost_zeros(accepted, state), *_about_classes(accepted, everything, state)])


def demographics_errors(accepted: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    """The errors of demographics: they are kept for active or inactive students, nobody else."""
    stored = state[r.PERSON].select(n.USER_ID, pl.col(n.USER_ROLE).alias("stored.role"))
    rows = accepted.join(stored, on=n.USER_ID, how="left").with_columns(pl.lit("").alias(n.CLASS_ID))
    role = pl.col("stored.role")
    return pl.concat(
        [
            _found(rows, n.USER_ID, "not_found", role.is_null(), pl.lit("")),
            _found(rows, n.USER_ID, "not_a_student", role.is_not_null() & (role != r.STUDENT), role),
        ]
    )


def _with_what_is_stored(
    accepted: pl.DataFrame, state: r.Frames, elsewhere: pl.Series, rules: Rules
) -> pl.DataFrame:
    people, classes = state[r.PERSON], state[r.CLASS]
    stored = people.select(
        n.USER_ID,
        pl.col(n.USER_ROLE).alias("stored.role"),
        pl.col(r.ACTIVE).alias("stored.active"),
        pl.col(n.USER_EMAIL).alias("stored.email"),
    )
    rows = (
        accepted.join(_school_problems(accepted, state[r.SCHOOL], rules),
                      on=[n.SCHOOL_ID, n.ACTION], how="left")
        .join(stored, on=n.USER_ID, how="left")
        .join(classes.select(n.CLASS_ID, pl.col(n.SCHOOL_ID).alias("stored.class_school")),
              on=n.CLASS_ID, how="left")
        .join(state[r.ENROLLMENT].select(n.USER_ID, n.CLASS_ID, pl.lit(value=True).alias("stored.enrolled")),
              on=[n.USER_ID, n.CLASS_ID], how="left")
        .join(pl.DataFrame({n.USER_EMAIL: elsewhere.unique(), "elsewhere": True},
                           schema={n.USER_EMAIL: pl.String(), "elsewhere": pl.Boolean()}),
              on=n.USER_EMAIL, how="left")
    )  # fmt: skip
    for column in UNIQUE:
        owners = people.filter(pl.col(column) != "").select(
            column, pl.col(n.USER_ID).alias(f"owner.{column}")
        )
        rows = rows.join(owners.unique(column, keep="first"), on=column, how="left")
    return rows.sort("row")


def _school_problems(accepted: pl.DataFrame, schools: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """`school.problem` and `school.suggestion` of each pair of schoolId and action in the file."""
    stored = schools.select(n.SCHOOL_ID, pl.col(n.SCHOOL_ID).alias("known"))
    sent = accepted.select(n.SCHOOL_ID, n.ACTION).unique().join(stored, on=n.SCHOOL_ID, how="left")
    for name, fold in (("zeros", _without_zeros), ("capitals", _lower)):
        alike = stored.select(fold(pl.col("known")).alias(name), pl.col("known").alias(f"{name}.like"))
        sent = sent.with_columns(fold(pl.col(n.SCHOOL_ID)).alias(name)).join(
            alike.unique(name, keep="first"), on=name, how="left"
        )
    unknown = pl.col("known").is_null()
    in_scope = pl.lit(value=True) if rules.scope is None else pl.col(n.SCHOOL_ID).is_in(list(rules.scope))
    creatable = pl.lit(rules.allow_school_creation) & (pl.col(n.ACTION) == users.ADD)
    problem = (
        pl.when(unknown & pl.col("zeros.like").is_not_null()).then(pl.lit("leading_zeros_lost"))
        .when(unknown & pl.col("capitals.like").is_not_null()).then(pl.lit("wrong_capitals"))
        .when(unknown & ~creatable).then(pl.lit("not_found"))
        .when(~in_scope).then(pl.lit("out_of_scope"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    suggestion = pl.when(unknown).then(pl.coalesce("zeros.like", "capitals.like")).fill_null("")
    return sent.select(
        n.SCHOOL_ID, n.ACTION, problem.alias("school.problem"), suggestion.alias("school.suggestion")
    )


def _without_zeros(column: pl.Expr) -> pl.Expr:
    return column.str.strip_chars_start("0")


def _lower(column: pl.Expr) -> pl.Expr:
    return column.str.to_lowercase()


def _found(rows: pl.DataFrame, column: str, code: str, mask: pl.Expr, suggestion: pl.Expr) -> pl.DataFrame:
    as_written = written(column)
    value = pl.coalesce(as_written, column) if as_written in rows.columns else pl.col(column)
    return rows.filter(mask.fill_null(value=False)).select(
        "row",
        pl.lit(f"{column}.{code}").alias("code"),
        value.alias("value"),
        suggestion.cast(pl.String).alias("suggestion"),
        n.USER_ID,
        n.CLASS_ID,
    )


def _lost_zeros(accepted: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    people = state[r.PERSON]
    alike = people.select(
        _without_zeros(pl.col(n.USER_ID)).alias("zeros"), pl.col(n.USER_ID).alias("like")
    ).unique("zeros", keep="first")
    new = (
        accepted.filter(pl.col(n.ACTION) == users.ADD)
        .join(people.select(n.USER_ID), on=n.USER_ID, how="anti")
        .with_columns(_without_zeros(pl.col(n.USER_ID)).alias("zeros"))
        .join(alike, on="zeros", how="inner")
    )
    return _found(new, n.USER_ID, "leading_zeros_lost", pl.lit(value=True), pl.col("like"))


def _about_classes(accepted: pl.DataFrame, everything: pl.DataFrame, state: r.Frames) -> list[pl.DataFrame]:
    in_class = accepted.filter(pl.col(n.CLASS_ID) != "")
    first_rows = in_class.sort("row").unique(n.CLASS_ID, keep="first")
    pair = [n.USER_ID, n.CLASS_ID]
    removed = in_class.filter(pl.col(n.ACTION) == users.REMOVE).select(pair)
    left = accepted.filter(pl.col(n.ACTION) == users.DEACTIVATE).select(n.USER_ID)
    roles = state[r.PERSON].select(n.USER_ID, n.USER_ROLE)
    stored = (
        state[r.ENROLLMENT].select(pair)
        .join(first_rows.select(n.CLASS_ID), on=n.CLASS_ID, how="semi")
        .join(removed, on=pair, how="anti")
        .join(left, on=n.USER_ID, how="anti")
        .join(roles, on=n.USER_ID, how="inner")
    )  # fmt: skip
    added = in_class.filter(pl.col(n.ACTION) == users.ADD).select(*pair, n.USER_ROLE)
    sizes = (
        pl.concat([added, stored.select(*pair, n.USER_ROLE)])
        .unique(pair, keep="first")
        .group_by(n.CLASS_ID)
        .agg(
            (pl.col(n.USER_ROLE) == r.STUDENT).sum().alias("students"),
            (pl.col(n.USER_ROLE) != r.STUDENT).sum().alias("teachers"),
        )
    )
    # A class that is too large by the file alone has its warning from the validator already.
    alone = (
        everything.filter((pl.col(n.USER_ROLE) == r.STUDENT) & (pl.col(n.ACTION) == users.ADD))
        .group_by(n.CLASS_ID)
        .agg(pl.col(n.USER_ID).n_unique().alias("alone"))
    )
    rows = (
        first_rows.join(sizes, on=n.CLASS_ID, how="left").join(alone, on=n.CLASS_ID, how="left").sort("row")
    )
    limit = users.RECOMMENDED_CLASS_SIZE
    large = (pl.col("students") > limit) & (pl.col("alone").fill_null(0) <= limit)
    return [
        _found(rows, n.CLASS_ID, "over_recommended_size", large, pl.col("students").cast(pl.String)),
        _found(rows, n.CLASS_ID, "no_teacher", pl.col("teachers").fill_null(0) == 0, pl.lit("")),
    ]
