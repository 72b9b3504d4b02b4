"""What the pages do in a browser, with the script and without it."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = [pytest.mark.journey, pytest.mark.urls("tests.dashboard.pages"), pytest.mark.django_db(transaction=True)]

QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
QUIET += ["--disable-background-networking", "--disable-component-update"]


AT_FIRST = """
new MutationObserver(() => { if (document.body) window.seen ??= document.documentElement.dataset.theme })
    .observe(document, {childList: true, subtree: true})
"""
"""Keeps the theme that the page has when its body begins."""


class Window:
    """Opens pages as Alice in a real browser, and remembers what the browser complained about."""

    def __init__(self, browser: Browser, address: str, session: str) -> None:
        self.browser, self.address, self.session = browser, address, session
        self.complaints: list[str] = []

    def open(self, path: str = "/t/acme/connections/", **options) -> Page:
        context = self.browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | options
        )
        context.add_cookies([{"name": "sessionid", "value": self.session, "url": self.address}])
        page = context.new_page()
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address + path)
        return page


@pytest.fixture
def window(live_server, alice, chromium) -> Iterator[Window]:
    session = alice.cookies["sessionid"].value
    with sync_playwright() as playwright:
        yield Window(playwright.chromium.launch(executable_path=chromium, args=QUIET), live_server.url, session)


@pytest.mark.parametrize(
    "look",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"color_scheme": "light", "viewport": {"width": 360, "height": 800}},
    ],
    ids=["light", "dark", "small"],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(window, look):
    page = window.open(**look)

    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= look.get("viewport", {"width": 1440})["width"]
    assert window.complaints == []


def test_the_chosen_theme_is_there_before_anything_is_painted(window):
    page = window.open(color_scheme="light")
    page.get_by_title("Theme").click()
    page.get_by_label("Dark").check()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.add_init_script(AT_FIRST)

    page.reload()

    assert page.evaluate("window.seen") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark == "rgb(13, 16, 17)"
    assert page.locator("[name=theme]:checked").get_attribute("value") == "dark"


def test_without_a_script_the_menus_open_the_theme_changes_and_no_button_does_nothing(window):
    page = window.open(java_script_enabled=False, color_scheme="light", viewport={"width": 360, "height": 800})

    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Candidates")).to_be_visible()
    page.locator("nav.side").press("Escape")
    page.get_by_title("Theme").click()
    page.get_by_label("Dark").check()

    expect(page.locator("body")).to_have_css("background-color", "rgb(13, 16, 17)")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    expect(page.get_by_role("button", name="Show")).to_be_hidden()


def test_a_hidden_tab_asks_for_nothing(window):
    page = window.open()
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away ?? true, configurable: true})")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "hx-request" in request.headers else None)

    page.wait_for_timeout(2500)
    assert asked == []

    page.evaluate("window.away = false")
    expect(page.locator("#live .badge")).to_have_text("Done")
    assert len(asked) == 1
    assert page.locator("#live .icon path").count() == 1


def test_what_a_fragment_says_is_said_aloud(window):
    page = window.open()

    expect(page.locator("#said")).to_have_text("Done")


def test_a_swap_waits_for_what_somebody_marks(window):
    page = window.open()
    page.evaluate("getSelection().selectAllChildren(document.getElementById('live'))")

    page.wait_for_timeout(2200)
    expect(page.locator("#live .badge")).to_have_text("Running")
    page.evaluate("getSelection().removeAllRanges()")

    expect(page.locator("#live .badge")).to_have_text("Done")


def test_a_whole_page_never_lands_in_a_fragment(window):
    page = window.open()
    page.route(
        re.compile("connections/$"),
        lambda route: route.fulfill(content_type="text/html", body="<!doctype html><h1>Sign in</h1>"),
    )

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.locator("nav.side").count() == 0


def test_an_answer_that_failed_is_said_and_leaves_the_page_as_it_was(window):
    page = window.open()
    page.route(re.compile("connections/$"), lambda route: route.fulfill(status=500, body="<!doctype html>broken"))

    expect(page.locator(".trouble")).to_have_count(1)
    expect(page.locator("#live .badge")).to_have_text("Running")
    expect(page.locator("#said")).to_contain_text("may be old")


def test_back_brings_the_whole_page_and_the_browser_keeps_nothing_of_any(window):
    page = window.open()
    with page.expect_response(re.compile("cursor=1")):
        page.get_by_role("link", name="Older").click()
    expect(page).to_have_url(re.compile("cursor=1"))

    page.go_back()

    expect(page.locator("#jobs")).to_be_visible()
    kept = page.evaluate("[...Object.entries(localStorage), ...Object.entries(sessionStorage)]")
    assert kept == [["htmx-current-path-for-history", "/t/acme/connections/"]]


def test_a_slash_finds_the_search_field_unless_switched_off_or_typed(window):
    page = window.open()
    search = page.get_by_role("searchbox", name=re.compile("Search everything"))
    page.keyboard.press("/")
    expect(search).to_be_focused()

    page.locator("#id_label").fill("")
    page.locator("#id_label").press("/")
    expect(page.locator("#id_label")).to_have_value("/")

    page.get_by_title("Account").click()
    page.get_by_label("Single-key shortcuts").uncheck()
    page.locator("main").focus()
    page.keyboard.press("/")
    expect(search).not_to_be_focused()


def test_a_button_copies_and_another_reveals(window):
    page = window.open()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "vacancies:read"

    page.get_by_role("button", name="Show API key").click()
    expect(page.locator("#id_key")).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="Show API key")).to_have_attribute("aria-pressed", "true")


def test_a_toast_stays_until_it_is_dismissed(window):
    page = window.open("/t/acme/connections/?say=25")
    expect(page.get_by_text("Sync queued")).to_be_visible()

    page.get_by_role("button", name="Dismiss").click()

    expect(page.get_by_text("Sync queued")).to_have_count(0)
    expect(page.locator("main")).to_be_focused()


def test_a_swap_keeps_open_what_was_open_and_focus_in_its_place(window):
    page = window.open()
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Of it").focus()

    expect(page.locator("#live")).to_contain_text("Done")

    expect(page.locator("#more")).to_have_attribute("open", "")
    expect(page.locator("#live")).to_be_focused()


def test_escape_closes_a_menu_and_gives_focus_back(window):
    page = window.open()
    page.get_by_title("Theme").click()

    page.keyboard.press("Escape")

    expect(page.get_by_label("Dark")).to_be_hidden()
    expect(page.get_by_title("Theme")).to_be_focused()


def test_a_path_is_lit_where_it_is_pointed_at(window):
    page = window.open()
    place = page.locator("#p-name")

    place.hover()
    expect(place).to_have_class("lit")
    page.locator("h1").hover()
    expect(place).to_have_class("")
