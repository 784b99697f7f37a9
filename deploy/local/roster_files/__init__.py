"""Made-up users.csv files of any size, the same bytes for the same figures, for tests and benches.

Lies beside the servers for the same reason: benches need it too, and nothing that runs may import from
the tests.
"""

from pathlib import Path

import numpy as np
import polars as pl

FIRST_NAMES = ("Ana", "Ben", "Chloé", "Dara", "Emil", "Fay", "Grace", "Hugo", "Ivo", "Jun", "Kofi", "Lena")
LAST_NAMES = (
    "Nuñez",
    "Okafor",
    "Martin",
    "Kim",
    "Brandt",
    "Osei",
    "O'Neil",
    "Horvat",
    "Lee",
    "Sato",
    "Weiss",
)
CLASSES_EACH = 6  # enrollments of one person
CLASS_SIZE = 25  # a teacher and 24 students
CLASSES_A_SCHOOL = 120


def write_users(
    path: Path,
    rows: int,
    *,
    faulty_share: float = 0.0,
    changed_share: float = 0.0,
    seed: int = 1,
    domain: str = "example.org",
) -> None:
    """Write a users.csv of so many records, each a person in a class; made column by column.

    CLASS_SIZE people, the first of them their teacher, share CLASSES_EACH classes: a million rows are
    167,000 people and 40,000 classes.  In a share of the rows, drawn by `seed`, the grade is one that does
    not exist; a share of the people has another surname than without it.
    """
    row = np.arange(rows)
    # People of one school stay in its classes, so that no school of a class or person differs.
    person = row // CLASSES_EACH
    group = person // CLASS_SIZE
    classroom = group * CLASSES_EACH + row % CLASSES_EACH
    draw = np.random.default_rng(seed).random
    faulty = draw(rows) < faulty_share
    changed = (draw(rows // CLASSES_EACH + 1) < changed_share)[person]
    frame = pl.DataFrame({
        "person": person, "classroom": classroom, "school": classroom // CLASSES_A_SCHOOL,
        "grade": group % 12 + 1, "teaches": person % CLASS_SIZE == 0, "faulty": faulty, "changed": changed,
    })  # fmt: skip
    name = pl.lit(pl.Series(FIRST_NAMES)).gather(pl.col("person") % len(FIRST_NAMES))
    surname = pl.lit(pl.Series(LAST_NAMES)).gather(pl.col("person") % len(LAST_NAMES))
    grade = pl.col("grade").cast(pl.String).str.zfill(2)
    frame.select(
        pl.lit("add").alias("action"),
        pl.col("school").cast(pl.String).str.zfill(5).alias("schoolId"),
        pl.format("School {}", "school").alias("schoolName"),
        pl.when("teaches").then(pl.lit("teacher")).otherwise(pl.lit("student")).alias("userRole"),
        pl.col("person").cast(pl.String).str.zfill(8).alias("userId"),
        name.alias("userFirstName"),
        pl.when("changed").then(surname + "-Smith").otherwise(surname).alias("userLastName"),
        pl.format("person{}@{}", "person", pl.lit(domain)).alias("userEmail"),
        pl.when("faulty").then(pl.lit("14th")).when("teaches").then(pl.lit("")).otherwise(grade)
        .alias("userGrade"),
        pl.format("C-{}", "classroom").alias("classId"),
        pl.format("Class {}", "classroom").alias("className"),
        grade.alias("classGrade"),
        pl.when("teaches").then(pl.lit("true")).otherwise(pl.lit("")).alias("primaryTeacher"),
    ).write_csv(path)  # fmt: skip
