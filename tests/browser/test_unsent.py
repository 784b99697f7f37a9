"""What is typed and not sent: kept where that is harmless, asked about before it is lost everywhere else."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser.portal import GOOD, Portal
from browser.test_journeys import BAD
from playwright.sync_api import Page, expect

KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('rollbook-kept-'))"


def typed_into_a_record(portal: Portal, file_of: Callable[..., Path]) -> tuple[str, str]:
    portal.seed(file_of(*GOOD))
    portal.open("/students/s1")
    portal.page.get_by_role("button", name="Edit").click()
    return "Middle name", "Soto"


def typed_into_a_rejected_row(portal: Portal, file_of: Callable[..., Path]) -> tuple[str, str]:
    upload_id = portal.seed(file_of(*GOOD, BAD), process=False)
    portal.open(f"/uploads/{upload_id}")
    portal.page.get_by_role("button", name="Show the rejected rows").click()
    return "userEmail", "dara@example.edu"


@pytest.mark.parametrize("begin", [typed_into_a_record, typed_into_a_rejected_row])
def test_cells_of_people_are_kept_nowhere_but_nobody_loses_them_unasked(embedded_portal, file_of, begin):
    page = embedded_portal.page
    label, text = begin(embedded_portal, file_of)
    students = page.get_by_role("link", name="Students", exact=True).first
    question = page.get_by_role("dialog", name="Leave this page?")
    page.get_by_label(label).fill(text)
    students.click()
    expect(question).to_contain_text("What you have typed here has not been sent. If you leave, it is lost.")
    embedded_portal.expect_accessible()
    expect(question.get_by_role("button", name="Stay here")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label(label)).to_have_value(text)
    assert text not in page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.reload()")
    expect(page.get_by_label(label)).to_have_value(text)
    students.click()
    question.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Students")
    assert asked == ["beforeunload"]


def test_who_has_typed_nothing_or_has_sent_it_leaves_unasked(embedded_portal, file_of):
    page = embedded_portal.page
    label, text = typed_into_a_record(embedded_portal, file_of)
    page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The next upload shows it as a difference")).to_be_visible()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("link", name="Classes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Classes")


def held(portal: Portal, file_of: Callable[..., Path]) -> str:
    """An upload that waits for a reason, with one typed."""
    people = (f"00000,student,x{at},A,B,x{at}@example.edu,07,,,,,add" for at in range(40))
    portal.seed(file_of(*GOOD, *people))
    leavers = (f"00000,,x{at},,,,,,,,,deactivate" for at in range(20))
    upload_id = portal.seed(file_of(*leavers), process=False)
    portal.open(f"/uploads/{upload_id}")
    portal.expect_status("Held for approval")
    portal.page.get_by_label("Why it is right all the same").fill("A new provider")
    return upload_id


def reload(page: Page) -> None:
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_reason_of_an_approval_outlives_a_reload_until_it_is_sent(embedded_portal, file_of):
    page = embedded_portal.page
    held(embedded_portal, file_of)
    reload(page)
    reason = page.get_by_label("Why it is right all the same")
    expect(reason).to_have_value("A new provider")
    page.get_by_role("button", name="Process file").click()
    embedded_portal.expect_status("Completed")
    page.get_by_text("About this upload").click()
    expect(page.get_by_text("Ada Example: A new provider")).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_nothing_that_is_kept_is_there_for_another_person_or_after_signing_out(embedded_portal, file_of):
    page = embedded_portal.page
    upload_id = held(embedded_portal, file_of)
    other_person = embedded_portal.running.token(embedded_portal.district, name="Olu Example")
    assert page.evaluate(KEPT) == [f"rollbook-kept-reason-{upload_id}"]
    embedded_portal.context.add_init_script(f"sessionStorage.setItem('rollbook-token', '{other_person}')")
    reload(page)
    expect(page.locator("#who")).to_contain_text("Olu Example")
    expect(page.get_by_label("Why it is right all the same")).to_have_value("")
    assert page.evaluate(KEPT) == []
    page.get_by_label("Why it is right all the same").fill("Mine")
    assert page.evaluate(KEPT) == [f"rollbook-kept-reason-{upload_id}"]
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(r"/(sign-in|authorize|$)"))
    assert page.evaluate(KEPT) == []
