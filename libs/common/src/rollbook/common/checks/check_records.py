"""Everything that is wrong in the records of one chunk, each looked at by itself.

Measured on two cores: a clean chunk of 60,000 records, 17 columns, in 16 ms; the same with an error in every
cell (1.1 million findings) in 0.45 s.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from rollbook.common import findings as findings_frame
from rollbook.common import rows_file
from rollbook.common.checks import cell_rules
from rollbook.common.checks.record_rules import RecordRule, possible_rules
from rollbook.common.checks.runs import Runs
from rollbook.common.checks.suggestions import suggestion
from rollbook.common.dictionary import DICTIONARY, Column, Dictionary, Kind, names
from rollbook.common.dictionary.formats import Grades
from rollbook.common.tabular import ChunkCells, cells_needed, may_hold_controls


@dataclass(frozen=True, slots=True)
class CheckedRecords:
    """The findings frame of a chunk, and its rows as the rows file holds them."""

    findings: pl.DataFrame
    rows: pl.DataFrame


def check_records(
    cells: ChunkCells, *, header: Sequence[str | None], kind: Kind, today: date
) -> CheckedRecords:
    """Check the records of one chunk.

    `header` is the file's columns in file order, None for one that is ignored; `today` is the last day that
    a date may be.  The same chunk gives the same frames.
    """
    dictionary = DICTIONARY[kind]
    columns = [column for column in dictionary.columns if column.name in cells.frame.columns]
    written = _completed(cells.frame, dictionary)
    changed = _changed(written, columns, today, one_line=not may_hold_controls(cells.records))
    kept = written.with_columns(changed.values())
    found = [_of_cells(column, written, kept, today) for column in columns if kept[column.name].null_count()]
    broken_rules = _broken_rules(kept, dictionary)
    found += [_of_records(rule, mask, written) for rule, mask in broken_rules]
    rows = _rows(written, kept, broken_rules, dictionary, changed)
    if cells.broken.height:
        found.append(_of_broken(cells.broken, header))
        rows = pl.concat([rows, _broken_rows(cells.broken, kind)], how="diagonal").sort(rows_file.ROW)
    return CheckedRecords(_findings(found, kind, header), rows)


def positions(header: Sequence[str | None]) -> Mapping[str, int]:
    """1 + index of each column in the file's header."""
    return {name: at for at, name in enumerate(header, start=1) if name is not None}


def _completed(frame: pl.DataFrame, dictionary: Dictionary) -> pl.DataFrame:
    """The cells with every column of the dictionary; those that the file does not have are blank."""
    return frame.select(
        rows_file.ROW,
        *(
            pl.col(name) if name in frame.columns else pl.lit("", pl.String).alias(name)
            for name in dictionary.names
        ),
    )


def _changed(
    written: pl.DataFrame, columns: Sequence[Column], today: date, *, one_line: bool
) -> dict[str, pl.Series]:
    """The columns in which some cell is not kept just as it is, as they are kept: null where something is
    wrong with a cell.  Of equal cells below each other one is judged.
    """
    runs = Runs.of(written, [column.name for column in columns if cell_rules.is_dear(column)])
    repeating = [column for column in columns if column.name in runs.firsts.columns]
    others = [column for column in columns if column not in repeating]
    of_runs = _kept_otherwise(runs.firsts, repeating, today, one_line=one_line)
    of_records = _kept_otherwise(written, others, today, one_line=one_line)
    return {cells.name: cells for cells in (*of_records, *map(runs.spread, of_runs))}


def _kept_otherwise(
    written: pl.DataFrame, columns: Sequence[Column], today: date, *, one_line: bool
) -> list[pl.Series]:
    plain = written.select(cell_rules.plain(one, pl.col(one.name), one_line=one_line) for one in columns)
    return [
        _kept_where_doubtful(column, written[column.name], ~plain[column.name], today)
        for column in columns
        if not plain[column.name].all()
    ]


def _kept_where_doubtful(column: Column, cells: pl.Series, doubtful: pl.Series, today: date) -> pl.Series:
    these = cells.filter(doubtful)
    kept = pl.select(cell_rules.kept(column, pl.lit(these), today)).to_series()
    if isinstance(column.format, Grades) and kept.null_count():
        unrecognised = kept.is_null()
        lists = pl.select(cell_rules.kept_lists(column.format, pl.lit(these.filter(unrecognised))))
        kept = kept.scatter(unrecognised.arg_true(), lists.to_series())
    return cells.clone().scatter(doubtful.arg_true(), kept)


def _of_cells(column: Column, written: pl.DataFrame, kept: pl.DataFrame, today: date) -> pl.DataFrame:
    """The findings of the cells that were not kept."""
    cell = pl.col(column.name)
    wrong = written.filter(kept[column.name].is_null()).with_columns(
        cell_rules.problem(column, cell).alias("problem")
    )
    parts = [
        part.select(
            *_about(wrong),
            pl.lit(f"{column.name}.{problem}").alias("code"),
            cell.alias("value"),
            suggestion(column, problem, cell, today).alias("suggestion"),
        )
        for (problem,), part in wrong.partition_by("problem", as_dict=True).items()
    ]
    return pl.concat(parts)


def _broken_rules(kept: pl.DataFrame, dictionary: Dictionary) -> list[tuple[RecordRule, pl.Series]]:
    possible = possible_rules(kept, dictionary)
    masks = kept.lazy().select(rule.broken.alias(str(at)) for at, rule in enumerate(possible)).collect()
    return [(rule, mask) for rule, mask in zip(possible, masks.get_columns(), strict=True) if mask.any()]


def _of_records(rule: RecordRule, mask: pl.Series, written: pl.DataFrame) -> pl.DataFrame:
    wrong = written.filter(mask)
    return wrong.select(
        *_about(wrong),
        pl.lit(f"{rule.column}.{rule.problem}").alias("code"),
        pl.col(rule.column).alias("value"),
        pl.lit(rule.reason).alias("suggestion"),
    )


def _about(written: pl.DataFrame) -> list[pl.Expr]:
    """Which record a finding is about."""
    return [
        pl.col(rows_file.ROW),
        pl.col(names.USER_ID).alias("userId"),
        (pl.col(names.CLASS_ID) if names.CLASS_ID in written.columns else pl.lit("", pl.String)).alias(
            "classId"
        ),
    ]


def _of_broken(broken: pl.DataFrame, header: Sequence[str | None]) -> pl.DataFrame:
    needed, width = cells_needed(header), len(header)
    only_some = (pl.col("code") == "row.too_few_cells") & pl.lit(needed < width)
    counted = pl.format(
        "{} {}, but {}",
        pl.col("cells"),
        pl.when(pl.col("cells") == 1).then(pl.lit("cell")).otherwise(pl.lit("cells")),
        pl.when(only_some)
        .then(pl.lit(f"needs the first {needed} of the {width} in the header"))
        .otherwise(pl.lit(f"the header has {width}")),
    )
    return broken.select(
        pl.col(rows_file.ROW),
        pl.lit("", pl.String).alias("userId"),
        pl.lit("", pl.String).alias("classId"),
        pl.col("code"),
        pl.lit("", pl.String).alias("value"),
        pl.when(pl.col("code") == "row.bad_quote").then("stray").otherwise(counted).alias("suggestion"),
    )


def _rows(
    written: pl.DataFrame,
    kept: pl.DataFrame,
    broken_rules: Sequence[tuple[RecordRule, pl.Series]],
    dictionary: Dictionary,
    changed: Iterable[str],
) -> pl.DataFrame:
    """The rows as kept: cells that break a rule between cells are taken away too."""
    for rule, mask in broken_rules:
        kept = kept.with_columns(pl.when(~mask).then(pl.col(rule.column)).alias(rule.column))
    altered = {*changed, *(rule.column for rule, _ in broken_rules)}
    return kept.with_columns(
        pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_null() for name in altered)).alias(
            rows_file.REJECTED
        ),
        pl.lit(value=False).alias(rows_file.BROKEN),
        *(
            (_unless_kept(written[name], kept[name]) if name in altered else pl.lit(None, pl.String)).alias(
                rows_file.written(name)
            )
            for name in rows_file.written_columns(dictionary.kind)
        ),
    )


def _unless_kept(written: pl.Series, kept: pl.Series) -> pl.Series:
    same = written.eq_missing(kept)
    return pl.select(pl.when(~same).then(written)).to_series()


def _broken_rows(broken: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    return broken.select(
        pl.col(rows_file.ROW),
        *(
            pl.lit(name in {rows_file.REJECTED, rows_file.BROKEN} or None, dtype).alias(name)
            for name, dtype in rows_file.schema(kind).items()
            if name != rows_file.ROW
        ),
    )


def _findings(found: Sequence[pl.DataFrame], kind: Kind, header: Sequence[str | None]) -> pl.DataFrame:
    if not found:
        return findings_frame.empty()
    return findings_frame.complete(pl.concat(found), kind, positions(header))
