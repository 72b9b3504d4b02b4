"""A run that waits for budget: who may take what, what it stores, and what a page says."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.budget import Purse, account_of
from atsbridge.connections.models import Budget
from atsbridge.records.models import Record
from atsbridge.sync import details, engine, schedule, sweeping
from atsbridge.sync.models import Reading, Run
from connectors.http import Exchange
from tests.sync import harness

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def busy(acme, standing):
    """A Homerun account with 100 calls a minute; all of them but the floor, 15, are used."""
    with harness.mounted("homerun", harness.emulate("homerun", limit=100, jobs=4, people=1300)) as homerun:
        connection = harness.link(acme, "homerun", homerun)
        purse = Purse("homerun", account_of(connection.account_id, connection.fingerprint))
        while purse.take() == 0:
            said = {"x-ratelimit-limit": "100"}
            purse.told([Exchange("GET", "ping", "", timezone.now(), status=200, response_headers=said)])
        yield connection


def begun(connection, trigger):
    with scope(tenant=connection.tenant):
        run = schedule.start(connection, trigger)
        while engine.advance(run.id):
            pass
        run.refresh_from_db()
        return run


def calls(connection):
    with scope(tenant=connection.tenant):
        return connection.exchanges.count()


def test_a_planned_run_leaves_the_floor_alone_and_stores_when_to_go_on(busy):
    run = begun(busy, "schedule")

    assert (run.state, run.waits_for, run.floor_calls, calls(busy)) == ("waiting", "budget", 0, 0)
    assert run.not_before - timezone.now() == pytest.approx(timedelta(seconds=60), abs=timedelta(seconds=1))
    assert (run.lease, run.attempts) == (None, 0)


def test_sync_now_may_use_ten_calls_of_the_floor_and_they_are_counted(busy, standing):
    run = begun(busy, "person")

    assert (run.state, run.waits_for, run.floor_calls, calls(busy)) == ("waiting", "budget", 10, 10)
    standing.shift(61)
    with scope(tenant=busy.tenant):
        engine.run_whole(run.id)
        run.refresh_from_db()
    assert (run.state, run.floor_calls) == ("succeeded", 10)
    assert calls(busy) > 10


def test_sync_now_gives_its_calls_to_a_planned_run_that_it_joins(busy, alice):
    planned = begun(busy, "schedule")
    assert (planned.state, planned.floor_calls) == ("waiting", 0)

    page = alice.post(f"/t/acme/connections/{busy.pk}/sync/")

    assert page.status_code == 302
    with scope(tenant=busy.tenant):
        while engine.advance(planned.id):
            pass
        planned.refresh_from_db()
        assert (planned.trigger, planned.person, planned.floor_calls) == ("person", alice.person, 10)
        assert Run.objects.get() == planned
    assert (planned.waits_for, calls(busy)) == ("budget", 10)


def test_a_run_under_way_says_how_long_it_waits_for_budget(busy, alice, standing):
    run = begun(busy, "schedule")
    health, page = f"/t/acme/connections/{busy.pk}/", f"/t/acme/runs/{run.pk}/"

    for seconds, words in ((0, "aiting 1 min for budget"), (20, "aiting 40 s for budget"), (61, "budget is there")):
        with time_machine.travel(run.not_before - timedelta(seconds=60 - seconds), tick=False):
            for address in (health, page):
                assert words in alice.get(address).content.decode()


def test_a_detail_is_read_when_the_limit_allows(busy, standing):
    with scope(tenant=busy.tenant):
        standing.shift(61)
        run = schedule.start(busy, "schedule")
        engine.run_whole(run.id)
        record = Record.objects.filter(model="application")[0]
        Budget.objects.update(blocked_until=timezone.now() + timedelta(seconds=40))
        asked = calls(busy)
        reading = details.ask(record)
        details.read(reading.id)
        reading.refresh_from_db()

        assert (reading.state, reading.error, calls(busy)) == ("waiting", "", asked)
        assert reading.rung_at == timezone.now() + timedelta(seconds=40)
        standing.shift(39)
        assert sweeping._waiting_readings() == []
        standing.shift(10)
        assert [each.id for each in sweeping._waiting_readings()] == [reading.id]
        details.read(reading.id)
        assert Reading.objects.get().state == "done"
        assert Run.objects.count() == 1
