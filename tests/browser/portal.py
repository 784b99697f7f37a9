"""The pages as a person uses them: what is read, clicked, typed and dropped."""

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from e2e.running import Apart, Up
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

ADMINISTRATOR = ("system", "enrollment")
expect.set_options(timeout=20_000)
WAIT_MS = 60_000  # for what the services do; the machine has other work as well
_EXPECTED = re.compile(r"the server responded with a status of (401|404|409|412|422)")
"""The browser logs each such answer as an error; the pages show it."""


class Portal:
    """One person's browser.  `page` is Playwright's; `errors` what the console complained of."""

    def __init__(
        self,
        browser: Browser,
        running: Up | Apart,
        district: str,
        roles: Sequence[str] = ADMINISTRATOR,
        **options: Any,
    ) -> None:
        self.running, self.district, self.roles = running, district, tuple(roles)
        self._browser, self._options = browser, {"locale": "en-US"} | options
        self.errors: list[str] = []

    def __enter__(self) -> Self:
        self.context = self._browser.new_context(**self._options)
        self.context.set_default_timeout(WAIT_MS)
        token = self.running.token(self.district, self.roles)
        self.context.add_init_script(f"sessionStorage.setItem('rollbook-token', '{token}')")
        self.page = self._watched(self.context.new_page())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.context.close()

    def open(self, path: str = "/") -> Page:
        """Go to a page, and wait until it has drawn itself."""
        self.page.goto(self.running.url + path)
        self.page.locator("main > div h1").wait_for()
        return self.page

    def select(self, file: Path) -> None:
        """Choose a file by the button, as the file dialog does."""
        with self.page.expect_file_chooser() as chosen:
            self.page.get_by_role("button", name="Select file").click()
        chosen.value.set_files(file)

    def drop(self, file: Path) -> None:
        """Drop a real file from the desktop on the drop zone."""
        box = self.page.locator("#drop").bounding_box()
        assert box is not None
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
        session = self.context.new_cdp_session(self.page)
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})

    def expect_status(self, status: str) -> None:
        """The upload that is open gets there."""
        expect(self.page.locator("h1 + p .status")).to_have_text(status, timeout=WAIT_MS)

    def expect_no_errors(self) -> None:
        """Nothing was logged that a person would have to worry about."""
        assert self.errors == []

    def _watched(self, page: Page) -> Page:
        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not _EXPECTED.search(message.text):
                self.errors.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page
