"""The pages as a person uses them: what is read, clicked, typed and dropped."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe
from e2e.journey import settled
from e2e.running import Apart, Up
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from playwright.sync_api import TimeoutError as TimedOut

HEADER = (
    "schoolId,userRole,userId,userFirstName,userLastName,userEmail,userGrade,classId,className,classGrade,"
    "primaryTeacher,action"
)
GOOD = (
    "00000,teacher,t1,Grace,Hall,grace.hall@example.edu,,m7,Math 7,07,true,add",
    "00000,student,s1,Ana,Ruiz,ana.ruiz@example.edu,07,m7,Math 7,07,,add",
    "00001,student,s2,Ben,Okafor,ben.okafor@example.edu,08,m8,Math 8,08,,add",
)
ADMINISTRATOR = ("system", "enrollment")
_AXE = Axe().axe_script
_RUN_AXE = """async (options) => {
  const { violations } = await axe.run(document, options);
  return Object.fromEntries(violations.map(({ id, nodes }) => [id, nodes.map((one) => one.html)]));
}"""
expect.set_options(timeout=20_000)
WAIT_MS = 60_000  # for what the services do; the machine has other work as well
_EXPECTED = re.compile(r"the server responded with a status of (401|404|409|412|422)|ERR_NETWORK_CHANGED")
"""The browser logs each such answer as an error; the pages show it.  And it breaks off what it loads when the
machine gets another network, as when a container starts."""


class Portal:
    """One person's browser.

    `page` is Playwright's; `errors` what the console complained of; `url` where it finds the pages.
    """

    def __init__(
        self,
        browser: Browser,
        running: Up | Apart,
        district: str,
        roles: Sequence[str] = ADMINISTRATOR,
        *,
        is_signed_in: bool = True,
        claims: Mapping[str, object] = MappingProxyType({}),
        **options: Any,
    ) -> None:
        self.running, self.district, self.roles, self._claims = running, district, tuple(roles), claims
        self.url = running.url
        self._is_signed_in = is_signed_in
        self._browser, self._options = browser, {"locale": "en-US", "reduced_motion": "reduce"} | options
        self.errors: list[str] = []

    def __enter__(self) -> Self:
        self.context = self._browser.new_context(**self._options)
        self.context.set_default_timeout(WAIT_MS)
        if self._is_signed_in:
            token = self.running.token(self.district, self.roles, **self._claims)
            self.context.add_init_script(f"sessionStorage.setItem('rollbook-token', '{token}')")
        self.page = self._watched(self.context.new_page())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.context.close()

    def open(self, path: str = "/") -> Page:
        """Go to a page, and wait until it has drawn itself."""
        drawn = self.page.locator("main > div h1")
        self.page.goto(self.url + path)
        try:
            drawn.wait_for(timeout=WAIT_MS / 4)
        except TimedOut:  # its scripts were broken off by another network
            self.page.reload()
            drawn.wait_for()
        return self.page

    def sign_in(self, name: str, path: str = "/") -> Page:
        """Choose one of the demo people; whoever was there before signs out."""
        who = self.page.locator("#who")
        if self.page.url.startswith(self.url) and who.inner_text():
            self.page.get_by_role("button", name="Sign out").click()
            self.page.get_by_role("button", name=name).wait_for()
        self.page.goto(self.url + path)
        self.page.get_by_role("button", name=name).click()
        expect(who).to_contain_text(name)
        self.page.locator("main > div h1").wait_for()
        return self.page

    def seed(self, file: Path, *, process: bool = True) -> str:
        """Have a file taken in, and processed, past the pages; gives the upload's id."""
        with self.running.client(self.district) as client:
            upload_id = str(client.upload(file, "users")["id"])
            settled(client, upload_id)
            if process:
                client.process(upload_id)
                settled(client, upload_id)
        return upload_id

    def select(self, file: Path) -> None:
        """Choose a file by the button, as the file dialog does."""
        with self.page.expect_file_chooser() as chosen:
            self.page.get_by_role("button", name="Select file").click()
        chosen.value.set_files(file)

    def drop(self, *files: Path) -> None:
        """Drop real files from the desktop on the drop zone."""
        box = self.page.locator("#drop").bounding_box()
        assert box is not None
        at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
        session = self.context.new_cdp_session(self.page)
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})

    def expect_status(self, status: str) -> None:
        """The upload that is open gets there."""
        expect(self.page.locator("h1 + p .status")).to_have_text(status, timeout=WAIT_MS)

    def downloaded(self, button: str) -> bytes:
        """What a button of this name gives to the browser's downloads."""
        with self.page.expect_download() as given:
            self.page.get_by_role("button", name=button, exact=True).first.click()
        return given.value.path().read_bytes()

    def asked(self, path: str) -> bytes:
        """What the API answers to the same person."""
        with self.running.client(self.district, self.roles) as client:
            return client.call("GET", path).content

    def expect_accessible(self) -> None:
        """Axe finds nothing, in light and in dark."""
        for scheme, rules in (("light", ()), ("dark", ("color-contrast",))):
            self.page.emulate_media(color_scheme=scheme)
            assert self.violations(*rules) == {}, scheme
        self.page.emulate_media(color_scheme="light")

    def violations(self, *rules: str) -> dict[str, list[str]]:
        """What axe finds in the page as it is, by these rules or by all: the HTML of each element by rule."""
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(_AXE)
        options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
        if rules:
            options["runOnly"] = list(rules)
        found: dict[str, list[str]] = self.page.evaluate(_RUN_AXE, options)
        return found

    def expect_no_errors(self) -> None:
        """Nothing was logged that a person would have to worry about."""
        assert not self.errors, self.errors

    def _watched(self, page: Page) -> Page:
        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and not _EXPECTED.search(message.text):
                self.errors.append(message.text)

        page.on("console", note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page
