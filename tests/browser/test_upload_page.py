"""From the drop zone to the report, in a browser."""

from pathlib import Path

import pytest
from browser.portal import Portal
from playwright.sync_api import expect

HEADER = (
    "schoolId,userRole,userId,userFirstName,userLastName,userEmail,userGrade,classId,className,classGrade,"
    "primaryTeacher,action"
)
BAD = "00001,student,s3,Dara,Kim,dara.kim@example,08,m8,Math 8,08,,add"
GOOD = (
    "00000,teacher,t1,Grace,Hall,grace.hall@example.edu,,m7,Math 7,07,true,add",
    "00000,student,s1,Ana,Ruiz,ana.ruiz@example.edu,07,m7,Math 7,07,,add",
    "00001,student,s2,Ben,Okafor,ben.okafor@example.edu,08,m8,Math 8,08,,add",
)


@pytest.fixture
def file_of(tmp_path: Path):
    """Writes a file of these lines."""

    def write(*lines: str, header: str = HEADER, name: str = "users.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("".join(f"{line}\r\n" for line in (header, *lines)).encode(encoding))
        return path

    return write


def test_a_file_that_is_dropped_is_previewed_processed_and_undone(portal: Portal, file_of):
    page = portal.open("/")
    portal.drop(file_of(*GOOD))
    portal.expect_status("Ready to process")
    expect(page.get_by_role("row", name="Students").first).to_contain_text("2")
    page.get_by_role("button", name="Process file").click()
    portal.expect_status("Completed")
    page.get_by_role("button", name="Undo the upload").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo the upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo of users.csv")
    portal.expect_status("Completed")


def test_a_wrong_header_is_told_before_anything_is_sent_and_refused_if_sent(portal: Portal, file_of):
    page = portal.open("/")
    portal.select(file_of(*GOOD, header=HEADER.replace("userEmail", "user_email")))
    expect(page.get_by_text("“user_email” is probably userEmail")).to_be_visible()
    page.get_by_role("button", name="Send it anyway").click()
    portal.expect_status("Refused")
    expect(page.locator("code.header-line")).to_have_text(HEADER)


def test_errors_are_grouped_and_mended_on_the_spot(portal: Portal, file_of):
    page = portal.open("/")
    portal.select(file_of(*GOOD, BAD))
    portal.expect_status("Needs correction")
    expect(page.get_by_role("heading", name="userEmail: 1 row")).to_be_visible()
    page.get_by_role("button", name="Show the rejected rows").click()
    page.get_by_label("userEmail").fill("dara.kim@example.edu")
    page.get_by_role("button", name="Check again with 1 changed row").click()
    portal.expect_status("Ready to process")
    expect(page.get_by_text("1 of 1 earlier error is fixed")).to_be_visible()


def test_an_auditor_starts_at_the_history(embedded_portal: Portal, browser, embedded):
    with Portal(browser, embedded, embedded_portal.district, roles=("auditor",)) as auditor:
        page = auditor.open("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("History")
        assert page.url.endswith("/history")
