"""What the reports service measures."""

import sqlalchemy as sa

from rollbook.common.metrics import TableCollector
from rollbook.reports.adapters.tables import report


def figures(engine: sa.Engine) -> tuple[TableCollector, ...]:
    """The findings of all files by severity."""
    by_severity = sa.union_all(
        sa.select(sa.literal("error"), sa.func.sum(report.c.errors)),
        sa.select(sa.literal("warning"), sa.func.sum(report.c.warnings)),
    )
    return (
        TableCollector("rollbook_findings", "Findings of all files.", ("severity",), engine, by_severity),
    )
