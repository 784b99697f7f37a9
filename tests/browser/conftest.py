"""A real browser in front of a running Rollbook."""

import shutil
from collections.abc import Iterator

import pytest
from browser.portal import Portal
from e2e.journey import open_district
from e2e.running import Apart, Up
from playwright.sync_api import Browser, sync_playwright

from distributed import Distributed

# The flags for a machine without a screen and without the internet.
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as Debian has it."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "Chromium is missing: make servers"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One process."""
    up = Up(tmp_path_factory.mktemp("data"))
    try:
        up.start()
        yield up
    finally:
        up.kill()


@pytest.fixture(scope="module")
def distributed() -> Iterator[Apart]:
    """Four services behind the gateway."""
    with Distributed(validators=1) as running:
        yield Apart(running)


@pytest.fixture(params=["embedded", "distributed"])
def rollbook(request: pytest.FixtureRequest) -> Up | Apart:
    """Each way of running it."""
    running: Up | Apart = request.getfixturevalue(request.param)
    return running


@pytest.fixture
def portal(browser: Browser, rollbook: Up | Apart, request: pytest.FixtureRequest) -> Iterator[Portal]:
    """The pages, for an administrator of a district of the test's own.  Fails where a page logs an error."""
    yield from _portal(browser, rollbook, request)


@pytest.fixture
def embedded_portal(browser: Browser, embedded: Up, request: pytest.FixtureRequest) -> Iterator[Portal]:
    """The same on the embedded mode alone, for what does not depend on how it runs."""
    yield from _portal(browser, embedded, request)


def _portal(browser: Browser, running: Up | Apart, request: pytest.FixtureRequest) -> Iterator[Portal]:
    district = request.node.name.split("[")[0].removeprefix("test_")[:60]
    with open_district(running, district, schools=2):
        pass
    with Portal(browser, running, district) as portal:
        yield portal
        portal.expect_no_errors()
