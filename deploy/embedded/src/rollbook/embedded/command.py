"""The `rollbook` command from its first moment on, when most of Rollbook is not yet imported."""

import os
import signal
from typing import Any


def main() -> None:
    """Import and run the command.  Ctrl-C meanwhile is one line, as later; nothing has to be undone yet."""
    interrupts = signal.getsignal(signal.SIGINT)
    if interrupts is signal.default_int_handler:  # else somebody wants them ignored
        signal.signal(signal.SIGINT, _leave)
    from rollbook.embedded.cli import main as run  # noqa: PLC0415

    signal.signal(signal.SIGINT, interrupts)
    run()


def _leave(_signal: int, _frame: Any) -> None:
    os.write(2, b"rollbook: interrupted.\n")
    os._exit(128 + signal.SIGINT)
