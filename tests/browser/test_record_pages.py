"""The pages of students, staff and classes: looking, choosing, editing, and what happened before."""

import re

import pytest
from browser.portal import GOOD, WAIT_MS, Portal
from playwright.sync_api import Route, expect

MANY = tuple(
    f"0000{at % 2},student,x{at:03},Ana,Lee{at:03},x{at}@example.edu,{7 + at % 2:02},,,,,add"
    for at in range(120)
)


on_the_embedded_mode_alone = pytest.mark.parametrize("rollbook", ["embedded"], indirect=True)


@pytest.fixture
def portal(portal: Portal, file_of):
    """A district with people in it."""
    portal.seed(file_of(*GOOD, *MANY))
    return portal


def test_students_are_searched_filtered_and_paged_and_never_more_than_a_page_is_held(portal: Portal):
    page = portal.open("/students")
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(50)
    portal.expect_accessible()
    for found, count in (("Page 2", 50), ("Page 3", 22)):
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_text(found)).to_be_visible()
        expect(rows).to_have_count(count)
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.get_by_text("Page 2")).to_be_visible()

    page.get_by_label("Name, ID or e-mail").fill("lee01")
    expect(rows).to_have_count(10)
    page.get_by_label("Grade").select_option("08")
    expect(rows).to_have_count(5)
    page.get_by_label("School").select_option("School 0 (00000)")
    expect(page.get_by_text("Nobody was found.")).to_be_visible()
    page.get_by_label("School").select_option("School 1 (00001)")
    expect(rows).to_have_count(5)
    page.reload()
    expect(page.get_by_label("Name, ID or e-mail")).to_have_value("lee01")
    expect(rows).to_have_count(5)
    page.get_by_role("link", name="Lee011, Ana").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Lee011")
    page.go_back()
    expect(page.get_by_label("Grade")).to_have_value("08")
    expect(rows).to_have_count(5)


def test_whom_one_selects_on_several_pages_is_downloaded_as_a_roster(portal: Portal):
    page = portal.open("/students")
    page.get_by_label("Select Lee000, Ana").check()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Page 2")).to_be_visible()
    page.get_by_label("Select everybody on this page").check()
    expect(page.get_by_role("button", name="Download users.csv of 51 selected")).to_be_visible()
    page.get_by_label("Select Lee060, Ana").uncheck()
    portal.expect_accessible()
    file = portal.downloaded("Download users.csv of 50 selected").decode()
    found = sorted(re.findall(r"x\d{3}", file))
    assert found == ["x000", *(f"x{at:03}" for at in range(48, 98) if at != 60)]
    page.get_by_role("button", name="Select nobody").click()
    expect(page.get_by_role("button", name="Download users.csv of 0 selected")).to_be_disabled()
    whole = portal.asked("/export/users.csv?type=students")
    assert portal.downloaded("Download all students") == whole
    page.get_by_label("School").select_option("00001")
    of_school = portal.asked("/export/users.csv?type=students&schoolId=00001")
    assert portal.downloaded("Download the students of this school") == of_school


def test_more_people_than_fit_into_an_address_are_selected_with_the_keyboard(
    embedded_portal: Portal, file_of
):
    lines = (
        f"00000,student,{'long' * 20}{at:03},Ana,Lee{at:03},x{at}@example.edu,07,,,,,add" for at in range(450)
    )
    embedded_portal.seed(file_of(*lines))
    page = embedded_portal.open("/students")
    for number in range(1, 10):
        expect(page.get_by_text(f"Page {number}", exact=True)).to_be_visible()
        page.get_by_label("Select everybody on this page").focus()
        page.keyboard.press("Space")
        expect(
            page.get_by_role("button", name=f"Download users.csv of {number * 50} selected")
        ).to_be_visible()
        expect(page.get_by_label("Select everybody on this page")).to_be_focused()
        if number < 9:
            forward = page.get_by_role("button", name="Next")
            forward.focus()
            page.keyboard.press("Enter")
            expect(page.get_by_text(f"Page {number + 1}", exact=True)).to_be_visible()
            expect(forward).to_be_focused() if number < 8 else expect(forward).to_be_disabled()
    expect(page.locator("#said")).to_have_text("450 people are selected.")
    page.get_by_role("button", name="Download users.csv of 450 selected").focus()
    with page.expect_download() as given:
        page.keyboard.press("Enter")
    assert given.value.path().read_bytes() == embedded_portal.asked("/export/users.csv?type=students")


@on_the_embedded_mode_alone
def test_who_selects_more_than_are_taken_at_once_is_told_that_some_are_not(portal: Portal):
    page = portal.page
    page.route("**/api/v1/students?*", one_too_many)
    portal.open("/students")
    everybody = page.get_by_label("Select everybody on this page")
    everybody.click(timeout=WAIT_MS)
    told = page.get_by_role("alert")
    expect(told).to_contain_text(
        "At most 5,000 people can be selected at once, and so many are", timeout=WAIT_MS
    )
    expect(page.get_by_role("button", name="Download users.csv of 5,000 selected")).to_be_enabled()
    expect(everybody).not_to_be_checked()
    expect(page.get_by_label("Select Lee, Ana 5000", exact=True)).not_to_be_checked()
    page.get_by_label("Select Lee, Ana 0", exact=True).uncheck()
    expect(told).to_have_count(0, timeout=WAIT_MS)


def one_too_many(route: Route) -> None:
    """A list as no page of it is: with more people than can be selected."""
    same = {
        "userFirstName": "Ana",
        "userLastName": "Lee",
        "userEmail": "",
        "userGrade": "07",
        "schoolId": "00000",
    }
    items = [same | {"userId": f"p{at}", "userMiddleName": str(at)} for at in range(5_001)]
    route.fulfill(json={"items": items, "next": None, "total": 5_001, "totalIsExact": True})


def test_staff_and_classes_are_found_and_a_class_shows_who_is_in_it(portal: Portal):
    page = portal.open("/staff")
    expect(page.get_by_role("row", name=re.compile("Hall, Grace"))).to_contain_text("Teacher")
    portal.expect_accessible()
    page.get_by_label("Name, ID or e-mail").fill("nobody")
    expect(page.get_by_text("Nobody was found.")).to_be_visible()
    page.get_by_role("link", name="Classes").click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("#list tbody tr")).to_have_count(2)
    portal.expect_accessible()
    page.get_by_label("Name or ID").fill("m7")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Math 7").click()
    people = page.get_by_role("region", name="In this class")
    expect(people.get_by_role("link")).to_have_text(["Ruiz, Ana", "Hall, Grace"])
    expect(people).to_contain_text("Teacher (primary teacher)")
    portal.expect_accessible()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Display name").fill("Mathematics, period 1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mathematics, period 1")
    people.get_by_role("link", name="Ruiz, Ana").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Ruiz")


def test_an_edit_with_an_error_says_at_the_field_what_is_wrong_and_a_right_one_is_in_the_history(
    portal: Portal,
):
    page = portal.open("/students/s1")
    history = page.get_by_role("region", name="History")
    expect(history.get_by_role("row", name=re.compile("Created")).first).to_contain_text("Ada Example")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Grade").fill("99")
    page.get_by_role("button", name="Save").click()
    field = page.get_by_label("Grade")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("“99” is not one of"))
    expect(field).to_have_value("99")
    portal.expect_accessible()
    field.fill("08")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The next upload shows it as a difference")).to_be_visible()
    change = history.get_by_role("row", name=re.compile("Updated"))
    expect(change.locator(".old")).to_have_text("07")
    expect(change.locator(".new")).to_have_text("08")
    expect(change).to_contain_text("Direct edit")
    portal.expect_accessible()
    change.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit of student s1")
    portal.expect_status("Completed")


@on_the_embedded_mode_alone
def test_an_edit_that_meets_another_persons_edit_shows_both_and_takes_nothing_back(portal: Portal):
    page = portal.open("/students/s1")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Last name").fill("Ruiz Soto")
    with portal.running.client(portal.district) as client:
        etag = client.call("GET", "/students/s1").headers["ETag"]
        theirs = {"userGrade": "08", "userLastName": "Ruíz"}
        client.call("PATCH", "/students/s1", json=theirs, headers={"If-Match": etag})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Last name")).to_have_value("Ruiz Soto")
    expect(page.get_by_text("Stored now: Ruíz")).to_be_visible()
    expect(page.get_by_label("Grade")).to_have_value("08")
    portal.expect_accessible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Ruiz Soto")
    with portal.running.client(portal.district) as client:
        stored = client.call("GET", "/students/s1").json()
    assert (stored["userLastName"], stored["userGrade"]) == ("Ruiz Soto", "08")


@on_the_embedded_mode_alone
def test_who_may_not_edit_sees_no_button_for_it(portal: Portal, browser):
    with Portal(browser, portal.running, portal.district, roles=("system",)) as reader:
        page = reader.open("/students/s1")
        expect(page.get_by_role("region", name="History")).to_be_visible()
        expect(page.get_by_role("button", name="Edit")).to_have_count(0)
        reader.expect_no_errors()
