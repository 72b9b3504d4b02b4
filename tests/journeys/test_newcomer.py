"""The whole road, with the script and without: from the demo's screen to records that people and machines read."""

import re

import httpx
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey


def test_alice_links_homerun_watches_it_sync_and_browses(visitor, demo):
    alice = visitor("alice@acme.example")
    page = alice.page
    alice.heading("Overview")

    page.get_by_role("link", name="Link account").first.click()
    alice.picture("link-1-choose")
    page.get_by_role("link", name="Link Homerun").click()
    expect(page.get_by_role("button", name="Copy")).to_have_count(2)
    alice.picture("link-2-key")
    page.get_by_label("API key", exact=True).fill(demo.homerun_key)
    page.get_by_role("button", name="Check the key").click()

    expect(page.locator("#live [data-said]")).to_contain_text("tested")
    expect(page.locator("#continue")).to_be_visible()
    alice.picture("link-3-check")
    page.locator("#continue").click()
    page.get_by_label("Name", exact=True).fill("Homerun – Acme")
    alice.picture("link-4-name")
    page.get_by_role("button", name="Link and start the first sync").click()

    alice.heading("First sync of Homerun – Acme")
    alice.picture("run-live")
    alice.synced()
    everybody = page.get_by_role("row", name=re.compile("^Candidates"))
    read = everybody.get_by_role("cell").nth(3)
    expect(read).to_have_text(re.compile(r"^2[5-9]\d$"))  # other journeys add people to the emulated account
    alice.picture("run-ended")

    page.get_by_role("link", name=re.compile("^Candidates")).click()
    alice.heading("Candidates")
    alice.picture("candidates")
    page.locator("tbody th a").first.click()
    expect(page.get_by_text("Detail read")).to_be_visible()
    alice.picture("candidate")

    page.get_by_role("link", name="Pipelines").click()
    page.locator("main tbody th a").first.click()
    expect(page.locator(".tile").first).to_be_visible()
    alice.picture("board")

    page.get_by_title("Account").click()
    page.get_by_role("button", name="Sign out").click()
    alice.heading("Sign in")
    page.goto("/t/acme/")
    alice.heading("Sign in")


def test_the_printed_curl_line_answers_with_acmes_jobs(visitor, demo):
    header, address = demo.curl
    name, _, value = header.partition(": ")

    answer = httpx.get(address, headers={name: value})

    assert answer.status_code == 200
    connection = re.findall("integrated_account_id=([0-9a-f-]+)", address)[0]
    page = visitor("alice@acme.example").page
    page.goto(f"/t/acme/records/jobs/?connection={connection}")
    listed = page.locator("tbody th").all_inner_texts()
    assert len(listed) == 8
    assert {job["name"] for job in answer.json()["result"]} <= set(listed)


def test_all_of_it_works_without_javascript(visitor, demo):
    nora = visitor(java_script_enabled=False).joined(demo.tenant("Initech", "nora@initech.example"))
    page = nora.page

    nora.paste("initech", demo.homerun_key)
    until_there(page, page.locator("#continue"))
    page.locator("#continue").click()
    page.get_by_role("button", name="Link and start the first sync").click()
    until_there(page, page.locator("#progress .badge", has_text="Done"))

    page.goto("/t/initech/records/applications/")
    first = page.locator("tbody th").first.inner_text()
    page.get_by_role("link", name="Older").click()
    expect(page.locator("tbody th").first).not_to_have_text(first)

    page.goto("/t/initech/pipelines/")
    page.locator("main tbody th a").first.click()
    expect(page.locator(".tile").first).to_be_visible()

    page.goto("/t/initech/records/candidates/")
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Read now").click()
    until_there(page, page.get_by_text("Detail read"), again="Look again")


def until_there(page, what, again="Refresh"):
    """Follow the page's own link until something has come."""
    for _ in range(60):
        if what.count():
            return
        link = page.get_by_role("link", name=again)
        link.click() if link.count() else page.reload()
        page.wait_for_timeout(500)
    raise AssertionError(f"{what} never came: {page.locator('main').inner_text()}")
