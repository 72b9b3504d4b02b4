"""Runs that fail in a row: the pauses between them grow, and the pages say so."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.models import Connection
from atsbridge.sync import engine, schedule
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.dashboard.test_linking import words
from tests.sync import harness
from tests.thirdats.emulator import Emulator

pytestmark = pytest.mark.django_db(transaction=True)
PAUSE = timedelta(minutes=15)


def pause(connection: Connection) -> float:
    """How many of its usual pauses lie before the next run."""
    assert connection.next_run_at
    return (connection.next_run_at - timezone.now()) / PAUSE


def test_each_failed_run_in_a_row_doubles_the_pause_and_one_that_does_not_fail_ends_that(
    acme: Tenant, harbor: Emulator
):
    connection = harness.link(acme, "harbor", harbor)
    harbor.fail("404", times=999)
    for doubled in (1, 2, 4):
        assert harness.sync(connection).state == "failed"
        assert doubled * 0.98 < pause(connection) < doubled * 1.11
    assert connection.failures == 3

    harbor.faults.clear()
    harbor.scopes.discard("directory")
    assert harness.sync(connection).state == "partial"
    assert (connection.failures, 0.98 < pause(connection) < 1.11) == (0, True)


@pytest.mark.parametrize(("failures", "hours"), [(4, 4), (5, 6), (4000, 6)])
def test_the_longest_pause_is_six_hours(acme: Tenant, harbor: Emulator, failures: int, hours: float):
    connection = harness.link(acme, "harbor", harbor, failures=failures)

    with scope(tenant=acme):
        schedule.plan_next(connection, "failed")

    assert connection.failures == failures + 1
    assert hours * 4 * 0.98 < pause(connection) < hours * 4 * 1.11


def test_a_pause_that_is_longer_anyway_stays(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor, failures=9, interval=24 * 60)

    with scope(tenant=acme):
        schedule.plan_next(connection, "failed")

    assert 24 * 4 * 0.98 < pause(connection) < 24 * 4 * 1.11


def test_a_run_that_somebody_stopped_tells_nothing(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor, failures=2)
    run = harness.started(connection)
    with scope(tenant=acme):
        states.pause(connection)

        engine.advance(run.id)
        run.refresh_from_db()

    assert run.state == "cancelled"
    connection.refresh_from_db()
    assert connection.failures == 2


def test_a_new_key_begins_anew(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor, failures=5)
    with scope(tenant=acme):
        states.needs_relink(connection, "Refused")
        states.relinked(connection)

    connection.refresh_from_db()
    assert connection.failures == 0


@pytest.mark.parametrize(
    ("failures", "says"), [(1, "Next look in 44 min"), (3, "Next look failed 3 times in a row; next try in 44 min")]
)
def test_the_pages_say_how_often_it_failed_and_when_it_is_tried_again(
    acme: Tenant, alice: Browser, harbor: Emulator, failures: int, says: str
):
    soon = timezone.now() + timedelta(minutes=44, seconds=59)
    connection = harness.link(acme, "harbor", harbor, failures=failures, next_run_at=soon)

    for address in (reverse("connection", args=["acme", connection.pk]), reverse("overview", args=["acme"])):
        assert says in words(alice.get(address))
