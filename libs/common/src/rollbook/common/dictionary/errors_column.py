"""The column `errors` that a corrections file adds, and that reading ignores."""

from collections.abc import Sequence

from rollbook.common.dictionary import names


def own_columns(header: Sequence[str | None], header_line: Sequence[str]) -> list[int]:
    """Which cells of a record are the file's own (from 0): all but the `errors` of an earlier report.

    `header` has the column of each header cell, None for an ignored one; `header_line` the cells as written.
    """
    return [
        at
        for at, (column, name) in enumerate(zip(header, header_line, strict=True))
        if column is not None or name.strip() != names.ERRORS
    ]
