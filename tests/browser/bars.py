"""The bars of figures, for who sees no colours: in the report and on the pages."""

from playwright.sync_api import Page

FIGURES = ("created", "updated", "noChange", "removed", "errors")
PLAIN = {"created", "noChange"}
LIGHTNESS = """colour => {
    const parts = colour.match(/[\\d.]+/g).map(Number).map(one => one / 255)
        .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}"""
"""Relative luminance, as WCAG reckons it."""


def lightness(page: Page, selector: str, what: str) -> float:
    """How light a property of an element is, from 0 to 1."""
    style = f"getComputedStyle(document.querySelector('{selector}')).{what}"
    found: float = page.evaluate(f"({LIGHTNESS})({style})")
    return found


def contrast(one: float, other: float) -> float:
    """Between two lightnesses, as WCAG reckons it."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


DRAWN = """id => [...document.getElementById(id).children].map(one => [one.tagName, one.getAttribute("class"),
    ...["width", "height", "r"].map(name => one.getAttribute(name))].join()).join("; ")
    + document.getElementById(id).getAttribute("patternTransform")"""


def expect_parts_told_apart_without_colour(page: Page) -> None:
    """Each figure's part has a pattern that can be seen, or is plain and lighter than the other plain one."""
    fills = page.evaluate("[...document.querySelectorAll('.part')].map(one => one.getAttribute('fill'))")
    assert set(fills) == {f"url(#{figure})" for figure in FIGURES}
    marks = {figure: page.evaluate(DRAWN, figure) for figure in FIGURES if figure not in PLAIN}
    assert len(set(marks.values())) == len(marks)
    assert all("mark" in one for one in marks.values())
    grey = {figure: lightness(page, f"#{figure}", "fill") for figure in FIGURES}
    mark = lightness(page, ".mark", "fill")
    assert contrast(grey["created"], grey["noChange"]) >= 3
    assert all(contrast(grey[figure], mark) >= 3 for figure in marks)
