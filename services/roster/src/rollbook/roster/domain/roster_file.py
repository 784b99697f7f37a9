"""The roster as rows of users.csv: a file that uploads again with every record “no change”.

One row per enrollment; and one without a class for whoever has none at the school they belong to.
"""

from collections.abc import Collection

import polars as pl

from rollbook.common.dictionary import DICTIONARY, users
from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r

ROLES: dict[str, tuple[str, ...]] = {
    "all": users.ROLES,
    "students": (users.STUDENT,),
    "staff": users.STAFF,
    "admins": ("administrator",),
}
"""Whom each `type` of an export names."""


def roster_file(
    state: r.Frames, *, kind: str = "all", school_id: str | None = None, user_ids: Collection[str] = ()
) -> pl.DataFrame:
    """The selected people with the columns of users.csv, by school, person and class.

    Without `user_ids` all of them.
    """
    people = state[r.PERSON].filter((pl.col(r.ACTIVE) == "true") & pl.col(n.USER_ROLE).is_in(ROLES[kind]))
    if user_ids:
        people = people.filter(pl.col(n.USER_ID).is_in(list(user_ids)))
    enrolled = (
        state[r.ENROLLMENT]
        .join(state[r.CLASS], on=n.CLASS_ID, how="inner")
        .join(people.drop(n.SCHOOL_ID), on=n.USER_ID, how="inner")
    )
    alone = people.join(enrolled.select(n.USER_ID, n.SCHOOL_ID), on=[n.USER_ID, n.SCHOOL_ID], how="anti")
    rows = pl.concat([enrolled, alone], how="diagonal")
    if school_id is not None:
        rows = rows.filter(pl.col(n.SCHOOL_ID) == school_id)
    rows = rows.join(state[r.SCHOOL], on=n.SCHOOL_ID, how="left").with_columns(pl.lit("").alias(n.ACTION))
    ordered = rows.sort(n.SCHOOL_ID, n.USER_ID, n.CLASS_ID, nulls_last=False)
    return ordered.select(pl.col(name).fill_null("") for name in DICTIONARY["users"].names)
