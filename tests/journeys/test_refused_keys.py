"""What people read when a key is refused, was revoked, or the provider is down; relinking keeps everything."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.journey


def test_a_wrong_key_leaves_nothing_and_says_what_to_do(visitor, demo):
    hugo = visitor().joined(demo.tenant("Hooli", "hugo@hooli.example"))

    hugo.paste("hooli", "17|notTheKeyOfAnybodyAtAll0123456789abcdefghi")

    expect(hugo.page.locator("#live")).to_contain_text("wrong, expired or revoked")
    expect(hugo.page.get_by_role("link", name="Use another key")).to_be_visible()
    expect(hugo.page.locator("#continue")).to_have_count(0)
    hugo.picture("refused-key")
    hugo.page.goto("/t/hooli/")
    hugo.page.get_by_text("Nothing is linked yet").wait_for()


def test_a_provider_that_is_down_is_asked_again(visitor, demo):
    paul = visitor().joined(demo.tenant("Pied Piper", "paul@piper.example"))
    demo.fail(kind="503", times=2)

    paul.paste("pied-piper", demo.homerun_key)

    expect(paul.page.locator("#continue")).to_be_visible(timeout=60_000)


def test_a_revoked_key_is_said_and_relinking_keeps_the_id_and_the_records(visitor, demo):
    wayne = visitor().joined(demo.tenant("Wayne", "wayne@wayne.example"))
    page = wayne.page
    connection = wayne.link("wayne")
    page.goto("/t/wayne/records/jobs/")
    job = page.locator("tbody th a").first.get_attribute("href")
    demo.fail(kind="401", times=3, path="/v2/")  # a list, the key's own address, and that once more a while later

    page.goto(connection)
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("main")).to_contain_text(
        "Homerun refuses this key: it is wrong, expired or revoked. It worked until", timeout=30_000
    )
    page.goto(connection)
    for _ in range(30):  # the mail goes with the next sweep
        if page.get_by_text("Nora Nilsson was told by mail.").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator("main")).to_contain_text("Nora Nilsson was told by mail.")
    page.goto("/t/wayne/")
    expect(page.get_by_role("heading", name="Needs a person")).to_be_visible()
    wayne.picture("needs-a-person")

    page.get_by_role("link", name=re.compile("^Relink")).first.click()
    page.get_by_label("API key", exact=True).fill(demo.homerun_key)
    page.get_by_role("button", name="Check the key").click()
    expect(page.get_by_text("It is linked again")).to_be_visible(timeout=30_000)

    page.get_by_role("link", name=re.compile("^Go to")).click()
    assert page.url == demo.address + connection
    expect(page.locator(".head")).to_contain_text("Active")
    page.goto(job)
    wayne.heading(re.compile("."))
