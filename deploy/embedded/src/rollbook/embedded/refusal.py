"""Why the command ends without doing what was asked."""

from rollbook.common.errors import RollbookError


class CannotRun(RollbookError):
    """Something outside Rollbook stands in the way: one line saying what, for a person; exit code 2."""
