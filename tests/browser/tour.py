"""A browser that goes from state to state of the pages, as one person after another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from browser.portal import Portal
from e2e.running import Apart, Up
from playwright.sync_api import Browser, Page

from rollbook.embedded.sample_district import DISTRICT

LOCALES = {"en": "en-US", "es": "es-MX"}

GO = """([token, path]) => {
  sessionStorage.setItem("rollbook-token", token);
  document.querySelector("main").replaceChildren();
  history.pushState(null, "", path);
  const before = document.querySelectorAll("dialog").length;
  dispatchEvent(new PopStateEvent("popstate"));
  const asked = document.querySelectorAll("dialog")[before]; // what was typed in the state before is lost
  asked?.querySelector("button[value=yes]").click();
}"""
"""As by a link, without a reload: that is much faster."""
DRAWN = """() => document.querySelector("main h1")
  && !document.querySelector("main > h1 + .quiet, main [aria-busy=true]")"""


@dataclass(frozen=True)
class Person:
    """Who looks: their rights, and the schools they may change; none named: all."""

    roles: tuple[str, ...] = ("system", "enrollment")
    district: str = DISTRICT
    school_ids: tuple[str, ...] = ()

    def token(self, running: Up | Apart) -> str:
        """Theirs."""
        claims = {"school_ids": list(self.school_ids)} if self.school_ids else {}
        return running.token(self.district, self.roles, **claims)


ADMINISTRATOR = Person()


@dataclass(frozen=True)
class State:
    """A page at `path` as `who` (None: nobody signed in) sees it once `then` is done."""

    name: str
    path: str
    then: Callable[[Portal], object] = lambda _portal: None
    who: Person | None = ADMINISTRATOR
    before: Callable[[Page], object] = lambda _page: None
    """What is done to the browser before the page is asked for: calls that are answered otherwise."""
    is_alone: bool = False
    """Nothing brings the browser back from it: it is one of its own."""


class Tour:
    """Somebody's browser in one language, which goes from state to state."""

    def __init__(self, browser: Browser, running: Up | Apart, language: str) -> None:
        self._running = running
        self._new = partial(Portal, browser, running, DISTRICT, locale=LOCALES[language])
        self._usual = self._new()

    def __enter__(self) -> Self:
        self._usual.__enter__()
        self._usual.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._usual.__exit__(kind, error, trace)

    @contextmanager
    def at(self, state: State) -> Iterator[Portal]:
        """The browser in this state."""
        if state.is_alone:
            with self._new(is_signed_in=state.who is not None) as portal:
                portal.page.goto(self._running.url + state.path)
                yield self._brought(portal, state)
        else:
            page = self._usual.page
            page.unroute_all(behavior="ignoreErrors")
            state.before(page)
            page.evaluate(GO, [state.who.token(self._running), state.path])
            yield self._brought(self._usual, state)

    def _brought(self, portal: Portal, state: State) -> Portal:
        portal.page.wait_for_function(DRAWN)
        state.then(portal)
        portal.page.wait_for_function(DRAWN)
        return portal
