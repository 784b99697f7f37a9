"""What the pages weigh, and what they may do: the policy that the browser holds them to."""

import pytest
from browser.portal import Portal
from playwright.sync_api import CDPSession

MOST_BYTES = 100_000
MOST_REQUESTS = 40  # of which the browser makes six at once


class Traffic:
    """What comes over the network for a page, in bytes as they are on the way."""

    def __init__(self, session: CDPSession) -> None:
        self.addresses: dict[str, str] = {}
        self.bytes: dict[str, float] = {}
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

    def _sent(self, event: dict) -> None:
        self.addresses[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict) -> None:
        self.bytes[event["requestId"]] = event["encodedDataLength"]


def test_the_upload_page_is_small_and_paints_before_its_scripts_are_there(embedded_portal: Portal):
    page = embedded_portal.page
    traffic = Traffic(embedded_portal.context.new_cdp_session(page))
    embedded_portal.open("/")
    page.wait_for_load_state("networkidle")
    assert len(traffic.bytes) == len(traffic.addresses) <= MOST_REQUESTS
    assert sum(traffic.bytes.values()) < MOST_BYTES
    blocking = page.evaluate(
        "performance.getEntriesByType('resource').filter((one) => one.renderBlockingStatus === 'blocking')"
    )
    assert blocking == []


@pytest.mark.parametrize("path", ["/", "/uploads/x", "/students", "/history/x", "/sign-in/callback"])
def test_no_page_may_run_or_show_anything_but_our_own(embedded_portal: Portal, path):
    answer = embedded_portal.context.request.get(embedded_portal.running.url + path)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert "unsafe-" not in str(policy)
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == (
        "'none'",
        "'self'",
        "'none'",
    )
