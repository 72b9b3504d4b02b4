"""Everything with the keyboard alone."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey

FOCUSED = (
    "(e => e && (e.innerText || e.getAttribute('aria-label') || e.id || e.tagName).trim())(document.activeElement)"
)
RING = """(style => style.boxShadow !== 'none' || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)(
    getComputedStyle(document.activeElement))"""


def tab_to(page, words: str) -> None:
    """Press Tab until this is focused; whatever is met on the way shows that it is."""
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        assert page.evaluate(RING), f"{at} shows no focus"
        if at == words:
            return
    raise AssertionError(f"Tab never came to {words}")


def test_an_account_is_linked_with_the_keyboard_alone(visitor, demo):
    kim = visitor().joined(demo.tenant("Keyboard", "kim@keyboard.example"))
    page = kim.page

    tab_to(page, "Link account")
    page.keyboard.press("Enter")
    kim.heading("Link an account")
    tab_to(page, "Link Homerun")
    page.keyboard.press("Enter")
    kim.heading("Link a Homerun account")
    tab_to(page, "id_api_key")
    page.keyboard.type(demo.homerun_key)
    page.keyboard.press("Enter")
    expect(page.locator("#continue")).to_be_visible()
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()
    tab_to(page, "Link and start the first sync")
    page.keyboard.press("Enter")

    kim.synced()


def test_focus_survives_a_swap(visitor):
    page = visitor("alice@acme.example").page
    page.goto("/t/acme/records/candidates/")
    older = page.get_by_role("link", name="Older")
    older.focus()

    with page.expect_response(lambda answer: "cursor" in answer.url):
        page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Newer")).to_be_visible()
    assert page.evaluate("document.activeElement !== document.body")


def test_slash_finds_the_search_and_escape_closes_a_menu(visitor):
    page = visitor("alice@acme.example").page
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("an")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=an$"))

    page.get_by_title("Account").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(page.get_by_title("Account")).to_be_focused()
