"""users.csv files of all 17 columns, sound or damaged in a way, about 140 bytes a row."""

from pathlib import Path

import polars as pl

from rollbook.common.dictionary import DICTIONARY
from roster_files import write_users

GRADE_OF_NO_LIST = "14th"
FORMULA = "="


def write_wide_users(path: Path, rows: int, damage: str = "") -> Path:
    """Write the file: `damage` is "" (sound), "shuffled" (sound, in no order), "row" (an error in every
    row), "cell" (an error in every filled cell).
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
    users.with_columns(pl.all().replace("", None)).write_csv(path)
    return path
