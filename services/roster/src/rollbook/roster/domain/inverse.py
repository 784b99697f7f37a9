"""The change set that puts another one back: every record that still is as the other left it.

A record that differs from what the other change set made of it was changed since, and is left alone.  So is
one that others use by now, or whose e-mail address or ID somebody else has by now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from rollbook.common.dictionary import names as n
from rollbook.roster.domain import records as r
from rollbook.roster.domain.change_set import CREATED, REMOVED, UPDATED, before
from rollbook.roster.domain.comparison import UNIQUE, is_outside
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
    which made the change).  `nothing_to_do`: recordType and school of what is back already.
    """

    changes: r.Frames
    left_alone: pl.DataFrame
    nothing_to_do: pl.DataFrame


def invert(
    changes: Mapping[str, Iterable[pl.DataFrame]],
    state: r.Frames,
    elsewhere: pl.Series,
    scope: tuple[str, ...] | None,
) -> Inverse:
    """Put `changes` back in the roster that is `state` now; what is no longer needed is taken out of it.

    The frames of `changes` come in parts, and the result is the same whatever their size; beside it and the
    state only what is made of one part is held.  `elsewhere`: e-mails stored in other districts.
    `scope`: the schools that may be changed, None for all.
    """
    undoing = _Undoing(state)
    for record, parts in changes.items():
        undoing.begin(record, parts)
    undoing.keep_new_ids()
    undoing.keep_out_of_scope(scope)
    undoing.keep_unique(elsewhere)
    for record, needed, column in NEEDS:
        undoing.keep_what_lacks(record, needed, column)
    for record, needed, column in reversed(NEEDS):
        undoing.keep_what_is_used(needed, record, column)
    return Inverse(
        _with_old_ids({record: pl.concat(parts).drop(_AT) for record, parts in undoing.inverse.items()}),
        pl.concat([pl.DataFrame(schema=LEFT_ALONE), *undoing.left]),
        pl.concat([pl.DataFrame(schema=_NAMED), *undoing.back]),
    )


def key_of(record: str) -> pl.Expr:
    """A record's key as one text."""
    return pl.concat_str(r.SHAPES[record].keys, separator=" ").alias("key")


_NAMED: Final = {"recordType": pl.String(), "school": pl.String()}
# What is looked at of a stored record when another one is judged.
_LATER: Final = {n.USER_ID, n.CLASS_ID, n.SCHOOL_ID, *UNIQUE}
_AT: Final = "_at"  # where in the state a record stands, null where it does not


class _Undoing:
    """The inverse as it shrinks, record type by record type."""

    def __init__(self, state: r.Frames) -> None:
        self.state = state
        self.inverse: dict[str, list[pl.DataFrame]] = {}
        self.left: list[pl.DataFrame] = []
        self.back: list[pl.DataFrame] = []

    def begin(self, record: str, parts: Iterable[pl.DataFrame]) -> None:
        """Turn round every change of which the record is still as it was made."""
        stored = self.state[record].select(r.SHAPES[record].keys).with_row_index(_AT)
        self.inverse[record] = [
            self._turned(record, part.with_columns(pl.col(pl.String).fill_null("")), stored) for part in parts
        ]
        later = sorted(_LATER.intersection(self.state[record].columns))
        self.state[record] = self.state[record].select(later)

    def _turned(self, record: str, part: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
        shape = r.SHAPES[record]
        at = _places(part.select(shape.keys), stored)
        now = self.state[record].select(pl.col(name).gather(at).alias(f"now.{name}") for name in shape.fields)
        there = pl.col(_AT).is_not_null()
        same = pl.all_horizontal(pl.col(f"now.{name}") == pl.col(name) for name in shape.fields)
        as_before = pl.all_horizontal(pl.col(f"now.{name}") == pl.col(before(name)) for name in shape.fields)
        judged = pl.concat([part, now], how="horizontal").with_columns(
            at, _stands(record).alias("_stands"), (pl.col("change") != CREATED).alias("_stood")
        )
        judged = judged.with_columns(
            pl.when("_stands").then(there & same).otherwise(~there).fill_null(value=False).alias("_mine"),
            pl.when("_stood").then(there & as_before).otherwise(~there).fill_null(value=False).alias("_back"),
        )
        mine, other = judged.filter("_mine"), judged.filter(~pl.col("_mine"))
        self.back.append(other.filter("_back").select(*_NAMED))
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
        return _turned(record, mine)

    def keep_new_ids(self) -> None:
        """Leave people whose old ID somebody else has by now."""
        if r.PERSON in self.inverse and BEFORE_ID in self.inverse[r.PERSON][0].columns:
            taken = pl.col(BEFORE_ID).is_in(self.state[r.PERSON][n.USER_ID].to_list())
            used = pl.format(" (somebody else is {} by now)", pl.col(BEFORE_ID))
            self._keep(r.PERSON, taken, "record.changed_since_preview", detail=used)

    def keep_out_of_scope(self, scope: tuple[str, ...] | None) -> None:
        """Leave what belongs to a school that this person may not change."""
        if scope is None:
            return
        for record in self.inverse:
            if record == r.DEMOGRAPHICS:  # they name no school: it is that of their student
                people = self.state[r.PERSON]
                school = pl.col(n.USER_ID).replace_strict(people[n.USER_ID], people[n.SCHOOL_ID], default="")
                code, value, about = "userId.not_found", pl.col(n.USER_ID), school
            else:
                school = pl.col("school")
                code, value, about = "schoolId.out_of_scope", school, pl.lit("")
            self._keep(record, is_outside(school, scope), code, value=value, about=about)

    def keep_unique(self, elsewhere: pl.Series) -> None:
        """Leave people whose e-mail address or ID has gone to somebody else since."""
        if r.PERSON not in self.inverse:
            return
        people = self.state[r.PERSON]
        for column in UNIQUE:
            owners = people.filter(pl.col(column) != "").select(
                column, pl.col(n.USER_ID).alias("_owner")
            ).unique(column, keep="first")  # fmt: skip
            self.inverse[r.PERSON] = [
                part.join(owners, on=column, how="left", maintain_order="left")
                for part in self.inverse[r.PERSON]
            ]
            taken = pl.col("_owner").is_not_null() & (pl.col("_owner") != pl.col(n.USER_ID))
            self._keep(
                r.PERSON, taken & (pl.col("change") != REMOVED), f"{column}.already_used",
                value=pl.col(column), about=pl.col("_owner"),
            )  # fmt: skip
            self.inverse[r.PERSON] = [part.drop("_owner") for part in self.inverse[r.PERSON]]
        used = pl.col(n.USER_EMAIL).is_in(elsewhere.to_list()) & (pl.col("change") != REMOVED)
        self._keep(
            r.PERSON, used, f"{n.USER_EMAIL}.already_used_elsewhere",
            value=pl.col(n.USER_EMAIL), about=pl.lit(""),
        )  # fmt: skip

    def keep_what_lacks(self, record: str, needed: str, column: str) -> None:
        """Leave what would come back to a school, class or person that is there no longer."""
        if record not in self.inverse:
            return
        known = self._after(needed, r.SHAPES[needed].keys[0])
        lacks = ~pl.col(column).is_in(known.implode()) & (pl.col("change") != REMOVED)
        about = pl.format("{} {}", pl.lit(needed), pl.col(column))
        self._keep(record, lacks, "record.dependency_failed", about=about)

    def keep_what_is_used(self, record: str, user: str, column: str) -> None:
        """Leave what was created and is used by something that stays."""
        if record not in self.inverse:
            return
        (key,) = r.SHAPES[record].keys
        used = pl.col(key).is_in(self._after(user, column).implode())
        others = pl.lit(" (which others use by now)")
        self._keep(record, used & _deleted(record), "record.changed_since_preview", detail=others)

    def _after(self, record: str, column: str) -> pl.Series:
        """What is in a column of the records of a type as they will be, each value once."""
        stored = self.state[record][column]
        parts = self.inverse.get(record, [])
        stays = pl.repeat(value=True, n=stored.len(), eager=True, dtype=pl.Boolean)
        for part in parts:
            stays.scatter(part[_AT].drop_nulls(), False)
        comes = [part.filter(~_deleted(record))[column] for part in parts]
        return pl.concat([stored.filter(stays), *comes]).unique()

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
        for number, part in enumerate(self.inverse[record]):
            left = part.select(mask.alias("left")).to_series()
            if left.any():
                self._leave(record, part.filter(left), code, value=value, about=about, detail=detail)
                self.inverse[record][number] = part.filter(~left)

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


def _places(keys: pl.DataFrame, stored: pl.DataFrame) -> pl.Series:
    """Where each of some keys is stored.  The smaller side of an inner join is the one put into a table."""
    numbered = keys.with_row_index("_row")
    found = numbered.join(stored, on=keys.columns).select("_row", _AT)
    return numbered.select("_row").join(found, on="_row", how="left", maintain_order="left")[_AT]


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
        _AT,
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
