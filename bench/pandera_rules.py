"""The rules of single records in pandera with Polars: prints the seconds for a file.

Run as a process of its own in the environment of `bench/requirements.txt`; Rollbook is not there, so the
rules come as JSON (`rivals.rules`).
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl


def main() -> None:
    """Read the file, and check it with all findings collected."""
    schema = schema_of(json.loads(Path(sys.argv[2]).read_text()))
    users = pl.read_csv(sys.argv[1], infer_schema=False).fill_null("")
    started = time.perf_counter()
    schema.validate(users, lazy=True)
    print(time.perf_counter() - started)


def schema_of(rules: dict[str, Any]) -> pa.DataFrameSchema:
    """Each column's list or pattern and its length, then what must be filled and what must be blank."""
    columns = {column["name"]: pa.Column(str, checks=list(of_column(column))) for column in rules["columns"]}
    return pa.DataFrameSchema(columns, checks=[between_cells(rule) for rule in of_record(rules)])


def of_column(column: dict[str, Any]) -> Iterator[pa.Check]:
    """The rules of single cells."""
    if column["spellings"]:
        yield pa.Check.isin(["", *column["spellings"]])
    else:
        yield pa.Check.str_matches(column["pattern"])
    if column["max_length"]:
        yield pa.Check.str_length(max_value=column["max_length"])


def of_record(rules: dict[str, Any]) -> Iterator[pl.Expr]:
    """The rules between the cells of a record that adds."""
    yield from (pl.col(name) != "" for name in rules["required"])
    student, in_class = pl.col("userRole") == "student", pl.col("classId") != ""
    yield ~student | (pl.col("userGrade") != "")
    yield student | (pl.col("userGrade") == "")
    yield ~student | (pl.col("primaryTeacher") == "")
    yield in_class == (pl.col("className") != "")


def between_cells(rule: pl.Expr) -> pa.Check:
    """A rule over the whole record."""
    return pa.Check(lambda data: data.lazyframe.select(rule))


if __name__ == "__main__":
    main()
