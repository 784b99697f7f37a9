"""A real browser in front of a running Rollbook."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.portal import HEADER, Portal
from e2e.journey import open_district
from e2e.running import Apart, Up
from playwright.sync_api import Browser

from chromium import a_browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """For all tests of a worker."""
    with a_browser() as browser:
        yield browser


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


@pytest.fixture
def distributed_portal(browser: Browser, apart: Apart, request: pytest.FixtureRequest) -> Iterator[Portal]:
    """The same behind the gateway alone, for what is about a process of its own."""
    yield from _portal(browser, apart, request)


@pytest.fixture
def file_of(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of these lines, with e-mail addresses of its own district: each is one person."""
    domain = f"@{_district(request).replace('_', '-').strip('-')}.example.edu".encode()

    def write(
        *lines: str,
        header: str = HEADER,
        name: str = "users.csv",
        encoding: str = "utf-8",
        ends: str = "\r\n",
    ) -> Path:
        path = tmp_path / name
        data = "".join(f"{line}{ends}" for line in (header, *lines)).encode(encoding)
        path.write_bytes(data.replace(b"@example.edu", domain))
        return path

    return write


def _portal(browser: Browser, running: Up | Apart, request: pytest.FixtureRequest) -> Iterator[Portal]:
    district = _district(request)
    with open_district(running, district, schools=2):
        pass
    with Portal(browser, running, district) as portal:
        yield portal
        portal.expect_no_errors()


def _district(request: pytest.FixtureRequest) -> str:
    return str(request.node.name).split("[")[0].removeprefix("test_")[:60]
