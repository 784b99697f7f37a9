"""A bar for the person who waits, where standard error is a terminal; scripts see nothing of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Advance]:
    """Gives what is called, from any thread, with how much (bytes, entries) has been dealt with since.

    `total` is None where nobody knows.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    # Scripts need not wait for what draws the bar.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)
