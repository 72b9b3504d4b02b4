"""Every page that may be looked at, in a browser: axe finds nothing, nothing scrolls sideways, nothing complains."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.test_walls import ADDRESSES, OF_A_TENANT, at, linked, rows  # noqa: F401 - two of them are fixtures

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAGES = [name for name in OF_A_TENANT if ADDRESSES[name].right == "look"]
FORMS = ["link", "link_key", "connection_settings", "connection_relink", "connection_unlink", "key_revoke"]
FORMS += ["key_source", "person_remove", "act", "action", "actions", "connection_actions", "batch"]
FORMS += ["action_plan", "connection_act"]
ASKING = {"search": "?q=ada", "audit": "?kind=key", "records": "?q=nobody"}
"""Pages that show something else once they are asked."""
WIDE: ViewportSize = {"width": 1440, "height": 900}
SMALL: ViewportSize = {"width": 360, "height": 800}


@pytest.fixture
def chrome(chromium, live_server, alice, sam, rows) -> Iterator[Browser]:  # noqa: F811 - the fixture of that name
    """A browser, opened when the rows are there: Playwright's loop keeps Django from the database."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


def test_every_page_is_sound(chrome, live_server, alice, sam, rows):  # noqa: F811 - the fixture of that name
    found = {}
    for somebody, addresses in (
        (alice, [at(name, rows) + asked for name in [*PAGES, *FORMS] for asked in {"", ASKING.get(name, "")}]),
        (sam, [at("overview", rows), at("connection", rows), "/support/", "/support/?q=ada"]),
    ):
        context = chrome.new_context(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
        session = somebody.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said, kept=complaints: kept.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error, kept=complaints: kept.append(str(error)))
        for address in addresses:
            assert page.goto(live_server.url + address).status == 200
            found[somebody.person.name, address] = [*complaints, *looked_at(page)]
            complaints.clear()
        context.close()

    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def looked_at(page: Page) -> list[str]:
    """What is wrong with a page: by day all of axe's rules, by night those about colours, small whether it scrolls."""
    wrong = [each["id"] for each in Axe().run(page).response["violations"]]
    page.emulate_media(color_scheme="dark")
    night = Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SMALL)
    sideways = page.evaluate("document.documentElement.scrollWidth") > SMALL["width"]
    page.set_viewport_size(WIDE)
    return wrong + [f"{each['id']} in the dark" for each in night] + ["scrolls sideways"] * sideways
