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
CLASSES_EACH = 6  # enrollments of one student
CLASS_SIZE = 25
CLASSES_A_SCHOOL = 120


def write_users(path: Path, rows: int, *, faulty_share: float = 0.0, seed: int = 1) -> None:
    """Write a users.csv of so many records, each a student in a class; made column by column.

    In a share of the rows, drawn by `seed`, the grade is one that does not exist.
    """
    row = np.arange(rows)
    # Students of one school stay in its classes, so that no school of a class or person differs.
    # A group of CLASS_SIZE students shares its CLASSES_EACH classes.
    student = row // CLASSES_EACH
    group = student // CLASS_SIZE
    classroom = group * CLASSES_EACH + row % CLASSES_EACH
    school = classroom // CLASSES_A_SCHOOL
    grade = group % 12 + 1
    faulty = np.random.default_rng(seed).random(rows) < faulty_share
    frame = pl.DataFrame({
        "student": student, "classroom": classroom, "school": school, "grade": grade, "faulty": faulty,
    })  # fmt: skip
    name = pl.lit(pl.Series(FIRST_NAMES)).gather(pl.col("student") % len(FIRST_NAMES))
    surname = pl.lit(pl.Series(LAST_NAMES)).gather(pl.col("student") % len(LAST_NAMES))
    padded_grade = pl.col("grade").cast(pl.String).str.zfill(2)
    frame.select(
        pl.lit("add").alias("action"),
        pl.col("school").cast(pl.String).str.zfill(5).alias("schoolId"),
        pl.format("School {}", "school").alias("schoolName"),
        pl.lit("student").alias("userRole"),
        pl.col("student").cast(pl.String).str.zfill(8).alias("userId"),
        name.alias("userFirstName"),
        surname.alias("userLastName"),
        pl.format("student{}@example.org", "student").alias("userEmail"),
        pl.when("faulty").then(pl.lit("14th")).otherwise(padded_grade).alias("userGrade"),
        pl.format("C-{}", "classroom").alias("classId"),
        pl.format("Class {}", "classroom").alias("className"),
        padded_grade.alias("classGrade"),
        pl.lit("").alias("primaryTeacher"),
    ).write_csv(path)
