"""Lists, records, boards and runs in a browser: full of what an emulator has, and what the script adds to them."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from django_scopes import scope
from playwright.sync_api import expect, sync_playwright

from atsbridge.connections.models import Exchange
from atsbridge.records.models import Record
from atsbridge.sync import details
from atsbridge.sync.models import Reading, Run, Walk
from tests.dashboard.test_browser import QUIET, Window
from tests.records import factory
from tests.sync import harness

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "small": {"color_scheme": "light", "viewport": {"width": 360, "height": 800}},
}


@pytest.fixture
def window(live_server, alice, chromium, monkeypatch) -> Iterator[Window]:
    """A real browser; the rows can still be changed beside it, though it keeps an event loop in this thread."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    session = alice.cookies["sessionid"].value
    with sync_playwright() as playwright:
        yield Window(playwright.chromium.launch(executable_path=chromium, args=QUIET), live_server.url, session)


@pytest.fixture
def synced(acme):
    """A synced account whose emulator still answers."""
    emulator = harness.emulate("homerun", jobs=3, people=90)
    with harness.mounted("homerun", emulator):
        connection = harness.link(acme, "homerun", emulator)
        harness.sync(connection)
        yield connection


def one(connection, model) -> Record:
    with scope(tenant=connection.tenant):
        return Record.objects.filter(connection=connection, model=model).earliest("id")


def addresses(connection):
    """Every page of these, with something on it."""
    with scope(tenant=connection.tenant):
        run = Run.objects.get(connection=connection)
        exchange = Exchange.objects.filter(by_id=run.id).latest("id")
    records = [
        ("candidates", "candidate"),
        ("jobs", "job"),
        ("applications", "application"),
        ("job_stages", "job_stage"),
    ]
    return [
        "records/candidates/?q=a&sort=name",
        "records/applications/?outcome=PENDING",
        "records/users/",
        *(f"records/{plural}/{one(connection, model).id}/" for plural, model in records),
        "pipelines/",
        f"pipelines/{one(connection, 'job').id}/",
        "runs/",
        f"runs/{run.id}/?exchange={exchange.id}",
        "coverage/",
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(window, synced, look):
    options = LOOKS[look]
    for address in addresses(synced):
        page = window.open(f"/t/acme/{address}", **options)
        assert Axe().run(page).response["violations"] == [], address
        width = options.get("viewport", {"width": 1440})["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.context.close()
    assert window.complaints == []


def test_typing_in_the_search_box_narrows_the_list_and_its_address(window, acme):
    homerun = factory.connect(acme)
    factory.many(homerun, "candidate", [("1", {"first_name": "Łukasz"}), ("2", {"first_name": "Grace"})])
    page = window.open("/t/acme/records/candidates/")
    page.get_by_label("Search in these candidates").fill("lukasz")

    expect(page.locator("#rows tbody th")).to_have_text(["Łukasz"])
    expect(page.locator("#count")).to_contain_text("1 of 2 match")
    expect(page).to_have_url(f"{window.address}/t/acme/records/candidates/?q=lukasz")
    expect(page.get_by_label("Search in these candidates")).to_be_focused()
    page.go_back()
    expect(page.locator("#rows tbody th")).to_have_count(2)
    assert window.complaints == []


def test_a_filter_is_chosen_from_the_menu_and_taken_off_by_its_chip(window, synced):
    page = window.open("/t/acme/records/applications/")
    page.get_by_text("Filter", exact=True).click()
    page.locator(".sheet summary", has_text="Outcome").click()
    page.locator(".sheet").get_by_role("link", name="Declined").click()
    expect(page.locator("main .chip")).to_contain_text(["Outcome is Declined"])
    page.get_by_title("Remove this filter").click()
    expect(page.locator("main .chip")).to_have_count(0)


def test_a_path_lights_up_on_both_sides(window, synced):
    page = window.open(f"/t/acme/records/candidates/{one(synced, 'candidate').id}/")
    page.locator("tr", has_text="First name").hover()
    lit = page.locator('[data-path="p-personal_info-first_name"]')
    assert lit.count() > 1
    for place in lit.all():
        expect(place).to_have_class(
            "lit" if place.get_attribute("id") or place.evaluate("e => e.tagName") == "TR" else "mono lit"
        )


def test_the_detail_arrives_in_the_open_page_and_the_asking_ends(window, synced):
    candidate = one(synced, "candidate")
    page = window.open(f"/t/acme/records/candidates/{candidate.id}/")
    expect(page.locator("#reading")).to_contain_text("is being asked")
    with scope(tenant=synced.tenant):
        details.read(Reading.objects.get(record=candidate.id).id)

    expect(page.locator("#answer")).to_be_visible()
    expect(page.locator(".path", has_text="on opening").first).to_be_visible()
    expect(page.locator("#reading")).to_be_empty()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1500)
    assert asked == []
    assert window.complaints == []


def test_a_column_brings_more_cards_when_its_end_is_reached(window, acme):
    homerun = factory.connect(acme)
    job = factory.make(homerun, "job", "j", name="Baker")
    factory.make(homerun, "application_stage", "s", name="Screening")
    factory.make(homerun, "job_stage", "j:s", job_id="j", stage_id="s", index=0)
    people = [(f"{n}", {"candidate_id": f"{n}", "job_id": "j", "current_stage_id": "s"}) for n in range(60)]
    factory.many(homerun, "application", people)
    page = window.open(f"/t/acme/pipelines/{job.id}/")
    expect(page.locator(".tile")).to_have_count(25)

    page.get_by_text("25 more of 35").scroll_into_view_if_needed()

    expect(page.locator(".tile")).to_have_count(50)
    page.get_by_text("10 more of 10").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tile")).to_have_count(60)
    assert window.complaints == []


def test_a_run_moves_on_in_the_open_page_until_it_has_ended(window, acme):
    homerun = factory.connect(acme)
    with scope(tenant=acme):
        run = Run.objects.create(
            tenant=acme, connection=homerun, state="running", started_at=timezone.now(), first=True
        )
        walk = Walk.objects.create(
            tenant=acme, run=run, resource="job-applications", position=0, state="walking", rows_read=10, total=100
        )
    page = window.open(f"/t/acme/runs/{run.id}/")
    expect(page.get_by_role("img", name="10 % read").first).to_be_visible()

    with scope(tenant=acme):
        Walk.objects.filter(pk=walk.pk).update(rows_read=50)
    expect(page.get_by_role("img", name="50 % read").first).to_be_visible()

    with scope(tenant=acme):
        Run.objects.update(state="succeeded", ended_at=timezone.now())
    expect(page.locator("h1 + p .badge")).to_have_text("Done")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == []
    assert window.complaints == []


def test_without_a_script_everything_is_reached_by_links(window, synced):
    page = window.open("/t/acme/records/candidates/?sort=name", java_script_enabled=False)
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#rows tbody th")).to_have_count(40)
    page.locator("#rows tbody th a").first.click()
    page.get_by_role("link", name="Read now").click()
    expect(page.get_by_text("Look again")).to_be_visible()
    page.get_by_role("link", name="Pipelines").click()
    page.locator("#rows tbody th a").first.click()
    page.get_by_label("Find a name on this board").fill("zzzz")
    page.get_by_label("Find a name on this board").press("Enter")
    expect(page.locator(".tile")).to_have_count(0)
