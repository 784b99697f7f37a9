"""Signing in and out: at a provider of the same origin, and at one of another, as in production."""

import base64
import json
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from rollbook.embedded.client import Client

HERE = re.compile(r"/data-dictionary/users\?q=grade$")


@pytest.fixture
def page(browser):
    """A browser in which nobody is signed in."""
    context = browser.new_context(locale="en-US", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def sign_in_as(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    expect_signed_in(page, name)


def expect_signed_in(page: Page, name: str) -> None:
    expect(page.locator("#who")).to_contain_text(name)


def module(page: Page, script: str, **values):
    """What a script says that has the module as `m`; in a page that is open."""
    code = f"""async (values) => {{
        const address = document.querySelector('link[href$="/sign_in.js"]').href;
        const m = await import(address);
        {script}
    }}"""
    return page.evaluate(code, values)


def expect_signed_out(page: Page, why: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    expect(page.get_by_role("alert")).to_contain_text(why)
    assert page.evaluate("sessionStorage.getItem('rollbook-token')") is None


def jwt(**claims):
    """A token that only pages would believe."""
    text = json.dumps({"sub": "x", "exp": int(time.time()) + 600} | claims, ensure_ascii=False)
    return f"e30.{base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}.x"


def test_a_person_signs_in_by_keyboard_comes_back_to_where_they_were_and_signs_out(page, rollbook):
    page.goto(f"{rollbook.url}/data-dictionary/users?q=grade")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who do you want to be?")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ada Example")).to_be_focused()
    page.keyboard.press("Enter")
    expect_signed_in(page, "Ada Example")
    expect(page).to_have_url(HERE)
    token = page.evaluate("sessionStorage.getItem('rollbook-token')")
    with Client(rollbook.url, token) as ada:
        assert ada.call("GET", "/batch-upload").json()["you"]["name"] == "Ada Example"
    page.reload()
    expect_signed_in(page, "Ada Example")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who do you want to be?")
    page.goto(f"{rollbook.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who do you want to be?")


def test_who_goes_back_without_choosing_is_told_and_may_try_again(page, embedded):
    page.goto(embedded.url)
    page.get_by_role("button", name="Back, without signing in").click()
    expect_signed_out(page, "You came back without signing in.")
    page.get_by_role("button", name="Try again").click()
    sign_in_as(page, "Olivia Audit")


def test_an_answer_that_was_not_asked_for_changes_nothing(page, embedded):
    page.goto(embedded.url)
    with page.expect_request(re.compile("/sign-in/callback")) as answered:
        sign_in_as(page, "Ada Example")
    another_tab = page.context.new_page()
    another_tab.goto(answered.value.url)
    expect_signed_out(another_tab, "This sign-in was begun in another tab")
    page.goto(f"{embedded.url}/sign-in/callback?code=x&state=y")
    expect_signed_in(page, "Ada Example")
    expect(page).to_have_url(f"{embedded.url}/")


def test_a_code_that_the_provider_refuses_signs_nobody_in(page, embedded):
    page.goto(embedded.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who do you want to be?")
    address = re.sub(".*state=([^&]+).*", rf"{embedded.url}/sign-in/callback?code=wrong&state=\1", page.url)
    page.goto(address)
    expect_signed_out(page, "It could not be confirmed who you are: The code was used")


@pytest.mark.parametrize("answer", ["nothing", "an error", "another document"])
def test_a_provider_that_is_away_is_told_of_and_asked_again(page, embedded, answer):
    answers = {
        "nothing": lambda route: route.abort(),
        "an error": lambda route: route.fulfill(status=502, body="bad gateway"),
        "another document": lambda route: route.fulfill(json={"authorization_endpoint": "javascript:1"}),
    }
    pattern = re.compile("openid-configuration")
    page.route(pattern, answers[answer])
    page.goto(embedded.url)
    expect_signed_out(page, "The place where you sign in cannot be reached.")
    page.unroute(pattern)
    page.get_by_role("button", name="Try again").click()
    sign_in_as(page, "Ada Example")


def test_the_session_says_who_and_until_when(page, embedded):
    page.goto(embedded.url)
    sign_in_as(page, "Hugo Hill")
    found = module(page, "return m.session()")
    wanted = {
        "sub": "hugo.hill",
        "name": "Hugo Hill",
        "districtId": "example",
        "roles": ["system", "enrollment"],
        "schoolIds": ["00456"],
    }
    assert {name: found[name] for name in wanted} == wanted
    assert found["expiresAt"].timestamp() - time.time() == pytest.approx(12 * 3600, abs=120)


@pytest.fixture
def still_page(page, embedded):
    """A page that asks for nothing by itself, so that what a test does to its session disturbs nobody."""
    page.goto(f"{embedded.url}/sign-in/callback")
    expect_signed_out(page, "This sign-in was begun in another tab")
    return page


@pytest.mark.parametrize(
    ("token", "name"),
    [
        (jwt(name="Zoë Ōé 李"), "Zoë Ōé 李"),
        (jwt(name=""), "x"),
        (jwt(exp=1), None),
        ("opaque", None),
        ("a.!.c", None),
        ("a.bnVsbA.c", None),
        (None, None),
    ],
    ids=["any script", "no name", "expired", "no JWT", "no base64", "no claims", "no token"],
)
def test_a_session_is_what_its_token_says_while_it_lasts(still_page, token, name):
    script = """
        sessionStorage.clear();
        if (values.token) sessionStorage.setItem("rollbook-token", values.token);
        return m.session()?.name ?? null"""
    assert module(still_page, script, token=token) == name


def test_the_end_of_a_session_is_told_once_and_a_sign_out_is_not_an_end(still_page):
    script = """
        const heard = [], look = () => document.dispatchEvent(new Event("visibilitychange"));
        sessionStorage.clear();
        sessionStorage.setItem("rollbook-token", values.token);
        sessionStorage.setItem("rollbook-token-until", Date.now() + 200);
        m.onExpiry(() => heard.push("stopped"))();
        await new Promise((over) => m.onExpiry(() => over(heard.push("over"))));
        look();
        sessionStorage.clear();
        m.onExpiry(() => heard.push("signed out"));
        look();
        return heard"""
    assert module(still_page, script, token=jwt()) == ["over"]


def test_a_session_of_months_is_not_over_at_once(still_page):
    script = """
        const delays = [];
        window.setTimeout = (_, delay) => delays.push(delay);
        sessionStorage.clear();
        sessionStorage.setItem("rollbook-token", values.token);
        m.onExpiry(() => delays.push("over"));
        return delays"""
    assert module(still_page, script, token=jwt(exp=time.time() + 10**8)) == [2**31 - 1]


def test_only_a_path_of_these_pages_is_returned_to(still_page):
    paths = {
        "/students?q=a#b": "/students?q=a#b",
        "history": "/history",
        "https://evil.example/x": "/",
        "//evil.example/x": "/",
        "/\\evil.example": "/",
        ".//evil.example": "/",
        "/..//evil.example": "/",
        "javascript:alert(1)": "/",
        "http://[": "/",
        "/sign-in/callback?code=1": "/",
    }
    found = module(still_page, "return values.paths.map(m.ownPath)", paths=list(paths))
    assert dict(zip(paths, found, strict=True)) == paths


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_to_choose_a_person_on_is_for_everybody(browser, embedded, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 700})
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(embedded.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who do you want to be?")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert said == []
    context.close()
