"""Every page: nothing for axe to find, light and dark, wide and narrow; no sideways scroll, no complaint, quick."""

import quopri
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from tests.journeys.pages import ELSEWHERE, POSTED, crawl, names
from tests.journeys.visiting import NARROW, PICTURES, WIDE

pytestmark = pytest.mark.journey

SECONDS = 0.5
"""What any page may take, with room for a busy machine; the slowest are printed."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Findings:
    """What was wrong with the pages that were looked at."""

    def __init__(self) -> None:
        self.axe = Axe()
        self.wrong: list[str] = []
        self.times: dict[str, float] = {}

    def look(self, visitor, path: str, status: int = 200) -> None:
        """Open a page and look at it in every way."""
        answer = visitor.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{path} answers {answer.status}"
        if status >= 400:
            visitor.forget(status)
        timing = answer.request.timing
        self.times[path] = (timing["responseStart"] - timing["requestStart"]) / 1000
        self.look_at(visitor, path)

    def look_at(self, visitor, name: str) -> None:
        """Look at the page that is open."""
        for size, scheme in ((WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light")):
            visitor.page.set_viewport_size(size)
            visitor.page.emulate_media(color_scheme=scheme)
            where = f"{name} ({size['width']} px, {scheme})"
            found = self.axe.run(visitor.page).response["violations"]
            self.wrong += [f"{where}: {each['id']} {each['nodes'][0]['html'][:200]}" for each in found]
            if size is NARROW and visitor.page.evaluate(SIDEWAYS) > 0:
                self.wrong.append(f"{where} scrolls sideways")
            if (size, scheme) in ((WIDE, "light"), (NARROW, "dark")):
                visitor.picture("page" + re.sub(r"\W+", "-", name)[:70] + f"-{size['width']}")
        visitor.page.set_viewport_size(WIDE)

    def settled(self) -> None:
        """Nothing was wrong."""
        slowest = sorted(self.times.items(), key=lambda each: -each[1])[:8]
        print("\nSlowest:", *(f"{1000 * seconds:.0f} ms {path}" for path, seconds in slowest), sep="\n  ")
        assert self.wrong == []
        assert [path for path, seconds in slowest if seconds > SECONDS] == []


@pytest.fixture
def findings():
    kept = Findings()
    yield kept
    kept.settled()


def test_every_page_that_links_lead_to(visitor, demo, findings):
    charlie = visitor("charlie@globex.example")
    charlie.link("globex", "Homerun – Globex")
    charlie.page.goto("/t/globex/keys/")
    charlie.page.get_by_label("Name", exact=True).fill("Nightly export")
    charlie.page.get_by_role("button", name="Make key").click()
    expect(charlie.page.locator("#made")).to_be_visible()
    findings.look_at(charlie, "a-new-key")

    began = time.monotonic()
    found = crawl(charlie.context.request, demo.address, "/t/globex/")
    print(f"\nCrawled {sum(map(len, found.values()))} pages in {time.monotonic() - began:.1f} s")
    for kind, paths in found.items():
        if kind != "openapi":  # JSON, no page
            findings.look(charlie, paths[-1])
    findings.look(charlie, "/t/globex/search/?q=an")
    findings.look(charlie, "/accounts/logout/")

    assert names() - {kind.split()[0] for kind in found} - POSTED - set(ELSEWHERE) == set()


def test_the_pages_of_linking_and_relinking(visitor, demo, findings):
    charlie = visitor("charlie@globex.example")
    charlie.paste("globex", demo.cats_key, "cats")
    expect(charlie.page.locator("#continue")).to_be_visible()
    checked = charlie.page.url.removeprefix(demo.address)
    charlie.paste("globex", "wrong-key", "cats")
    expect(charlie.page.locator("#refused")).to_be_visible()

    findings.look_at(charlie, "a-refused-key")
    findings.look(charlie, checked)
    findings.look(charlie, f"{checked}name/")
    charlie.page.get_by_label("Name", exact=True).fill("")
    charlie.page.get_by_role("button", name="Link and start").click()
    expect(charlie.page.locator("[aria-invalid]")).to_be_visible()
    findings.look_at(charlie, "a-refused-form")
    charlie.forget(422)


def test_the_pages_of_signing_in(visitor, demo, findings):
    nobody = visitor()
    for path in ("login/", "signup/", "password/reset/", "password/reset/done/", "password/reset/key/done/"):
        findings.look(nobody, f"/accounts/{path}")
    findings.look(nobody, demo.tenant("Umbrella", "una@umbrella.example").removeprefix(demo.address))
    findings.look(nobody, "/invitation/of-nobody/", 404)
    nobody.page.goto("/accounts/password/reset/")
    nobody.page.get_by_role("textbox").fill("bob@acme.example")
    nobody.page.get_by_role("button", name="Send the link").click()
    expect(nobody.page).to_have_url(re.compile("done/$"))
    mails = quopri.decodestring((demo.folder / "web.log").read_bytes()).decode()
    mailed = re.findall(r"(/accounts/password/reset/key/\S+)", mails)
    findings.look(nobody, mailed[-1])


def test_the_pages_of_support_and_of_what_is_not_there(visitor, findings):
    sam = visitor("sam@support.example")
    for path in ("/support/", "/support/?q=a", "/t/acme/", "/t/acme/records/candidates/"):
        findings.look(sam, path)
    findings.look(sam, "/t/acme/connections/link/", 403)
    findings.look(sam, "/t/nowhere/", 404)


def test_a_first_visit_is_small(visitor, demo):
    alice = visitor("alice@acme.example")
    state = alice.context.storage_state()
    fresh = visitor(storage_state=state)
    sizes: dict[str, int] = {}
    fresh.page.on("requestfinished", lambda each: sizes.update({each.url: each.sizes()["responseBodySize"]}))

    fresh.page.goto("/t/acme/")
    fresh.page.wait_for_load_state("networkidle")

    print("\nFirst visit:", *(f"{size:6} {url.removeprefix(demo.address)}" for url, size in sizes.items()), sep="\n  ")
    assert sum(sizes.values()) <= 60_000
    assert PICTURES.is_relative_to(settings.BASE_DIR / ".run")
