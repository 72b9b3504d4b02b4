"""A refused key is asked for twice: one odd refusal stops nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import doubts, states, tasks
from atsbridge.connections.models import Connection, Exchange
from connectors.errors import RateLimited, TemporaryFailure


@pytest.fixture
def doubted(linked: Connection) -> Connection:
    """Acme's Homerun, in doubt and to be asked now."""
    states.refused(linked)
    Connection.objects.update(ask_at=timezone.now())
    linked.refresh_from_db()
    Exchange.objects.all().delete()
    return linked


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once."""
    monkeypatch.setattr("connectors.http.FIRST_PAUSE", 0.0)


def said(connection):
    connection.refresh_from_db()
    return connection.state, connection.reason, connection.refused_at is not None


def asked(connection):
    return list(Exchange.objects.filter(connection=connection).values_list("by", "path", "status"))


def test_nobody_is_asked_before_it_is_time_nor_without_a_doubt(linked):
    Exchange.objects.all().delete()
    doubts.settle(linked)
    with time_machine.travel(timezone.now(), tick=False):
        states.refused(linked)
        doubts.settle(linked)

    assert (said(linked), asked(linked)) == (("active", "", True), [])


def test_the_second_refusal_proves_it_in_words(doubted, homerun):
    Connection.objects.update(worked_at="2026-11-19T09:11:58Z")
    homerun.revoked.add(homerun.key)

    doubts.settle(doubted)

    assert said(doubted) == (
        "needs_relink",
        "Homerun refuses this key: it is wrong, expired or revoked. It worked until 19 Nov 2026, 09:11 UTC.",
        False,
    )
    assert asked(doubted) == [("doubt", "ping", 401)]


def test_a_missing_plan_is_proved_too(doubted, homerun):
    homerun.fail("402")

    doubts.settle(doubted)

    assert said(doubted) == (
        "needs_relink",
        "The key is right, but the plan of this Homerun account does not include the API.",
        False,
    )


@pytest.mark.parametrize("fault", [None, "403"])
def test_a_key_that_is_let_in_is_no_longer_in_doubt(doubted, homerun, fault):
    if fault:
        homerun.fail(fault)

    doubts.settle(doubted)

    assert said(doubted) == ("active", "", False)


@pytest.mark.parametrize(
    ("since", "pause"),
    [(timedelta(), 0.1), (timedelta(minutes=2), 120), (timedelta(hours=3), 900)],
)
def test_a_provider_that_does_not_answer_is_asked_again_after_growing_pauses(doubted, homerun, since, pause):
    homerun.fail("503", times=9)
    with time_machine.travel(timezone.now() + timedelta(seconds=1), tick=False):
        now = timezone.now()
        Connection.objects.update(refused_at=now - since)
        with pytest.raises(TemporaryFailure):
            doubts.settle(doubted)

        assert said(doubted) == ("active", "", True)
        assert doubted.ask_at == now + timedelta(seconds=pause)


def test_a_spent_budget_puts_the_asking_off_until_it_allows(doubted, homerun):
    homerun.fail("429", seconds=300)

    with pytest.raises(RateLimited):
        doubts.settle(doubted)

    assert said(doubted) == ("active", "", True)
    assert timedelta(seconds=295) < doubted.ask_at - timezone.now() <= timedelta(seconds=300)


def test_of_two_workers_one_asks(doubted):
    other = Connection.objects.get()
    assert doubts._taken(other)

    doubts.settle(doubted)

    assert (said(doubted), asked(doubted)) == (("active", "", True), [])
    lease = timedelta(seconds=settings.RUN_LEASE_SECONDS)
    with time_machine.travel(timezone.now() + lease):  # the other one died over it
        doubts.settle(doubted)
    assert (said(doubted), asked(doubted)) == (("active", "", False), [("doubt", "ping", 200)])


def test_what_is_due_is_found_in_every_tenant_and_is_settled_in_its_own(doubted, globex, homerun):
    homerun.revoked.add(homerun.key)
    with scope(tenant=globex):
        assert doubts.due(10) == [(doubted.tenant_id, doubted.pk)]

    tasks.settle(str(globex.pk), str(doubted.pk))
    assert (said(doubted), asked(doubted)) == (("active", "", True), [])

    tasks.settle(str(doubted.tenant_id), str(doubted.pk))
    assert said(doubted)[0] == "needs_relink"


def test_a_doubt_that_could_not_be_settled_fails_no_task(doubted, homerun):
    homerun.fail("503", times=9)

    tasks.settle(str(doubted.tenant_id), str(doubted.pk))

    assert said(doubted) == ("active", "", True)


@pytest.mark.parametrize("state", ["needs_relink", "unlinking"])
def test_a_connection_that_is_read_no_more_is_not_asked(doubted, state):
    Connection.objects.update(state=state)

    doubts.settle(doubted)

    assert (doubts.due(10), asked(doubted)) == ([], [])
