"""Writing: a card is dragged and moved by keyboard, one comes back refused, a note is sent from the dialog."""

import re

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.test_every_page import SIDEWAYS
from tests.journeys.visiting import NARROW, PICTURES, WIDE

pytestmark = pytest.mark.journey


@pytest.fixture
def nora(visitor, demo, request):
    """Who has linked Homerun and stands before a board with people on it; a tenant for each journey."""
    tenant = request.node.name.split("_")[2]
    somebody = visitor().joined(demo.tenant(tenant.capitalize(), f"nora@{tenant}.example"))
    somebody.link(tenant)
    somebody.page.goto(f"/t/{tenant}/pipelines/")
    somebody.page.locator("main tbody tr").filter(has_text=re.compile("Open")).locator("th a").first.click()
    expect(somebody.page.locator(".tile").first).to_be_visible()
    return somebody


def effects(demo):
    """What was written to Homerun so far, counted."""
    return httpx.get(f"{demo.homerun}/_emulator/truth").json()["counts"]


def sound(page, where: str) -> None:
    """Axe finds nothing, wide and narrow, by day and by night; nothing scrolls sideways; pictures are kept."""
    for size, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        found = [f"{each['id']} {each['nodes'][0]['html'][:200]}" for each in Axe().run(page).response["violations"]]
        assert (where, scheme, found) == (where, scheme, [])
        assert page.evaluate(SIDEWAYS) <= 0, f"{where} scrolls sideways at {size['width']} px"
        page.screenshot(path=PICTURES / f"{where.replace(' ', '-')}-{size['width']}-{scheme}.png")
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")


def lying(page):
    """A card and its name, the column that it lies in, and another one that Homerun moves people to."""
    full = page.locator(".column").filter(has=page.locator(".tile")).first
    others = page.locator(".column").filter(has_not=page.locator("h3", has_text=re.compile("^New")))
    target = others.nth(1) if full.get_attribute("id") == others.first.get_attribute("id") else others.first
    name = full.locator(".tile h4 a").first.inner_text()
    return full.locator(".tile").first, name, full, target


def test_cards_move_by_pointer_and_by_keyboard_and_come_back_when_refused(nora, demo):
    page, before = nora.page, effects(demo).get("application moved", 0)
    tile, name, _, target = lying(page)
    card = target.locator(".tile", has_text=name).first

    tile.drag_to(target, target_position={"x": 40, "y": 60})

    expect(card).to_contain_text("Moving")
    nora.picture("board-pending")
    expect(card).not_to_have_class(re.compile("pending|refused"), timeout=30_000)
    assert effects(demo)["application moved"] == before + 1
    page.reload()
    expect(card).to_be_visible()

    card.get_by_role("link", name=f"Move {name} to").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#move-to")).to_be_visible()
    nora.picture("board-menu")
    sound(page, "board with its menu")
    page.get_by_role("button", name="New", exact=True).focus()
    page.keyboard.press("Enter")

    expect(card).to_have_class(re.compile("refused"), timeout=30_000)
    expect(card).to_contain_text("Homerun moves nobody to New")
    nora.picture("board-refused")
    sound(page, "board with a refused card")
    assert effects(demo)["application moved"] == before + 1


def test_a_finger_holds_a_card_and_moves_it(nora, visitor):
    page = visitor(storage_state=nora.context.storage_state(), has_touch=True).page
    page.goto(nora.page.url)
    tile, name, _, target = lying(page)
    begin, end = tile.bounding_box(), target.bounding_box()
    touch = page.context.new_cdp_session(page)

    def put(kind, *at):
        points = [{"x": x, "y": y} for x, y in at]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    put("touchStart", (begin["x"] + 20, begin["y"] + 60))
    page.wait_for_timeout(400)
    for share in (0.3, 0.6, 1):
        x = begin["x"] + 20 + share * (end["x"] + 40 - begin["x"] - 20)
        put("touchMove", (x, end["y"] + 60))
    put("touchEnd")

    expect(target.locator(".tile", has_text=name).first).to_be_visible()
    expect(target.locator(".tile.pending")).to_have_count(0, timeout=30_000)


def test_a_note_is_sent_from_the_dialog_and_stands_in_the_log(nora, demo):
    page, before = nora.page, effects(demo).get("note added", 0)
    page.locator(".tile h4 a").first.click()
    page.locator("#act").click()
    nora.picture("menu-of-actions")
    page.get_by_role("link", name="Add note").click()
    dialog = page.locator("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text("Add note")
    dialog.get_by_role("button", name="Add note").click()
    expect(dialog.get_by_label("Content")).to_be_focused()
    expect(dialog).to_contain_text("This field is required.")
    nora.forget(422)
    nora.picture("dialog")
    sound(page, "dialog")
    dialog.get_by_label("Content").fill("Brilliant")
    dialog.get_by_role("button", name="What will be sent").click()
    expect(dialog.locator("pre")).to_contain_text('"note": "Brilliant"', timeout=30_000)
    nora.picture("dialog-preview")
    sound(page, "dialog with what will be sent")
    assert sum(count for what, count in effects(demo).items() if "note" in what) == before
    dialog.get_by_role("button", name="Add note").click()

    expect(dialog).to_contain_text("Done in Homerun", timeout=30_000)
    nora.picture("dialog-done")
    sound(page, "dialog of an action")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#acted")).to_be_visible()
    assert sum(count for what, count in effects(demo).items() if "note" in what) == before + 1

    page.get_by_role("link", name="Actions", exact=True).click()
    expect(page.locator("tbody tr").first).to_contain_text("Add note")
    nora.picture("actions")
    page.locator("tbody th a").first.click()
    nora.heading("Add note")
    nora.picture("action")
    sound(page, "action")


def test_a_batch_says_what_it_costs_then_moves_whom_was_chosen(nora, demo):
    page, before = nora.page, effects(demo).get("application moved", 0)
    full = page.locator(".column").filter(has=page.locator(".tile").nth(1)).first
    for place in (0, 1):
        full.locator(".tile").nth(place).hover()
        full.locator(".tile").nth(place).get_by_role("checkbox").check()
    nora.picture("board-chosen")
    sound(page, "board with chosen cards")
    page.locator("#batch").get_by_role("button", name="Move").click()
    nora.heading("Move to stage: 2 applications")
    page.get_by_label("Stage", exact=True).select_option(index=2)
    sound(page, "form of a batch")
    page.get_by_role("button", name="See what it costs").click()

    expect(page.locator("#live")).to_contain_text("times for this", timeout=30_000)
    assert effects(demo).get("application moved", 0) == before
    nora.picture("batch-cost")
    sound(page, "batch before its start")
    page.get_by_role("button", name="Start").click()

    expect(page.locator("#live")).to_contain_text("2 of 2", timeout=60_000)
    nora.picture("batch-ended")
    sound(page, "batch that has ended")
    assert effects(demo)["application moved"] in (before + 1, before + 2)
