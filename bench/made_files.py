"""users.csv files of all 17 columns, sound or damaged in a way, about 140 bytes a row."""

from pathlib import Path

import polars as pl

from rollbook.common.dictionary import DICTIONARY
from roster_files import write_users

GRADE_OF_NO_LIST = "14th"
FORMULA = "="
MIXED = (
    *("", "=1+1", "-7", "@x", "+1", "tab\tinside", "x" * 101, "x" * 256, "x\u2028x", "x\x85x", "é", "a b"),
    *("Student", "TEACHER", "deactivate", "07", "7", "K", "07, 08", "7,,8", "YES", "maybe", "1.5E+10", "A/1"),
    *("a@b", "A.B@C.org", "a..b@c.org", "x" * 65 + "@c.org", "=a@b.org", "o'neil@b-c.example", "a@b.org."),
)
"""Cells that are right in some columns and wrong in others."""


def write_wide_users(path: Path, rows: int, damage: str = "") -> Path:
    """Write the file: `damage` is "" (sound), "shuffled" (sound, in no order), "row" (an error in every
    row), "cell" (an error in every filled cell), "mixed" (another cell of each row put wrong, or blank, or
    filled with what is merely unusual; every action).
    """
    write_users(path, rows)
    users = pl.read_csv(path, infer_schema=False)
    users = users.with_columns(
        pl.format("D{}", "userId").alias("userDistrictId"),
        pl.format("S-{}", "userId").alias("userStateId"),
        pl.col("userFirstName").str.slice(0, 1).alias("userMiddleName"),
        pl.format("{}, period 1", "className").alias("classDisplayName"),
    )
    users = users.select(DICTIONARY["users"].names)
    if damage == "shuffled":
        users = users.sample(fraction=1, shuffle=True, seed=1)
    if damage == "row":
        users = users.with_columns(pl.lit(GRADE_OF_NO_LIST).alias("userGrade"))
    if damage == "cell":
        users = users.with_columns((pl.lit(FORMULA) + pl.col(name)).alias(name) for name in users.columns)
    if damage == "mixed":
        users = _mixed(users)
    users.with_columns(pl.all().replace("", None)).write_csv(path)
    return path


def _mixed(users: pl.DataFrame) -> pl.DataFrame:
    """Row n has its cell n % 17 replaced, by each of `MIXED` in turn."""
    at, turn = pl.int_range(pl.len()), pl.int_range(pl.len()) // users.width
    actions = pl.lit(pl.Series(["add", "", "remove", "deactivate", "ADD"]))
    damage = pl.lit(pl.Series(MIXED)).gather(turn % len(MIXED))
    return users.with_columns(actions.gather(turn // len(MIXED) % 5).alias("action")).with_columns(
        pl.when(at % users.width == column).then(damage).otherwise(pl.col(name)).alias(name)
        for column, name in enumerate(users.columns)
    )
