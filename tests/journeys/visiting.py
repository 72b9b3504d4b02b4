"""A person at the demo, in a browser that remembers what it complained about."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.journeys.running import PASSWORD, Demo

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
QUIET += ["--disable-background-networking", "--disable-component-update"]
PICTURES: Path = settings.RUN_DIR / "screens"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


class Visitor:
    """One person's browser window; `complaints` is what its console said."""

    def __init__(self, browser: Browser, demo: Demo, **options: Any) -> None:
        self.demo = demo
        look = {"viewport": WIDE, "reduced_motion": "reduce", "base_url": demo.address}
        self.context = browser.new_context(**look | options)
        self.context.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self._heard(said.type, said.text))
        self.page.on("pageerror", lambda error: self._heard("error", str(error)))

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {text}")

    def forget(self, status: int) -> None:
        """Chromium says each refusal aloud; this one was expected."""
        self.page.wait_for_timeout(100)
        self.complaints[:] = [each for each in self.complaints if f"status of {status}" not in each]

    def signed_in(self, email: str) -> "Visitor":
        """Sign in through the form."""
        self.page.goto("/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
        return self

    def joined(self, link: str) -> "Visitor":
        """Follow a one-time link, and choose a name and a password."""
        self.page.goto(link)
        self.page.get_by_label("Your name").fill("Nora Nilsson")
        self.page.get_by_label("Password", exact=True).fill("correct horse battery staple")
        self.page.get_by_role("button", name="Join").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Overview")
        return self

    def paste(self, slug: str, key: str, connector: str = "homerun") -> None:
        """Send a key to its check."""
        self.page.goto(f"/t/{slug}/connections/link/{connector}/")
        self.page.get_by_label("API key", exact=True).fill(key)
        self.page.get_by_role("button", name="Check the key").click()

    def link(self, slug: str, label: str = "Homerun") -> str:
        """Link Homerun and wait for its first sync. Returns the connection's page."""
        self.paste(slug, self.demo.homerun_key)
        self.page.locator("a#continue").click()
        self.page.get_by_label("Name", exact=True).fill(label)
        self.page.get_by_role("button", name="Link and start the first sync").click()
        self.synced()
        return self.page.get_by_role("link", name="Open connection").get_attribute("href") or ""

    def synced(self) -> None:
        """Wait, on a run's page, until it has ended well."""
        expect(self.page.locator("#progress .badge").first).to_have_text("Done", timeout=90_000)

    def heading(self, words: str | re.Pattern[str]) -> None:
        """Expect a page by its heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    def picture(self, name: str) -> None:
        """Keep a picture of the window for people to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")
