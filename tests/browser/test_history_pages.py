"""The history of uploads and its reports, for administrators and for auditors."""

import io
import re
import zipfile

import pytest
from browser.portal import GOOD, Portal
from playwright.sync_api import expect


@pytest.fixture
def portal(portal: Portal, file_of):
    """A district with a processed file, and one that needs correction."""
    portal.seed(file_of(*GOOD, name="first.csv"))
    portal.seed(file_of(GOOD[0].replace("07,true", "77,true"), name="second.csv"), process=False)
    return portal


def test_an_administrator_finds_an_upload_and_reads_its_report(portal: Portal):
    page = portal.open("/history")
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(2)
    portal.expect_accessible()
    expect(page.get_by_role("columnheader", name="District")).to_have_count(0)
    for label, found, none in (
        ("File, person or school", "first", "third"),
        ("Uploaded by", "ada example", "ada"),
        ("schoolId", "00001", "99999"),
    ):
        page.get_by_label(label).fill(none)
        expect(page.get_by_text("No upload was found.")).to_be_visible()
        page.get_by_label(label).fill(found)
        expect(rows.first).to_be_visible()
    expect(rows).to_have_count(1)
    page.get_by_label("From").fill("2020-01-01")
    page.get_by_label("To", exact=True).fill("2020-12-31")
    expect(page.get_by_text("No upload was found.")).to_be_visible()
    page.get_by_label("To", exact=True).fill("2099-12-31")
    page.get_by_label("Status").select_option("Completed")
    page.get_by_label("Kind").select_option("Roster")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("q=first.*status=completed"))
    page.get_by_role("link", name="first.csv").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("first.csv")
    portal.expect_accessible()
    upload_id = page.url.rsplit("/", 1)[-1]
    summary = portal.downloaded("Figures by school (summary.csv)")
    assert summary == portal.asked(f"/reports/{upload_id}/summary.csv")
    page.get_by_role("link", name="Open the upload").click()
    portal.expect_status("Completed")
    page.get_by_role("link", name="This report in the history").click()
    expect(page.get_by_role("heading", name="Place in the chain")).to_be_visible()
    expect(page.get_by_text("Who has read this report")).to_have_count(0)


def test_an_auditor_sees_other_districts_the_chain_and_who_read_and_takes_an_archive(portal: Portal, browser):
    with Portal(browser, portal.running, "elsewhere", roles=("auditor",)) as auditor:
        page = auditor.open("/history")
        page.get_by_label("File, person or school").fill("first.csv")
        row = page.get_by_role("row", name=re.compile(portal.district))
        expect(row).to_have_count(1)
        auditor.expect_accessible()
        with page.expect_download() as given:
            page.get_by_role("button", name="Download all these reports (ZIP)").click()
        names = zipfile.ZipFile(io.BytesIO(given.value.path().read_bytes())).namelist()
        row.get_by_role("link", name="first.csv").click()
        chain = page.get_by_role("region", name="Place in the chain")
        expect(chain.locator("tbody tr")).to_have_count(2)
        hashes = chain.locator("tbody code").all_text_contents()
        assert [len(one) for one in hashes] == [64] * 4
        upload_id = page.url.rsplit("/", 1)[-1]
        assert any(name.startswith(upload_id) for name in names)
        reads = page.get_by_role("region", name="Who has read this report")
        expect(reads.get_by_role("row", name=re.compile("Ada Example")).first).to_be_visible()
        expect(page.get_by_role("link", name="Open the upload")).to_have_count(0)
        auditor.expect_accessible()
        auditor.expect_no_errors()


def test_the_data_dictionary_is_searched(embedded_portal: Portal):
    page = embedded_portal.open("/data-dictionary")
    embedded_portal.expect_accessible()
    page.get_by_label("Search").fill("leading zeros")
    expect(page.get_by_role("heading", level=3)).not_to_have_count(0)
    found = page.locator(".card")
    expect(found.filter(has_text=re.compile("leading zero", re.IGNORECASE))).to_have_count(found.count())
    page.get_by_label("Search").fill("qqqq")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    page.get_by_role("link", name="demographics.csv").click()
    expect(page.get_by_role("heading", name="cityOfBirth")).to_be_visible()
    page.goto(f"{embedded_portal.running.url}/data-dictionary/users?q=userGrade")
    expect(page.get_by_label("Search")).to_have_value("userGrade")


def test_an_address_without_a_page_says_so(embedded_portal: Portal):
    page = embedded_portal.page
    page.goto(f"{embedded_portal.running.url}/history/a/b")
    expect(page.get_by_role("alert")).to_contain_text("There is no page at this address.")
    embedded_portal.expect_accessible()
    page.get_by_role("link", name="Students").click()
    expect(page.get_by_text("Nobody was found.")).to_be_visible()


def test_the_language_is_chosen_and_kept(embedded_portal: Portal):
    page = embedded_portal.open("/history")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Historial")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    embedded_portal.expect_accessible()
    embedded_portal.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Carga por lotes")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Batch upload")
