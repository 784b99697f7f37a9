"""How often each finding was made, and where first."""

from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from rollbook.common.dictionary import Kind
from rollbook.common.dictionary.texts import render

FIRST_ROWS: Final = 5


@dataclass(slots=True)
class Tally:
    """Findings by code; `add` takes them in the order of the rows, part by part."""

    kind: Kind
    by_code: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, findings: pl.DataFrame) -> None:
        """Count more findings."""
        groups = findings.group_by("code", maintain_order=True).agg(
            pl.len(), pl.col("severity").first(), pl.col("row").unique(maintain_order=True).head(FIRST_ROWS)
        )
        unseen = findings.filter(~pl.col("code").is_in(list(self.by_code)))
        firsts = render(unseen.unique("code", keep="first", maintain_order=True), self.kind)
        texts = {code: texts for code, *texts in firsts.select("code", "message", "howToFix").iter_rows()}
        for code, count, severity, rows in groups.iter_rows():
            if code in texts:
                message, how_to_fix = texts[code]
                self.by_code[code] = {
                    "code": code,
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

    def groups(self) -> list[dict[str, Any]]:
        """Errors before warnings, the most frequent first."""
        return sorted(
            self.by_code.values(), key=lambda group: (group["severity"], -group["count"], group["code"])
        )

    def count(self, severity: str) -> int:
        """How many findings there are of a severity."""
        return sum(group["count"] for group in self.by_code.values() if group["severity"] == severity)
