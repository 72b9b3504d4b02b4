"""What a run says of its connection's key."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from celery.signals import before_task_publish
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.models import Connection, Exchange
from atsbridge.records.models import Record
from atsbridge.sync import engine, sweeping
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_has_worked_once_the_provider_took_it_and_not_before(acme: Tenant):
    with harness.mounted("homerun", harness.emulate("homerun")) as homerun:
        connection = harness.link(acme, "homerun", homerun)
        homerun.fail("401", times=3)

        assert harness.sync(connection).state == "failed"
        assert connection.worked_at is None
        assert connection.reason == "Homerun refuses this key: it is wrong, expired or revoked."

        with scope(tenant=acme):
            Connection.objects.update(state="active", reason="")
        assert harness.sync(connection).state == "succeeded"
        assert connection.worked_at is not None


# Refusals: asked twice, and only the key's own address speaks for the key


@pytest.fixture
def homerun() -> Iterator[Any]:
    """A small emulated Homerun."""
    with harness.mounted("homerun", harness.emulate("homerun")) as emulator:
        yield emulator


@pytest.fixture
def cats() -> Iterator[Any]:
    """A small emulated CATS."""
    with harness.mounted("cats", harness.emulate("cats")) as emulator:
        yield emulator


def advanced(run: Run) -> str:
    """A slice, and what the run waits for after it."""
    with scope(tenant=run.connection.tenant):
        engine.advance(run.id)
        run.refresh_from_db()
    return run.waits_for


def walked(run: Run) -> dict[str, tuple[str, str]]:
    with scope(tenant=run.connection.tenant):
        return {walk.resource: (walk.state, walk.error) for walk in run.walks.all()}


def test_a_key_that_is_refused_for_a_moment_costs_a_pause_and_no_run(acme: Tenant, homerun: Any):
    connection = harness.link(acme, "homerun", homerun)
    run = harness.started(connection)
    homerun.fail("401", times=2)

    assert advanced(run) == "Homerun refused the key; it is asked once more before anybody has to relink"
    connection.refresh_from_db()
    assert (run.state, connection.state, connection.refused_at is not None) == ("waiting", "active", True)

    assert harness.sync(connection) == run
    run.refresh_from_db()
    assert (run.state, run.error, connection.state, connection.refused_at) == ("succeeded", "", "active", None)


def test_a_key_that_is_refused_again_fails_the_run_and_says_what_to_do(acme: Tenant, homerun: Any):
    connection = harness.link(acme, "homerun", homerun)
    homerun.revoked.add(homerun.key)

    run = harness.sync(connection)

    assert (run.state, run.error, connection.reason) == ("failed", connection.reason, run.error)
    assert run.step == "Mend that at Homerun, then relink the account, or test its key again."
    with scope(tenant=acme):
        asked = Exchange.objects.order_by("id").values_list("by", "path", "status")
        assert list(asked) == [("run", "vacancies", 401), ("run", "ping", 401), ("doubt", "ping", 401)]


def test_a_run_waits_while_the_doubt_cannot_be_settled_and_gives_up_after_a_while(
    acme: Tenant, homerun: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("connectors.http.FIRST_PAUSE", 0.0)
    connection = harness.link(acme, "homerun", homerun)
    with scope(tenant=acme):
        states.refused(connection)
    homerun.fail("503", times=99)
    run = harness.started(connection)

    with time_machine.travel(timezone.now(), tick=False) as clock:
        said = []
        while run.ended_at is None:
            clock.shift(10)
            said.append(advanced(run))

    down = "Server Error. It is tried again by itself"
    doubted = "Homerun refused the key; it is asked once more before anybody has to relink"
    assert {words for words in said if words} <= {down, doubted}
    assert (run.state, run.error) == ("failed", "Server Error")
    connection.refresh_from_db()
    assert (connection.state, connection.refused_at is not None) == ("active", True)


def test_a_list_that_refuses_a_good_key_twice_fails_alone(acme: Tenant, homerun: Any):
    connection = harness.link(acme, "homerun", homerun)
    homerun.fail("401", times=2, path="job-applications")
    run = harness.started(connection)

    waits = advanced(run)
    assert (waits, run.state, connection.refused_at) == (
        "Unauthenticated. It is tried again by itself",
        "waiting",
        None,
    )
    with time_machine.travel(run.not_before):
        advanced(run)

    assert run.state == "partial"
    assert {name: said for name, said in walked(run).items() if said[0] != "walked"} == {
        "job-applications": ("failed", "Unauthenticated")
    }
    with scope(tenant=acme):
        step = run.walks.get(resource="job-applications").step
    assert step == "The key is accepted, but not for this list: look at what it may do."
    connection.refresh_from_db()
    assert (connection.state, connection.refused_at) == ("active", None)


def test_a_list_that_refuses_a_good_key_once_is_read_after_a_pause(acme: Tenant, homerun: Any):
    connection = harness.link(acme, "homerun", homerun)
    homerun.fail("401", times=1, path="job-applications")
    run = harness.started(connection)

    advanced(run)
    with time_machine.travel(run.not_before):
        advanced(run)

    assert (run.state, {state for state, _ in walked(run).values()}) == ("succeeded", {"walked"})


def test_what_stands_beside_the_rows_is_refused_only_a_few_times(acme: Tenant, cats: Any):
    connection = harness.link(acme, "cats", cats)
    cats.fail("401", times=99, path="departments")

    run = harness.sync(connection)

    assert (run.state, run.error, run.attempts) == ("failed", "Invalid credentials.", engine.PATIENCE)
    assert (connection.state, connection.reason) == ("active", "")


def test_a_detail_that_is_refused_leaves_a_doubt_and_no_more(acme: Tenant, homerun: Any):
    connection = harness.link(acme, "homerun", homerun)
    harness.sync(connection)
    with scope(tenant=acme):
        record = Record.objects.select_related("connection", "tenant").filter(model="candidate")[0]
    homerun.fail("401", times=9)

    assert harness.read_detail(record).state == "failed"
    connection.refresh_from_db()
    assert (connection.state, connection.refused_at is not None) == ("active", True)


def test_the_sweeper_rings_for_a_doubt_when_it_is_time(acme: Tenant, homerun: Any):
    connection = harness.link(acme, "homerun", homerun)
    with scope(tenant=acme), time_machine.travel(timezone.now(), tick=False) as clock:
        states.refused(connection)
        rung: list[tuple[str, ...]] = []

        def hear(sender: str, body: Any, **_: Any) -> None:
            rung.append((sender, *body[0]))

        before_task_publish.connect(hear)
        sweeping.sweep()
        assert rung == []
        clock.shift(1)
        sweeping.sweep()
        before_task_publish.disconnect(hear)

    assert rung == [("atsbridge.connections.tasks.settle", str(acme.pk), str(connection.pk))]
