"""The change set that puts another one back: every record that still is as the other left it.

A record that differs from what the other change set made of it was changed since, and is left alone.  So is
one that others use by now, or whose e-mail address or ID somebody else has by now.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r
from rollbook.roster.domain.change_set import CREATED, REMOVED, UPDATED, before
from rollbook.roster.domain.comparison import UNIQUE
from rollbook.roster.domain.reidentification import BEFORE_ID, new_ids

NEEDS: Final = (
    (r.PERSON, r.SCHOOL, n.SCHOOL_ID),
    (r.CLASS, r.SCHOOL, n.SCHOOL_ID),
    (r.ENROLLMENT, r.PERSON, n.USER_ID),
    (r.ENROLLMENT, r.CLASS, n.CLASS_ID),
    (r.DEMOGRAPHICS, r.PERSON, n.USER_ID),
)
"""Which record names which other one, in which column; who is needed comes first."""

LEFT_ALONE: Final = {
    "recordType": pl.String(),
    "key": pl.String(),
    "school": pl.String(),
    "row": pl.UInt32(),
    "code": pl.String(),
    "value": pl.String(),
    "suggestion": pl.String(),
    n.USER_ID: pl.String(),
    n.CLASS_ID: pl.String(),
}


@dataclass(frozen=True, slots=True)
class Inverse:
    """`changes`: a change set as of `domain.change_set`, in which a person that is deleted has no field left.

    `left_alone`: what was not put back, and why, with the columns of LEFT_ALONE (`row` is that of the file
    which made the change).  `nothing_to_do`: recordType, key and school of what is back already.
    """

    changes: r.Frames
    left_alone: pl.DataFrame
    nothing_to_do: pl.DataFrame


def invert(
    changes: r.Frames, state: r.Frames, elsewhere: pl.Series, scope: tuple[str, ...] | None
) -> Inverse:
    """Put `changes` back in the roster that is `state` now.

    `elsewhere`: e-mails stored in other districts.  `scope`: the schools that may be changed, None for all.
    """
    undoing = _Undoing(state)
    for record, frame in changes.items():
        undoing.begin(record, frame.with_columns(pl.col(pl.String).fill_null("")))
    undoing.keep_new_ids()
    undoing.keep_out_of_scope(scope)
    undoing.keep_unique(elsewhere)
    for record, needed, column in NEEDS:
        undoing.keep_what_lacks(record, needed, column)
    for record, needed, column in reversed(NEEDS):
        undoing.keep_what_is_used(needed, record, column)
    return Inverse(
        _with_old_ids(undoing.inverse),
        pl.concat([pl.DataFrame(schema=LEFT_ALONE), *undoing.left]),
        pl.concat([pl.DataFrame(schema=_NAMED), *undoing.back]),
    )


def key_of(record: str) -> pl.Expr:
    """A record's key as one text."""
    return pl.concat_str(r.SHAPES[record].keys, separator=" ").alias("key")


_NAMED: Final = {"recordType": pl.String(), "key": pl.String(), "school": pl.String()}


class _Undoing:
    """The inverse as it shrinks, record type by record type."""

    def __init__(self, state: r.Frames) -> None:
        self.state = state
        self.inverse: r.Frames = {}
        self.left: list[pl.DataFrame] = []
        self.back: list[pl.DataFrame] = []

    def begin(self, record: str, frame: pl.DataFrame) -> None:
        """Turn round every change of which the record is still as it was made."""
        shape = r.SHAPES[record]
        now = self.state[record].select(
            *shape.keys, *(pl.col(name).alias(f"now.{name}") for name in shape.fields),
            pl.lit(value=True).alias("_is"),
        )  # fmt: skip
        there = pl.col("_is").fill_null(value=False)
        same = pl.all_horizontal(pl.col(f"now.{name}") == pl.col(name) for name in shape.fields)
        as_before = pl.all_horizontal(pl.col(f"now.{name}") == pl.col(before(name)) for name in shape.fields)
        judged = frame.join(now, on=shape.keys, how="left", maintain_order="left").with_columns(
            _stands(record).alias("_stands"), (pl.col("change") != CREATED).alias("_stood")
        )
        judged = judged.with_columns(
            pl.when("_stands").then(there & same).otherwise(~there).fill_null(value=False).alias("_mine"),
            pl.when("_stood").then(there & as_before).otherwise(~there).fill_null(value=False).alias("_back"),
        )
        mine, other = judged.filter("_mine"), judged.filter(~pl.col("_mine"))
        self.back.append(other.filter("_back").select("recordType", key_of(record), "school"))
        differing = pl.concat_str(
            [
                pl.when(pl.col(f"now.{name}") != pl.col(name)).then(
                    pl.format(" ({} is now “{}”)", pl.lit(name), pl.col(f"now.{name}"))
                )
                for name in shape.fields
            ],
            ignore_nulls=True,
        )
        gone = pl.when(there).then(differing).otherwise(pl.lit(" (it is no longer there)"))
        self._leave(record, other.filter(~pl.col("_back")), "record.changed_since_preview", detail=gone)
        self.inverse[record] = _turned(record, mine)

    def keep_new_ids(self) -> None:
        """Leave people whose old ID somebody else has by now."""
        if r.PERSON in self.inverse and BEFORE_ID in self.inverse[r.PERSON].columns:
            taken = pl.col(BEFORE_ID).is_in(self.state[r.PERSON][n.USER_ID].to_list())
            used = pl.format(" (somebody else is {} by now)", pl.col(BEFORE_ID))
            self._keep(r.PERSON, taken, "record.changed_since_preview", detail=used)

    def keep_out_of_scope(self, scope: tuple[str, ...] | None) -> None:
        """Leave what belongs to a school that this person may not change."""
        if scope is not None:
            for record in self.inverse:
                outside = (pl.col("school") != "") & ~pl.col("school").is_in(list(scope))
                self._keep(record, outside, "schoolId.out_of_scope", value=pl.col("school"), about=pl.lit(""))

    def keep_unique(self, elsewhere: pl.Series) -> None:
        """Leave people whose e-mail address or ID has gone to somebody else since."""
        if r.PERSON not in self.inverse:
            return
        people = self.state[r.PERSON]
        for column in UNIQUE:
            owners = people.filter(pl.col(column) != "").select(
                column, pl.col(n.USER_ID).alias("_owner")
            ).unique(column, keep="first")  # fmt: skip
            self.inverse[r.PERSON] = self.inverse[r.PERSON].join(
                owners, on=column, how="left", maintain_order="left"
            )
            taken = pl.col("_owner").is_not_null() & (pl.col("_owner") != pl.col(n.USER_ID))
            self._keep(
                r.PERSON, taken & (pl.col("change") != REMOVED), f"{column}.already_used",
                value=pl.col(column), about=pl.col("_owner"),
            )  # fmt: skip
            self.inverse[r.PERSON] = self.inverse[r.PERSON].drop("_owner")
        used = pl.col(n.USER_EMAIL).is_in(elsewhere.to_list()) & (pl.col("change") != REMOVED)
        self._keep(
            r.PERSON, used, f"{n.USER_EMAIL}.already_used_elsewhere",
            value=pl.col(n.USER_EMAIL), about=pl.lit(""),
        )  # fmt: skip

    def keep_what_lacks(self, record: str, needed: str, column: str) -> None:
        """Leave what would come back to a school, class or person that is there no longer."""
        if record not in self.inverse:
            return
        known = self._after(needed).select(pl.col(r.SHAPES[needed].keys[0]).alias(column)).unique()
        lacking = self.inverse[record].join(known, on=column, how="anti").select(r.SHAPES[record].keys)
        marked = self.inverse[record].join(
            lacking.with_columns(pl.lit(value=True).alias("_lacks")), on=r.SHAPES[record].keys, how="left",
            maintain_order="left",
        )  # fmt: skip
        self.inverse[record] = marked.with_columns(pl.col("_lacks").fill_null(value=False))
        about = pl.format("{} {}", pl.lit(needed), pl.col(column))
        self._keep(
            record, pl.col("_lacks") & (pl.col("change") != REMOVED), "record.dependency_failed", about=about
        )
        self.inverse[record] = self.inverse[record].drop("_lacks")

    def keep_what_is_used(self, record: str, user: str, column: str) -> None:
        """Leave what was created and is used by something that stays."""
        if record not in self.inverse:
            return
        (key,) = r.SHAPES[record].keys
        used = self._after(user).select(pl.col(column).alias(key)).unique()
        marked = self.inverse[record].join(
            used.with_columns(pl.lit(value=True).alias("_used")), on=key, how="left", maintain_order="left"
        )
        self.inverse[record] = marked.with_columns(pl.col("_used").fill_null(value=False))
        self._keep(
            record, pl.col("_used") & _deleted(record), "record.changed_since_preview",
            detail=pl.lit(" (which others use by now)"),
        )  # fmt: skip
        self.inverse[record] = self.inverse[record].drop("_used")

    def _after(self, record: str) -> pl.DataFrame:
        """The records of a type as they will be."""
        shape, state = r.SHAPES[record], self.state[record]
        if record not in self.inverse:
            return state
        frame = self.inverse[record]
        stay = state.join(frame.select(shape.keys), on=shape.keys, how="anti")
        return pl.concat([stay, frame.filter(~_deleted(record)).select(shape.columns)])

    def _keep(
        self,
        record: str,
        mask: pl.Expr,
        code: str,
        *,
        value: pl.Expr | None = None,
        about: pl.Expr | None = None,
        detail: pl.Expr | None = None,
    ) -> None:
        frame = self.inverse[record]
        self._leave(record, frame.filter(mask), code, value=value, about=about, detail=detail)
        self.inverse[record] = frame.filter(~mask)

    def _leave(
        self,
        record: str,
        frame: pl.DataFrame,
        code: str,
        *,
        value: pl.Expr | None = None,
        about: pl.Expr | None = None,
        detail: pl.Expr | None = None,
    ) -> None:
        named = pl.concat_str(pl.col("recordType"), pl.lit(" "), key_of(record))
        suggestion = about if about is not None else pl.concat_str(
            named, detail if detail is not None else pl.lit("")
        )  # fmt: skip
        columns = frame.columns
        self.left.append(
            frame.select(
                "recordType",
                key_of(record),
                "school",
                pl.col("row").fill_null(1),
                pl.lit(code).alias("code"),
                (value if value is not None else pl.lit("")).alias("value"),
                suggestion.alias("suggestion"),
                *(
                    (pl.col(name) if name in columns else pl.lit("")).alias(name)
                    for name in (n.USER_ID, n.CLASS_ID)
                ),
            )
        )


def _stands(record: str) -> pl.Expr:
    """Whether a record is there after its change: who leaves is kept, inactive."""
    kept = (pl.col(r.ACTIVE) != "") if record == r.PERSON else pl.lit(value=False)
    return (pl.col("change") != REMOVED) | kept


def _deleted(record: str) -> pl.Expr:
    return ~_stands(record)


def _turned(record: str, changes: pl.DataFrame) -> pl.DataFrame:
    """The changes with before and after exchanged.  `_stood` and `_stands` say when the record is there."""
    fields = r.SHAPES[record].fields
    change = (
        pl.when(~pl.col("_stood")).then(pl.lit(REMOVED))
        .when(~pl.col("_stands")).then(pl.lit(CREATED))
        .otherwise(pl.lit(UPDATED))
    )  # fmt: skip
    if record == r.PERSON:
        leaves = (pl.col(before(r.ACTIVE)) == "false") & (pl.col(r.ACTIVE) == "true")
        change = pl.when(pl.col("_stood") & leaves).then(pl.lit(REMOVED)).otherwise(change)
    return changes.select(
        *r.SHAPES[record].keys,
        *([BEFORE_ID] if record == r.PERSON and BEFORE_ID in changes.columns else []),
        change.alias("change"),
        "recordType",
        "school",
        "row",
        *(pl.when("_stood").then(pl.col(before(name))).otherwise(pl.lit("")).alias(name) for name in fields),
        *(pl.when("_stands").then(pl.col(name)).otherwise(pl.lit("")).alias(before(name)) for name in fields),
    )


def _with_old_ids(inverse: r.Frames) -> r.Frames:
    """Everything under the old IDs of those who had got new ones: they get the old ones back first."""
    renamed = new_ids(inverse[r.PERSON]) if r.PERSON in inverse else pl.DataFrame()
    if renamed.is_empty():
        return {record: frame.drop(BEFORE_ID, strict=False) for record, frame in inverse.items()}
    old = dict(renamed.iter_rows())
    named = {
        record: frame.with_columns(pl.col(n.USER_ID).replace(old)) if n.USER_ID in frame.columns else frame
        for record, frame in inverse.items()
    }
    new = {before_id: user_id for user_id, before_id in old.items()}
    people = named[r.PERSON].with_columns(
        pl.col(n.USER_ID).replace_strict(new, default="", return_dtype=pl.String).alias(BEFORE_ID)
    )
    return {**named, r.PERSON: people}
