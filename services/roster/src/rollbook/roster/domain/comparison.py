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
from rollbook.roster.domain.enrolling import PAIR, Enrolling
from rollbook.roster.domain.sent import Sent, only

BATCH_UPLOAD: Final = "batch_upload"
_SCHOOL: Final = pl.col("stored.school")
UNIQUE: Final = (n.USER_EMAIL, n.USER_DISTRICT_ID, n.USER_STATE_ID)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the district and the uploader may do.  `scope` None: every school."""

    enrollment_source: str
    allow_school_creation: bool
    uploader: str
    scope: tuple[str, ...] | None = None


def everybody(sent: Sent) -> pl.DataFrame:
    """Whose stored records matter for a file: userId and UNIQUE of who is accepted, else the userId alone.

    A rejected row that names somebody without a role is counted as what the person is.
    """
    rejected = only(sent.rows, pl.col("rejected") & (pl.col(n.USER_ID) != "")).select(n.USER_ID)
    both = pl.concat([sent.people.select(n.USER_ID, *UNIQUE), rejected], how="diagonal")
    return both.with_columns(pl.col(UNIQUE).fill_null("")).unique()


def errors(accepted: pl.DataFrame, state: r.Frames, elsewhere: pl.Series, rules: Rules) -> pl.DataFrame:
    """The errors of these rows, as `findings.complete` takes them.

    `elsewhere`: e-mails stored in other districts.  What is wrong with a row depends on that row alone, and
    mostly on a few of its cells: see :func:`errors_of_lines`.
    """
    removing = accepted.filter(pl.col(n.ACTION) == users.REMOVE)
    return pl.concat(
        [
            _errors_of_people(accepted, state, elsewhere, rules),
            _errors_of_classes(accepted, state),
            _errors_of_removals(removing, state),
        ]
    )


def rows_in_doubt(sent: Sent, state: r.Frames, elsewhere: pl.Series, rules: Rules) -> pl.Expr | None:
    """Which rows may have an error: a mask over accepted rows, None where none has one.

    Looks at each different line once, so that the rows need not be looked at if nothing is wrong.
    """
    people = _errors_of_people(_lines_in_doubt(sent, state, rules), state, elsewhere, rules)
    classes = _errors_of_classes(sent.classes.with_columns(pl.lit("").alias(n.USER_ID)), state)
    removing = sent.accepted.filter(pl.col(n.ACTION) == users.REMOVE)
    removals = _errors_of_removals(removing, state)
    if people.is_empty() and classes.is_empty() and removals.is_empty():
        return None
    return (
        pl.col(n.USER_ID).is_in(people[n.USER_ID].unique().implode())
        | pl.col(n.CLASS_ID).is_in(classes[n.CLASS_ID].unique().implode())
        | pl.col("row").is_in(removals["row"].implode())
    )


def _lines_in_doubt(sent: Sent, state: r.Frames, rules: Rules) -> pl.DataFrame:
    """The people's lines but for those that say who somebody is just as it is stored."""
    lines = sent.people.with_columns(pl.lit("").alias(n.CLASS_ID))
    if rules.enrollment_source != BATCH_UPLOAD:
        return lines
    same = [n.USER_ID, n.USER_ROLE, *UNIQUE]
    active = only(state[r.PERSON], pl.col(r.ACTIVE) == "true").select(same)
    problems = _school_problems(lines, state[r.SCHOOL], rules).filter(pl.col("school.problem") != "")
    sound = (
        only(lines, pl.col(n.ACTION) == users.ADD)
        .select("row", n.SCHOOL_ID, *same)
        .join(active, on=same, how="semi")
        .join(problems, on=n.SCHOOL_ID, how="anti")
        .select("row")
    )
    return lines.join(sound, on="row", how="anti", maintain_order="left")


def warnings(sent: Sent, state: r.Frames, enrolling: Enrolling) -> pl.DataFrame:
    """The warnings about rows that stay accepted; one about a class stands on the class's first row."""
    return pl.concat([_lost_zeros(sent, state), *_about_classes(sent, state, enrolling)])


def demographics_errors(
    accepted: pl.DataFrame, state: r.Frames, scope: tuple[str, ...] | None
) -> pl.DataFrame:
    """The errors of demographics: they are kept for active or inactive students, nobody else.

    `scope`: the schools that the uploader may change; None: every school.
    """
    stored = state[r.PERSON].select(
        n.USER_ID,
        pl.col(n.USER_ROLE).alias("stored.role"),
        pl.col(n.SCHOOL_ID).alias("stored.school"),
    )
    rows = accepted.join(stored, on=n.USER_ID, how="left").with_columns(pl.lit("").alias(n.CLASS_ID))
    role = pl.col("stored.role")
    return pl.concat(
        [
            _found(rows, n.USER_ID, "not_found", role.is_null(), pl.lit("")),
            _found(rows, n.USER_ID, "not_found", (role == r.STUDENT) & is_outside(_SCHOOL, scope), _SCHOOL),
            _found(rows, n.USER_ID, "not_a_student", role.is_not_null() & (role != r.STUDENT), role),
        ]
    )


def _errors_of_people(
    accepted: pl.DataFrame, state: r.Frames, elsewhere: pl.Series, rules: Rules
) -> pl.DataFrame:
    rows = _with_what_is_stored(accepted, state, elsewhere, rules)
    action = pl.col(n.ACTION)
    leaving, adding = action == users.DEACTIVATE, action == users.ADD
    removing = action == users.REMOVE
    stored = pl.col("stored.role").is_not_null()
    active = (pl.col("stored.active") == "true").fill_null(value=False)
    sent_type, stored_type = r.person_type(pl.col(n.USER_ROLE)), r.person_type(pl.col("stored.role"))
    role = pl.when(pl.col(n.USER_ROLE) != "").then(pl.col(n.USER_ROLE)).otherwise(pl.col("stored.role"))
    masks: list[tuple[str, str, pl.Expr, pl.Expr]] = [
        *(
            (n.SCHOOL_ID, code, pl.col("school.problem") == code, pl.col("school.suggestion"))
            for code in ("leading_zeros_lost", "wrong_capitals", "not_found", "out_of_scope")
        ),
        (n.SCHOOL_ID, "out_of_scope", leaving & active & (pl.col("school.problem") == "")
         & is_outside(_SCHOOL, rules.scope), _SCHOOL),
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


def is_outside(school: pl.Expr, scope: tuple[str, ...] | None) -> pl.Expr:
    """Whether what belongs to a school ("": to none) is not to be changed by who may change a scope's."""
    if scope is None:
        return pl.lit(value=False)
    return (school != "") & ~school.is_in(list(scope))


def _errors_of_classes(accepted: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    """The class is stored under another school."""
    stored = pl.col("stored.class_school")
    rows = accepted.join(_class_schools(state), on=n.CLASS_ID, how="inner", maintain_order="left")
    concerned = pl.col(n.ACTION).is_in([users.ADD, users.REMOVE])
    return _found(rows, n.CLASS_ID, "other_school", concerned & (stored != pl.col(n.SCHOOL_ID)), stored)


def _errors_of_removals(removing: pl.DataFrame, state: r.Frames) -> pl.DataFrame:
    """There is nothing to remove; a person or a school that is wrong has a finding of its own."""
    if removing.is_empty():  # and all that is stored is not looked at for it
        return _none(removing)
    active = state[r.PERSON].filter(pl.col(r.ACTIVE) == "true").select(n.USER_ID)
    rows = (
        removing.join(active, on=n.USER_ID, how="semi", maintain_order="left")
        .join(state[r.ENROLLMENT], on=[n.USER_ID, n.CLASS_ID], how="anti", maintain_order="left")
        .join(_class_schools(state), on=n.CLASS_ID, how="left", maintain_order="left")
    )
    same_school = pl.col("stored.class_school").is_null() | (
        pl.col("stored.class_school") == pl.col(n.SCHOOL_ID)
    )
    return _found(rows, n.CLASS_ID, "not_found", same_school, pl.lit(""))


def _class_schools(state: r.Frames) -> pl.DataFrame:
    return state[r.CLASS].select(n.CLASS_ID, pl.col(n.SCHOOL_ID).alias("stored.class_school"))


def _with_what_is_stored(
    accepted: pl.DataFrame, state: r.Frames, elsewhere: pl.Series, rules: Rules
) -> pl.DataFrame:
    people = state[r.PERSON]
    stored = people.select(
        n.USER_ID,
        pl.col(n.USER_ROLE).alias("stored.role"),
        pl.col(r.ACTIVE).alias("stored.active"),
        pl.col(n.USER_EMAIL).alias("stored.email"),
        pl.col(n.SCHOOL_ID).alias("stored.school"),
    )
    far = pl.DataFrame({n.USER_EMAIL: elsewhere.unique(), "elsewhere": True},
                       schema={n.USER_EMAIL: pl.String(), "elsewhere": pl.Boolean()})  # fmt: skip
    rows = (
        accepted.join(
            _school_problems(accepted, state[r.SCHOOL], rules), on=[n.SCHOOL_ID, n.ACTION], how="left"
        )
        .join(stored, on=n.USER_ID, how="left")
        .join(far, on=n.USER_EMAIL, how="left")
    )
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
    creatable = pl.lit(rules.allow_school_creation) & (pl.col(n.ACTION) == users.ADD)
    problem = (
        pl.when(unknown & pl.col("zeros.like").is_not_null()).then(pl.lit("leading_zeros_lost"))
        .when(unknown & pl.col("capitals.like").is_not_null()).then(pl.lit("wrong_capitals"))
        .when(unknown & ~creatable).then(pl.lit("not_found"))
        .when(is_outside(pl.col(n.SCHOOL_ID), rules.scope)).then(pl.lit("out_of_scope"))
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


def _lost_zeros(sent: Sent, state: r.Frames) -> pl.DataFrame:
    people = state[r.PERSON]
    alike = people.select(
        _without_zeros(pl.col(n.USER_ID)).alias("zeros"), pl.col(n.USER_ID).alias("like")
    ).unique("zeros", keep="first")
    adding = pl.col(n.ACTION) == users.ADD
    new = (
        sent.people.filter(adding)
        .select(n.USER_ID, _without_zeros(pl.col(n.USER_ID)).alias("zeros"))
        .join(people, on=n.USER_ID, how="anti")
        .join(alike, on="zeros", how="inner")
        .unique(n.USER_ID)
    )
    if new.is_empty():
        return _none(sent.rows)
    rows = sent.accepted.filter(adding).join(new, on=n.USER_ID, how="inner", maintain_order="left")
    return _found(rows, n.USER_ID, "leading_zeros_lost", pl.lit(value=True), pl.col("like"))


def _about_classes(sent: Sent, state: r.Frames, enrolling: Enrolling) -> list[pl.DataFrame]:
    lines = sent.classes.unique(n.CLASS_ID, keep="first", maintain_order=True)
    first_rows = sent.rows.join(lines, on="row", how="semi", maintain_order="left")
    removed = sent.accepted.filter((pl.col(n.ACTION) == users.REMOVE) & (pl.col(n.CLASS_ID) != ""))
    left = sent.people.filter(pl.col(n.ACTION) == users.DEACTIVATE)
    stay = (
        enrolling.unnamed.join(first_rows, on=n.CLASS_ID, how="semi")
        .join(removed, on=PAIR, how="anti")
        .join(left, on=n.USER_ID, how="anti")
        .join(state[r.PERSON].select(n.USER_ID, n.USER_ROLE), on=n.USER_ID, how="inner")
    )
    members = pl.concat([
        frame.select(n.CLASS_ID, (pl.col(n.USER_ROLE) == r.STUDENT).alias("student"))
        for frame in (enrolling.added, stay)
    ])  # fmt: skip
    sizes = members.group_by(n.CLASS_ID).agg(
        pl.col("student").sum().alias("students"), (~pl.col("student")).sum().alias("teachers")
    )
    rows = first_rows.join(sizes, on=n.CLASS_ID, how="left", maintain_order="left")
    # A class that is too large by the file alone has its warning from the validator already.
    large = rows.filter(pl.col("students") > users.RECOMMENDED_CLASS_SIZE)
    alone = (
        sent.rows.join(large, on=n.CLASS_ID, how="semi")
        .filter((pl.col(n.USER_ROLE) == r.STUDENT) & (pl.col(n.ACTION) == users.ADD))
        .group_by(n.CLASS_ID)
        .agg(pl.col(n.USER_ID).n_unique().alias("alone"))
    )
    by_both = large.join(
        alone.filter(pl.col("alone") > users.RECOMMENDED_CLASS_SIZE), on=n.CLASS_ID, how="anti"
    )
    return [
        _found(by_both, n.CLASS_ID, "over_recommended_size", pl.lit(value=True), pl.col("students")),
        _found(rows, n.CLASS_ID, "no_teacher", pl.col("teachers").fill_null(0) == 0, pl.lit("")),
    ]


def _none(rows: pl.DataFrame) -> pl.DataFrame:
    return _found(rows.clear(), n.USER_ID, "leading_zeros_lost", pl.lit(value=False), pl.lit(""))
