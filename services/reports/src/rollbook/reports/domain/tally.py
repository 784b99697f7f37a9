"""Findings by cause: how often each was made, where first, and with which values most."""

from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.texts import render

FIRST_ROWS: Final = 5
COMMONEST_VALUES: Final = 5
MAX_VALUES: Final = 200_000
"""Different values kept in mind; beyond it the rarest are forgotten, and counts become lower bounds."""
SHOWN: Final = 80
"""Characters of a value that are told apart and shown."""

_VALUES: Final = {"code": pl.String, "value": pl.String, "count": pl.UInt32, "row": pl.UInt32}


@dataclass(slots=True)
class Tally:
    """Findings by code; `add` takes them in the order of the rows, part by part.  Its memory is bounded."""

    kind: Kind
    max_values: int = MAX_VALUES
    by_code: dict[str, dict[str, Any]] = field(default_factory=dict)
    _values: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_VALUES))
    _forgetful: set[str] = field(default_factory=set)

    def add(self, findings: pl.DataFrame) -> None:
        """Count more findings."""
        groups = findings.group_by("code", maintain_order=True).agg(
            pl.len(),
            pl.col("severity").first(),
            pl.col("column").first(),
            pl.col("row").unique(maintain_order=True).head(FIRST_ROWS),
        )
        unseen = findings.filter(~pl.col("code").is_in(list(self.by_code)))
        firsts = render(unseen.unique("code", keep="first", maintain_order=True), self.kind)
        texts = {code: texts for code, *texts in firsts.select("code", "message", "howToFix").iter_rows()}
        for code, count, severity, column, rows in groups.iter_rows():
            if code in texts:
                message, how_to_fix = texts[code]
                self.by_code[code] = {
                    "code": code,
                    "column": column,
                    "severity": severity,
                    "count": 0,
                    "firstRows": [],
                    "message": message,
                    "howToFix": how_to_fix,
                }
            known = self.by_code[code]
            known["count"] += count
            more = [row for row in rows if row not in known["firstRows"]]
            known["firstRows"] = (known["firstRows"] + more)[:FIRST_ROWS]
        self._count_values(findings)

    def groups(self) -> list[dict[str, Any]]:
        """Errors before warnings, the most frequent first; `values`: the commonest ones of each."""
        ranked = self._values.sort("count", "row", descending=[True, False], maintain_order=True)
        values: dict[str, list[dict[str, Any]]] = {}
        for code, value, count, row in ranked.group_by("code").head(COMMONEST_VALUES).iter_rows():
            least = {"atLeast": True} if code in self._forgetful else {}
            values.setdefault(code, []).append({"value": value, "count": count, "firstRow": row} | least)
        groups = [group | {"values": values.get(code, [])} for code, group in self.by_code.items()]
        return sorted(groups, key=lambda group: (group["severity"], -group["count"], group["code"]))

    def count(self, severity: str) -> int:
        """How many findings there are of a severity."""
        return sum(group["count"] for group in self.by_code.values() if group["severity"] == severity)

    def _count_values(self, findings: pl.DataFrame) -> None:
        new = (
            findings.filter(pl.col("value") != "")
            .group_by("code", pl.col("value").str.slice(0, SHOWN), maintain_order=True)
            .agg(pl.len().cast(pl.UInt32).alias("count"), pl.col("row").min())
        )
        both = pl.concat([self._values, new]).group_by("code", "value", maintain_order=True)
        self._values = both.agg(pl.col("count").sum(), pl.col("row").min())
        if self._values.height > self.max_values:
            ranked = self._values.sort("count", "row", descending=[True, False], maintain_order=True)
            self._forgetful.update(ranked[self.max_values // 2 :]["code"].unique())
            self._values = ranked[: self.max_values // 2]
