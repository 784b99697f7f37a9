"""One upload after it was sent: what needs correction, what would change, what was done."""

import re

import pytest
from browser.bars import expect_parts_told_apart_without_colour
from browser.portal import GOOD, Portal
from playwright.sync_api import expect


def student(at: int, *, grade: str = "07", email: str = "", user_id: str = "") -> str:
    """A line of a student in class m7."""
    email = email or f"x{at}@example.edu"
    return f"00000,student,{user_id or f'x{at}'},Ana{at},Lee,{email},{grade},m7,Math 7,07,,add"


TEACHER = GOOD[0]


def test_causes_open_to_their_rows_and_the_first_lines_show_the_bad_cells(embedded_portal: Portal, file_of):
    page = embedded_portal.open("/")
    file = file_of(TEACHER, *(student(at, grade="99") for at in range(60)), student(60, email="no"))
    embedded_portal.select(file)
    embedded_portal.expect_status("Needs correction")
    expect(page.get_by_text("61 errors were found.")).to_be_visible()
    cause = page.locator("section.cause").filter(has_text="userGrade: 60 rows")
    expect(cause.get_by_text("“99”: 60 rows")).to_be_visible()
    cause.locator("summary").click()
    expect(cause.locator("tbody tr")).to_have_count(50)
    cause.get_by_role("button", name="Show more").click()
    expect(cause.locator("tbody tr")).to_have_count(60)
    page.get_by_text("The first lines of your file").click()
    lines = page.get_by_role("region", name="The first lines of your file")
    expect(lines.locator("tbody tr")).to_have_count(20)
    expect(lines.locator("td.bad")).to_have_text([re.compile("^99 userGrade “99” is not one of")] * 19)
    embedded_portal.expect_accessible()


def test_the_error_report_and_the_rows_to_correct_are_what_the_api_gives(portal: Portal, file_of):
    upload_id = portal.seed(file_of(TEACHER, student(1, grade="99"), student(2)), process=False)
    portal.open(f"/uploads/{upload_id}")
    errors = portal.downloaded("Download the error report")
    assert errors == portal.asked(f"/reports/{upload_id}/errors.csv")
    assert b"userGrade.unknown_value" in errors
    corrections = portal.downloaded("Download the rows to correct")
    assert corrections == portal.asked(f"/reports/{upload_id}/corrections.csv")
    assert corrections.count(b"\r\n") == 2


def test_a_corrected_file_says_how_many_errors_are_fixed(embedded_portal: Portal, file_of):
    embedded_portal.seed(file_of(TEACHER, *(student(at, grade="99") for at in range(45))), process=False)
    page = embedded_portal.open("/")
    fixed = (student(at, grade="99" if at < 3 else "07") for at in range(45))
    embedded_portal.select(file_of(TEACHER, *fixed))
    embedded_portal.expect_status("Needs correction")
    expect(page.get_by_text("42 of 45 earlier errors are fixed, 3 remain, 0 are new.")).to_be_visible()


def test_cells_are_mended_in_place_page_by_page_and_a_new_fault_is_told(embedded_portal: Portal, file_of):
    page = embedded_portal.open("/")
    embedded_portal.select(file_of(TEACHER, *(student(at, grade="99") for at in range(26)), student(30)))
    embedded_portal.expect_status("Needs correction")
    page.get_by_role("button", name="Show the rejected rows").click()
    expect(page.get_by_label("userGrade")).to_have_count(25)
    page.get_by_role("button", name="Show more rows").click()
    expect(page.get_by_label("userGrade")).to_have_count(26)
    check = page.get_by_role("button", name=re.compile("Check again"))
    expect(check).to_be_disabled()
    row = page.get_by_role("group", name="Row 3 Ana0 Lee x0")
    row.get_by_label("userGrade").fill("07")
    row.get_by_text("Other cells of this row").click()
    row.get_by_label("userFirstName").fill("Bea")
    page.get_by_role("group", name="Row 28 Ana25").get_by_label("userGrade").fill("98")
    embedded_portal.expect_accessible()
    check.click()
    expect(page.get_by_text("1 of 26 earlier errors are fixed, 25 remain, 0 are new.")).to_be_visible()
    embedded_portal.expect_status("Needs correction")
    expect(page.get_by_text("25 errors were found.")).to_be_visible()


def test_accepted_rows_are_processed_without_the_rejected_ones(portal: Portal, file_of):
    page = portal.open("/")
    portal.select(file_of(TEACHER, student(1), student(2, grade="99")))
    portal.expect_status("Needs correction")
    process = page.get_by_role("button", name="Process 2 accepted rows")
    process.click()
    portal.expect_status("Needs correction")  # nothing without the tick
    page.get_by_label("Leave 1 rejected row out; I will upload it later.").check()
    process.click()
    portal.expect_status("Completed with errors")
    expect(page.get_by_text("Rows with errors were left out.")).to_be_visible()
    row = page.get_by_role("region", name="What was done").get_by_role("row", name="Students")
    expect(row.get_by_role("cell")).to_have_text(["1", "0", "0", "0", "1"])
    portal.expect_accessible()
    upload_id = page.url.rsplit("/", 1)[-1]
    for name in ("summary.csv", "errors.csv", "corrections.csv"):
        button = page.get_by_role("button", name=re.compile(rf"\({name}\)"))
        with page.expect_download() as given:
            button.click()
        assert given.value.path().read_bytes() == portal.asked(f"/reports/{upload_id}/{name}")
    assert b"<html" in portal.downloaded("Report to print (report.html)")
    assert b"recordType,key" in portal.downloaded("All changes, old and new (changes.csv)")


def test_a_preview_shows_each_school_and_each_field_old_and_new(portal: Portal, file_of):
    other = "00001,student,y1,Bo,Li,y1@example.edu,07,,,,,add"
    portal.seed(file_of(TEACHER, *(student(at) for at in range(60)), other))
    page = portal.open("/")
    changed = (student(at, grade="08") for at in range(60))
    portal.select(file_of(TEACHER, *changed, other, student(71)))
    portal.expect_status("Held for approval")
    figures = page.get_by_role("region", name="What would change, by kind of record")
    row = figures.get_by_role("row", name="Students")
    expect(row.get_by_role("cell")).to_have_text(["1", "60", "1", "0", "0"])
    expect(page.get_by_role("img", name="Students: To create 1, To update 60, No change 1")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect_parts_told_apart_without_colour(page)
    expect(page.locator("details.school").last).to_contain_text("no change")
    school = page.locator("details.school").first
    school.locator("summary").first.click()
    school.get_by_text("Field by field").click()
    changes = school.get_by_role("region", name="Field by field")
    expect(changes.locator("tbody tr")).to_have_count(50)
    updated = changes.get_by_role("row", name=re.compile("Student x1 "))
    expect(updated.locator(".old")).to_have_text("07")
    expect(updated.locator(".new")).to_have_text("08")
    school.get_by_role("button", name="Show more").click()
    expect(changes.get_by_role("row", name=re.compile("Student x9 "))).to_be_visible()
    portal.expect_accessible()
    upload_id = page.url.rsplit("/", 1)[-1]
    changes_csv = portal.downloaded("Download all changes")
    assert changes_csv == portal.asked(f"/uploads/{upload_id}/changes.csv")

    page.get_by_role("button", name="Cancel this upload").click()
    portal.expect_status("Cancelled")
    expect(page.get_by_text("nothing of it was applied")).to_be_visible()
    portal.expect_accessible()


def test_a_class_above_80_students_gets_advice_and_is_processed_all_the_same(
    embedded_portal: Portal, file_of
):
    page = embedded_portal.open("/")
    embedded_portal.select(file_of(TEACHER, *(student(at) for at in range(81))))
    embedded_portal.expect_status("Ready to process")
    advice = page.locator("section.cause").filter(has_text="classId.over_recommended_size")
    expect(advice).to_contain_text("81")
    page.get_by_role("button", name="Process file").click()
    embedded_portal.expect_status("Completed")
    expect(page.get_by_text("Done: the file is processed.")).to_be_visible()


def test_a_large_change_is_held_until_somebody_says_why_it_is_right(portal: Portal, file_of):
    portal.seed(file_of(TEACHER, *(student(at) for at in range(40))))
    page = portal.open("/")
    leavers = (f"00000,,x{at},,,,,,,,,deactivate" for at in range(20))
    portal.select(file_of(*leavers))
    portal.expect_status("Held for approval")
    expect(
        page.get_by_text(re.compile("20 of 40 student records of the district would be removed"))
    ).to_be_visible()
    process = page.get_by_role("button", name="Process file")
    process.click()
    expect(page.get_by_label("Why it is right all the same")).to_be_focused()
    portal.expect_status("Held for approval")
    portal.expect_accessible()
    page.get_by_label("Why it is right all the same").fill("The school closes its upper floor.")
    process.click()
    portal.expect_status("Completed")
    page.get_by_text("About this upload").click()
    expect(page.get_by_text("Ada Example: The school closes its upper floor.")).to_be_visible()


def test_people_with_a_new_id_are_ticked_before_they_are_taken_as_the_same(embedded_portal: Portal, file_of):
    people = [student(at) for at in range(3)]
    embedded_portal.seed(file_of(TEACHER, *people))
    page = embedded_portal.open("/")
    renamed = student(0, user_id="new0"), student(1, user_id="new1"), people[2]
    embedded_portal.select(file_of(TEACHER, *renamed))
    embedded_portal.expect_status("Needs correction")
    ticks = page.get_by_role("group", name="2 people seem to have a new userId")
    expect(ticks.get_by_role("checkbox")).to_have_count(2)
    embedded_portal.expect_accessible()
    ticks.get_by_role("checkbox").first.check()
    page.get_by_label(re.compile("Leave 2 rejected rows out")).check()
    page.get_by_role("button", name="Process 2 accepted rows").click()
    embedded_portal.expect_status("Completed with errors")
    assert {b"new0": b"new0," in roster(embedded_portal), b"new1": b"new1," in roster(embedded_portal)} == {
        b"new0": True,
        b"new1": False,
    }


def roster(portal: Portal) -> bytes:
    return portal.asked("/export/users.csv?type=all")


def test_what_was_changed_since_the_preview_is_left_out_and_listed(portal: Portal, file_of):
    portal.seed(file_of(TEACHER, student(1), student(2)))
    page = portal.open("/")
    portal.select(file_of(TEACHER, student(1, grade="08"), student(2)))
    portal.expect_status("Ready to process")
    with portal.running.client(portal.district) as client:
        etag = client.call("GET", "/students/x1").headers["ETag"]
        client.call("PATCH", "/students/x1", json={"userGrade": "09"}, headers={"If-Match": etag})
    page.get_by_role("button", name="Process file").click()
    portal.expect_status("Completed with errors")
    expect(page.get_by_text("1 record failed while it was applied.")).to_be_visible()
    cause = page.locator("section.cause").filter(has_text="record.changed_since_preview")
    cause.locator("summary").click()
    expect(cause.locator("tbody tr")).to_have_count(1)
    found = portal.downloaded("Errors while applying (follow-up-errors.csv)")
    assert b"record.changed_since_preview" in found
    portal.expect_accessible()


def test_an_upload_that_is_not_ones_own_or_that_is_none_is_told_as_such(embedded_portal: Portal):
    page = embedded_portal.page
    page.goto(f"{embedded_portal.running.url}/uploads/nothing")
    expect(page.get_by_role("heading", level=1)).to_have_text("This did not work")
    expect(page.get_by_role("alert")).to_be_visible()
    embedded_portal.expect_accessible()


@pytest.mark.parametrize("roles", [("system",), ("auditor",)])
def test_who_may_only_look_sees_the_preview_without_a_button(
    embedded_portal: Portal, browser, file_of, roles
):
    upload_id = embedded_portal.seed(file_of(*GOOD), process=False)
    with Portal(browser, embedded_portal.running, embedded_portal.district, roles=roles) as portal:
        page = portal.open(f"/uploads/{upload_id}")
        portal.expect_status("Ready to process")
        expect(page.get_by_text("Processing needs the rights System and Enrollment.")).to_be_visible()
        expect(page.get_by_role("button", name="Process file")).to_have_count(0)
        portal.expect_no_errors()
