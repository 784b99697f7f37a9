"""What reports does unasked, beside removing what is due: an alarm over a report that is overdue."""

import datetime as dt
from collections.abc import Callable

import structlog

from rollbook.common.service import Sweep
from rollbook.common.unit_of_work import UnitOfWork
from rollbook.reports.ports import Overdue

log = structlog.get_logger(__name__)


def one_after_another(*sweeps: Sweep) -> Sweep:
    """All these sweeps as one."""

    def sweep(uow: UnitOfWork, now: dt.datetime) -> None:
        for one in sweeps:
            one(uow, now)

    return sweep


class Alarm:
    """Says once, as an error, that a report is overdue.  Its upload waits until what is missing comes."""

    def __init__(self, overdue_in: Callable[[UnitOfWork, dt.datetime], list[Overdue]], after: dt.timedelta):
        self._overdue_in, self._after = overdue_in, after
        self._told: set[tuple[str, str]] = set()

    def __call__(self, uow: UnitOfWork, now: dt.datetime) -> None:
        """Look."""
        late = self._overdue_in(uow, now - self._after)
        for one in late:
            if (one.upload_id, one.stage) not in self._told:
                log.error(
                    "report_overdue",
                    upload_id=one.upload_id,
                    stage=one.stage,
                    announced_at=one.announced_at.isoformat(),
                    batches=one.batches,
                )
        self._told = {(one.upload_id, one.stage) for one in late}
