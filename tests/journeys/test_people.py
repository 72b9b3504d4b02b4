"""Bob looks, Charlie is elsewhere, Sam helps and is seen."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

ACTS = re.compile("^(Sync now|Pause|Resume|Relink|Unlink|Link account|Invite|Create|Revoke|Remove)", re.IGNORECASE)


def connection(page):
    page.goto("/t/acme/connections/")
    return page.get_by_role("link", name="CATS – Acme").first.get_attribute("href")


def forced(visitor, path: str):
    """Post as a page would, though none offers it."""
    token = next(each["value"] for each in visitor.context.cookies() if each["name"] == "csrftoken")
    headers = {"x-csrftoken": token, "referer": visitor.demo.address}
    return visitor.context.request.post(path, headers=headers, max_redirects=0).status


def test_bob_looks_and_changes_nothing(visitor):
    bob = visitor("bob@acme.example")
    his = connection(bob.page)

    for path in ("/t/acme/", "/t/acme/connections/", his, f"{his}settings/", "/t/acme/keys/", "/t/acme/people/"):
        answer = bob.page.goto(path)
        offered = bob.page.locator("main :is(a, button)").filter(has_text=ACTS).all_inner_texts()
        assert (path, offered) == (path, []) or answer.status == 403
    bob.forget(403)

    for act in ("sync/", "pause/", "relink/", "unlink/", "test/"):
        assert (act, forced(bob, his + act)) == (act, 403)


def test_charlie_sees_globex_only(visitor):
    acmes = connection(visitor("alice@acme.example").page)
    charlie = visitor("charlie@globex.example")

    charlie.heading("Overview")
    expect(charlie.page.locator("main")).to_contain_text("Globex")
    for path in ("/t/acme/", acmes, acmes.replace("acme", "globex"), "/t/acme/records/candidates/", "/support/"):
        answer = charlie.page.goto(path)
        assert (path, answer.status) == (path, 404)
        expect(charlie.page.locator("body")).not_to_contain_text("CATS – Acme")
    charlie.picture("not-here")
    charlie.forget(404)


def test_sam_helps_under_a_band_and_alice_sees_that_he_did(visitor):
    sam = visitor("sam@support.example")
    for tenant in ("Acme", "Globex"):
        sam.page.goto(f"/t/{tenant.lower()}/")
        expect(sam.page.get_by_text(f"You are looking at {tenant} as support")).to_be_visible()
    cats = connection(sam.page)
    sam.page.goto(cats)
    sam.page.goto(cats)
    expect(sam.page.get_by_role("button", name="Pause")).to_have_count(0)
    sam.page.get_by_role("button", name="Sync now").click()
    expect(sam.page.locator("main")).to_contain_text(re.compile("Sync|run"))
    sam.picture("support")

    alice = visitor("alice@acme.example").page
    alice.goto("/t/acme/audit/")
    told = alice.locator("main li, main tr").filter(has_text="Sam Okafor")
    expect(told.filter(has_text="CATS – Acme").filter(has_text=re.compile("looked", re.IGNORECASE))).to_have_count(1)
    expect(told.filter(has_text=re.compile("sync", re.IGNORECASE))).not_to_have_count(0)
