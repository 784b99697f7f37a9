"""The `rollbook` command from its first moment on, when most of Rollbook is not yet imported."""

import os
import signal


def main() -> None:
    """Import and run the command.  Ctrl-C meanwhile is one line; when all is done, it is nothing."""
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else somebody wants it ignored
    if is_heard:
        signal.signal(signal.SIGINT, _leave)
    from rollbook.embedded.cli import main as run  # noqa: PLC0415

    if is_heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run()
    finally:
        if is_heard:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


def _leave(_signal: int, _frame: object) -> None:
    os.write(2, b"rollbook: interrupted.\n")
    os._exit(128 + signal.SIGINT)
