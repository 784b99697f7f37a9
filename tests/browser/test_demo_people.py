"""The demo people, one after the other: what each may do and may not, and what they are told."""

import re
from pathlib import Path

from browser.portal import Portal
from playwright.sync_api import Page, expect

from rollbook.embedded.sample_district import DISTRICT, enter, sample

FIRST_SCHOOL, SECOND_SCHOOL = "00123", "00456"


def test_each_of_the_demo_people_may_do_what_is_theirs_and_is_told_of_the_rest(
    browser, rollbook, tmp_path: Path
):
    with rollbook.client(DISTRICT, ("support",)) as support:
        enter(support)
    file = tmp_path / "users.csv"
    file.write_bytes(sample("users-corrected.csv"))
    with Portal(browser, rollbook, DISTRICT, is_signed_in=False) as portal:
        upload, student = the_administrator_does_all(portal, file)
        without_the_enrollment_right_one_looks_on(portal, upload, student)
        of_one_school_one_changes_that_school(portal, file, student)
        the_auditor_reads_of_every_district(portal)
        the_neighbor_sees_nothing(portal, upload, student)
        support_activates(portal)
        the_neighbor_may_upload(portal)
        portal.expect_no_errors()


def the_administrator_does_all(portal: Portal, file: Path) -> tuple[str, str]:
    """Gives the addresses of an upload and of a student of the first school."""
    page = portal.sign_in("Ada Example")
    expect_navigation(page, "Batch upload", "Students", "Staff", "Classes", "History", "Data dictionary")
    portal.select(file)
    portal.expect_status("Ready to process")
    page.get_by_role("button", name="Process file").click()
    portal.expect_status("Completed")
    expect(page.get_by_role("button", name="Undo the upload")).to_be_visible()
    upload = page.url.removeprefix(portal.running.url)
    page.get_by_role("link", name="Students", exact=True).click()
    page.get_by_label("School", exact=True).select_option(FIRST_SCHOOL)
    expect(page).to_have_url(re.compile(f"schoolId={FIRST_SCHOOL}"))
    page.locator("#list tbody a").first.click()
    expect(page.get_by_role("button", name="Edit")).to_be_visible()
    return upload, page.url.removeprefix(portal.running.url)


def without_the_enrollment_right_one_looks_on(portal: Portal, upload: str, student: str) -> None:
    page = portal.sign_in("Ben Sample")
    expect_navigation(page, "Batch upload", "Students", "Staff", "Classes", "History", "Data dictionary")
    expect(page.get_by_text("You need the Enrollment right to upload files.")).to_be_visible()
    expect(page.get_by_text("Ask the administrator of your district for it.")).to_be_visible()
    expect(page.get_by_role("button", name="Select file")).to_be_disabled()
    page.get_by_role("link", name="users.csv").first.click()
    portal.expect_status("Completed")
    assert page.url.endswith(upload)
    expect(page.get_by_role("button", name="Undo the upload")).to_have_count(0)
    portal.open(student)
    expect(page.get_by_role("region", name="History")).to_be_visible()
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)


def of_one_school_one_changes_that_school(portal: Portal, file: Path, student: str) -> None:
    page = portal.sign_in("Hugo Hill")
    expect(page.get_by_text(f"You may change school {SECOND_SCHOOL} only.")).to_be_visible()
    portal.select(file)
    portal.expect_status("Needs correction")
    cause = page.locator("section.cause").filter(has_text="schoolId.out_of_scope")
    expect(cause).to_have_count(1)
    portal.open(student)
    expect(page.get_by_text("You may not edit records of this school.")).to_be_visible()
    expect(page.get_by_role("button", name="Edit")).to_have_count(0)
    portal.open(f"/students?schoolId={SECOND_SCHOOL}")
    page.locator("#list tbody a").first.click()
    expect(page.get_by_role("button", name="Edit")).to_be_visible()


def the_auditor_reads_of_every_district(portal: Portal) -> None:
    page = portal.sign_in("Olivia Audit")
    expect_navigation(page, "History", "Data dictionary")
    expect(page.get_by_role("heading", level=1)).to_have_text("History")
    expect(page.get_by_role("columnheader", name="District")).to_be_visible()
    page.get_by_role("row", name=re.compile(f"Completed.*{DISTRICT}")).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Place in the chain")).to_be_visible()
    expect(page.get_by_role("heading", name="Who has read this report")).to_be_visible()
    expect(page.get_by_role("button", name="Select file")).to_have_count(0)


def the_neighbor_sees_nothing(portal: Portal, upload: str, student: str) -> None:
    page = portal.sign_in("Nora Neighbor")
    expect(page.get_by_text("Batch upload has not been activated for your district.")).to_be_visible()
    expect(page.get_by_text("Ask support to activate it.")).to_be_visible()
    expect(page.get_by_role("button", name="Select file")).to_be_disabled()
    for path in ("/students", "/staff", "/classes", "/history"):
        portal.open(path)
        expect(page.locator("#list tbody tr")).to_have_count(0)
        expect(page.get_by_text(re.compile("^(Nobody|No class|No upload) was found"))).to_be_visible()
    for path in (upload, upload.replace("uploads", "history"), student):
        portal.open(path)
        expect(page.get_by_role("heading", level=1)).to_have_text("This did not work")


def support_activates(portal: Portal) -> None:
    page = portal.sign_in("Sam Support")
    expect_navigation(page, "Districts", "History", "Data dictionary")
    expect(page.get_by_role("row", name=re.compile("Example District"))).to_contain_text("active")
    portal.expect_accessible()
    page.get_by_label("District ID").fill("neighbor")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name", exact=True).fill("Neighbor District")
    page.get_by_role("textbox", name="Schools").fill("00001, Meadow School\n, Brook School")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Neighbor District")
    portal.expect_accessible()
    page.get_by_role("button", name="Activate batch upload").click()
    expect(page.get_by_role("alert")).to_contain_text("Give each of these schools a schoolId of its own.")
    expect(page.get_by_role("listitem").filter(has_text="Brook School")).to_be_visible()
    page.get_by_role("textbox", name="Schools").fill("00001, Meadow School\n=2\tBrook School")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_have_text("Nothing was saved. Correct what is listed here.")
    expect(page.get_by_role("listitem").filter(has_text="School in line 2:")).to_be_visible()
    page.get_by_role("textbox", name="Schools").fill("00001, Meadow School\n00002\tBrook School")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".note.good")).to_have_text("Saved.")
    page.get_by_role("button", name="Activate batch upload").click()
    expect(page.locator(".note.good").filter(has_text="Batch upload is active.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Schools")).to_have_value(
        "00001, Meadow School\n00002, Brook School"
    )
    expect(page.get_by_role("button", name="Activate batch upload")).to_have_count(0)


def the_neighbor_may_upload(portal: Portal) -> None:
    page = portal.sign_in("Nora Neighbor")
    expect(page.get_by_role("button", name="Select file")).to_be_enabled()


def expect_navigation(page: Page, *names: str) -> None:
    expect(page.get_by_role("navigation", name="Pages").get_by_role("link")).to_have_text(names)
