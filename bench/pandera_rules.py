"""The rules of single records in pandera with Polars: prints the seconds for a file, those of processors, and
how many records fail.

Run as a process of its own in the environment of `bench/requirements.txt`; Rollbook is not there, so the
rules come as JSON (`rivals.rules`).  pandera does not normalise: the cells of closed lists are in small
letters before the clock starts, and it looks for small letters.
"""

import json
import sys
import time
from collections.abc import Iterator
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

ACTION, ROLE, GRADE, TEACHER = (
    pl.col(name) for name in ("action", "userRole", "userGrade", "primaryTeacher")
)
STUDENT = ROLE == "student"


def main() -> None:
    """Read the file, and check it with all findings collected."""
    rules = json.loads(Path(sys.argv[2]).read_text())
    schema = schema_of(rules)
    lists = [column["name"] for column in rules["columns"] if column["is_list"]]
    users = pl.read_csv(sys.argv[1], infer_schema=False).fill_null("")
    users = users.with_columns(pl.col(lists).str.to_lowercase())
    failing = 0
    started, began = time.perf_counter(), time.process_time()
    try:
        schema.validate(users, lazy=True)
    except SchemaErrors as found:
        failing = found.failure_cases["index"].n_unique()
    print(time.perf_counter() - started, time.process_time() - began, failing)


def schema_of(rules: dict[str, Any]) -> pa.DataFrameSchema:
    """Each column's list or patterns and its length, then what must be filled and what must be blank."""
    columns = {column["name"]: pa.Column(str, checks=list(of_column(column))) for column in rules["columns"]}
    return pa.DataFrameSchema(columns, checks=[between_cells(rule) for rule in of_record(rules)])


def of_column(column: dict[str, Any]) -> Iterator[pa.Check]:
    """The rules of single cells."""
    if column["spellings"]:
        yield pa.Check.isin(column["spellings"])
    for pattern in column["patterns"]:
        yield pa.Check.str_matches(pattern)
    if column["max_length"]:
        yield pa.Check.str_length(max_value=column["max_length"])


def of_record(rules: dict[str, Any]) -> Iterator[pl.Expr]:
    """The rules between the cells of a record, which hold where nothing is wrong: one for each column that
    may have to be filled, then one for each that may have to be blank.
    """
    missing: dict[str, list[pl.Expr]] = {}
    for needed in rules["required"]:
        missing.setdefault(needed["column"], []).append(is_needed(needed, rules["class_columns"]))
    for name, reasons in missing.items():
        yield (pl.col(name) != "") | ~reduce(or_, reasons)
    yield (GRADE == "") | ~ROLE.is_in(rules["staff"])
    leaving = ACTION == "deactivate"
    for name in rules["class_columns"]:
        yield (pl.col(name) == "") | ~(leaving | STUDENT if name == "primaryTeacher" else leaving)


def is_needed(needed: dict[str, str], class_columns: list[str]) -> pl.Expr:
    """Which records must fill a column because of what they do; an unknown action is judged as `add`."""
    adds = needed["action"] == "add"
    done = ~ACTION.is_in(["remove", "deactivate"]) if adds else needed["action"] == ACTION
    others = [pl.col(name) != "" for name in class_columns if name != needed["column"]]
    when = {"student": STUDENT, "class": pl.col("classId") != "", "class_cell": reduce(or_, others)}
    return done & when[needed["when"]] if needed["when"] in when else done


def between_cells(rule: pl.Expr) -> pa.Check:
    """A rule over the whole record."""
    return pa.Check(lambda data: data.lazyframe.select(rule))


if __name__ == "__main__":
    main()
