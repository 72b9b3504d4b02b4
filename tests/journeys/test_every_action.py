"""Every action from the dashboard, in a browser, on both emulated ATSs: done as declared, or its reason is shown."""

import re
from collections import Counter
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

import connectors
from connectors.mapping import Unavailable
from connectors.unified.actions import ACTIONS
from tests.journeys.test_acting import sound
from tests.journeys.visiting import PICTURES

pytestmark = pytest.mark.journey
ORDER = (
    "create_candidate", "create_application", "update_candidate", "add_note", "add_attachment", "add_result_link",
    "add_tag", "remove_tag", "move_application", "reject_application", "hire_application", "delete_application",
    "apply_candidate", "delete_candidate",
)  # fmt: skip
ALONE = "create_candidate, without a job"
EFFECTS = {
    "homerun": {
        ALONE: {"application created": 1, "file added": 1},
        "create_candidate": {"application created": 1, "file added": 1},
        "create_application": {"application created": 1, "file added": 1},
        "update_candidate": {"application changed": 1},
        "add_note": {"note added": 1},
        "add_attachment": {"file added": 1},
        "add_result_link": {"note added": 1},
        "move_application": {"application moved": 1},
        "hire_application": {"application moved": 1},
        "delete_application": {"application moved": 1},
        "apply_candidate": {"application moved": 1, "file added": 1},
        "delete_candidate": {"application deleted": 1},
    },
    "cats": {
        ALONE: {"attachment added": 1, "candidate created": 1},
        "create_candidate": {"attachment added": 1, "candidate created": 1, "pipeline created": 1},
        "create_application": {"attachment added": 1, "candidate created": 1, "pipeline created": 1},
        "update_candidate": {"candidate changed": 1, "e-mail added": 1, "e-mail deleted": 1},
        "add_note": {"activity added": 1},
        "add_attachment": {"attachment added": 1},
        "add_result_link": {"activity added": 1},
        "add_tag": {"tags changed": 1},
        "remove_tag": {"tags changed": 1},
        "move_application": {"status changed": 1},
        "reject_application": {"status changed": 1},
        "hire_application": {"status changed": 1},
        "delete_application": {"pipeline deleted": 1},
        "apply_candidate": {"attachment added": 1, "pipeline created": 1},
        "delete_candidate": {"candidate deleted": 1},
    },
}
"""What each action does in the ATS, counted there."""


class Acts:
    """Somebody who acts in an account that they have linked, on whoever stands first on a board."""

    def __init__(self, visitor, demo, slug: str) -> None:
        self.page, self.slug, self.tenant = visitor.page, slug, f"all-{slug}"
        self.emulator = demo.homerun if slug == "homerun" else f"http://127.0.0.1:{demo.port + 2}"
        visitor.joined(demo.tenant(self.tenant.capitalize(), f"ida@{self.tenant}.example"))
        visitor.paste(self.tenant, demo.homerun_key if slug == "homerun" else demo.cats_key, slug)
        self.page.locator("a#continue").click()
        self.page.get_by_role("button", name="Link and start the first sync").click()
        visitor.synced()
        self.page.goto(f"/t/{self.tenant}/pipelines/")
        jobs = self.page.locator("main tbody tr").filter(has=self.page.locator("td[data-label=Pending]:not(.zero)"))
        jobs.locator("th a").first.click()
        tile = self.page.locator(".tile").first
        records = f"/t/{self.tenant}/records"
        self.records = {
            "job": f"{records}/jobs/{self.page.url.rstrip('/').rpartition('/')[2]}/",
            "application": f"{records}/applications/{(tile.get_attribute('id') or '')[2:]}/",
            "candidate": tile.locator("h4 a").get_attribute("href") or "",
        }
        self.page.goto(self.records["candidate"])
        known = self.page.locator("main").inner_text()
        self.page.goto(f"{records}/tags/")
        self.tag = next((tag for tag in self.page.locator("tbody th a").all_inner_texts() if tag not in known), "")

    def effects(self) -> Counter[str]:
        """What was written there so far."""
        return Counter(httpx.get(f"{self.emulator}/_emulator/truth").json()["counts"])

    def act(self, kind: str, folder: Path) -> tuple[str, dict[str, int]]:
        """Fill in the form of an action and wait for its end: its state in a word, and what it did there."""
        before = self.effects()
        on = next(action.on for action in ACTIONS if action.slug == kind)[-1]
        self.page.goto(f"{self.records[on]}act/{kind}/")
        self.fill(kind, folder)
        self.page.screenshot(path=PICTURES / f"form-{self.slug}-{kind}.png", full_page=True)
        return self.sent(before)

    def begin(self, folder: Path) -> tuple[str, dict[str, int]]:
        """Create somebody from the list of candidates: in its dialog, after a look at what will be sent."""
        before = self.effects()
        self.page.goto(f"/t/{self.tenant}/records/candidates/")
        self.page.locator("#make").click()
        dialog = self.page.locator("dialog")
        expect(dialog.locator("#dialog-title")).to_contain_text("Create candidate")
        self.fill("alone", folder)
        dialog.get_by_role("button", name="What will be sent").click()
        expect(dialog.locator("#plan [data-said]")).to_contain_text("calls to", timeout=30_000)
        assert self.effects() == before
        sound(self.page, f"somebody new in {self.slug}")
        said = self.sent(before)
        self.page.locator("dialog [data-close]").first.click()
        expect(self.page.locator("#rows")).to_contain_text("Zoe Quill")
        sound(self.page, f"candidates of {self.slug}")
        return said

    def sent(self, before: Counter[str]) -> tuple[str, dict[str, int]]:
        """Send the form and wait for the end."""
        self.page.locator("form.form .actions button").first.click()
        expect(self.page.locator("#action .badge").first).to_have_text(
            re.compile("^(Done|Refused|Failed|Unknown|Expired)"), timeout=60_000
        )
        return self.page.locator("#action").inner_text().replace("\n", " "), dict(self.effects() - before)

    def fill(self, kind: str, folder: Path) -> None:
        """Whatever the form needs."""
        values = {
            "first_name": "Zoe", "last_name": "Quill", "email_addresses-0-email_address": f"{kind}@{self.slug}.example",
            "content": "Brilliant", "label": "Test", "url": "https://tests.example/1", "tag": self.tag,
        }  # fmt: skip
        for name, value in values.items():
            if self.page.locator(f"form.form [name='{name}']").count():
                self.page.locator(f"form.form [name='{name}']").fill(value)
        upload = self.page.locator("[name$='-0-upload']")
        if upload.count():
            (folder / "life.pdf").write_bytes(b"%PDF-1.7\n")
            upload.set_input_files(folder / "life.pdf")
        if self.page.locator("select[name=job_id][required]").count():
            self.page.locator("select[name=job_id]").select_option(index=1)
        stage = self.page.locator("select[name=stage_id][required]")
        if stage.count():
            names = [each for each in stage.locator("option").all_inner_texts()[1:] if not each.startswith("New")]
            stage.select_option(label=names[0])
        if self.page.locator("[name=confirm]").count():
            words = self.page.locator("label[for=id_confirm]").inner_text()
            self.page.locator("[name=confirm]").fill(re.findall("“(.*)”", words)[0])


@pytest.mark.parametrize("slug", ["homerun", "cats"])
def test_every_action_is_done_or_impossible_with_its_reason(visitor, demo, tmp_path, slug):
    ida = visitor()
    acts, declared, found, said = Acts(ida, demo, slug), connectors.get(slug).actions, {}, {}

    said[ALONE], found[ALONE] = acts.begin(tmp_path)
    for kind in ORDER:
        way = declared[kind]
        if isinstance(way, Unavailable):
            on = next(action.on for action in ACTIONS if action.slug == kind)[-1]
            ida.page.goto(f"{acts.records[on]}act/{kind}/")
            expect(ida.page.locator("main")).to_contain_text(way.reason)
            expect(ida.page.locator("form.form")).to_have_count(0)
        else:
            said[kind], found[kind] = acts.act(kind, tmp_path)

    assert {kind: words for kind, words in said.items() if not words.startswith("Done")} == {}
    assert found == EFFECTS[slug]
