"""The browser that tests, benches and pictures of the pages are made with.

Lies beside the servers for the same reason: benches need it too.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from servers.programs import chromium

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
"""For a machine without a screen and without the internet."""


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Chromium, as Debian has it.

    Raises:
        ProgramMissing: it is not installed.
    """
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield browser
        browser.close()
