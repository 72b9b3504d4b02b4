"""The detail of a record: asked for when the page opens, waited for beside it, shown when it comes."""

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.records.models import Record
from atsbridge.sync import details
from atsbridge.sync.models import Reading
from tests.dashboard import reading
from tests.records import factory
from tests.sync import harness


@pytest.fixture
def ada(acme):
    """Ada, as Homerun's list shows her: whatever else there is costs a call of its own."""
    homerun = factory.connect(acme)
    row = {"id": "a1", "personal_info": {"first_name": "Ada"}, "created_at": "2026-05-02T10:00:00+00:00"}
    factory.stored(homerun, "job-applications", row)
    with scope(tenant=acme):
        return Record.objects.select_related("connection").get(model="candidate")


def address(record):
    return f"/t/acme/records/candidates/{record.id}/"


def wait(browser, address_, **parameters):
    return browser.get(address_, parameters, headers=reading.HTMX)


@pytest.mark.django_db
def test_the_detail_is_asked_for_by_the_page_and_arrives_in_it(alice, acme):
    emulator = harness.emulate("homerun")
    with harness.mounted("homerun", emulator):
        connection = harness.link(acme, "homerun", emulator)
        harness.sync(connection)
        with scope(tenant=acme):
            one = Record.objects.filter(model="candidate").earliest("id")
        page = reading.content(alice.get(address(one)))
        assert 'hx-get="?detail=ask" hx-trigger="load"' in page

        asked = reading.content(wait(alice, address(one), detail="ask"))
        with scope(tenant=acme):
            pending = Reading.objects.get(record=one.id)
        assert f'hx-get="?detail={pending.id}" hx-trigger="every 1s"' in asked
        assert f'hx-get="?detail={pending.id}"' in reading.content(wait(alice, address(one), detail=str(pending.id)))

        with scope(tenant=acme):
            details.read(pending.id)
    done = wait(alice, address(one), detail=str(pending.id))
    assert done.headers["HX-Retarget"] == "#record"
    assert "every 1s" not in reading.content(done)
    assert "on opening" in reading.text(reading.content(done))
    assert 'hx-trigger="load"' not in reading.content(alice.get(address(one)))


def test_a_detail_that_cannot_be_read_says_why_and_is_not_asked_for_again_by_itself(alice, ada):
    with scope(tenant=ada.tenant):
        failed = Reading.objects.create(
            tenant=ada.tenant, connection=ada.connection, record=ada.id, state="failed", error="Homerun answered 500",
            ended_at=timezone.now(),
        )  # fmt: skip
    page = wait(alice, address(ada), detail=str(failed.id))
    words = reading.text(reading.content(page))
    assert "The details could not be read Homerun answered 500 Ask again" in words
    assert "hx-trigger" not in reading.inner(page, "reading")


def test_without_a_script_a_link_asks_and_comes_back(bob, ada):
    answer = bob.get(address(ada), {"detail": "ask"})
    with scope(tenant=ada.tenant):
        pending = Reading.objects.get(record=ada.id)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address(ada)}?detail={pending.id}")
    assert "Look again" in reading.links(reading.content(bob.get(answer.headers["Location"])))


def test_a_paused_account_is_not_asked(alice, ada):
    ada.connection.state = "paused"
    ada.connection.save()
    page = reading.content(alice.get(address(ada), {"detail": "ask"}))
    assert "Ask Homerun now" not in page
    with scope(tenant=ada.tenant):
        assert not Reading.objects.exists()
