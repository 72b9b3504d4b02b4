"""Questions 5 and 6: a checkpoint resumes, and a limit is waited for as told."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Budget
from atsbridge.connections.opening import opened
from atsbridge.sync import engine, leases
from atsbridge.sync.models import Run, Walk
from connectors.errors import RateLimited
from tests.conformance.account import Account
from tests.sync import harness


def test_a_checkpoint_resumes_where_a_killed_worker_stopped(
    imagine: Callable[..., Account], monkeypatch: pytest.MonkeyPatch
):
    account = imagine(people=230)
    monkeypatch.setattr(engine, "SLICE_PAGES", 1)
    run = harness.until(account.connection, lambda run: run.walks.filter(resource=account.people.slug).exists())
    run = harness.until(account.connection, lambda run: people_walk(account, run).pages_read == 1)

    with scope(tenant=account.connection.tenant):
        killed = leases.take(run.id)  # a worker takes the run and is heard of no more
        assert killed is not None
        before = len(account.calls())
        assert engine.advance(run.id) is False
        assert len(account.calls()) == before
        Run.objects.filter(pk=run.id).update(lease_until=timezone.now() - timedelta(seconds=1))
        engine.run_whole(run.id)
        run.refresh_from_db()
        read = people_walk(account, run).pages_read

    assert (run.state, run.error) == ("succeeded", "")
    assert account.stored() == account.expected()
    listed = Counter(call for call in account.calls() if call[0].strip("/") == account.path)
    assert list(listed.values()) == [1] * read


def people_walk(account: Account, run: Run) -> Walk:
    return run.walks.get(resource=account.people.slug)


@pytest.mark.parametrize("told", ["429", "429_silent"])
def test_a_limit_is_waited_for_as_told(account: Account, told: str):
    account.synced()
    account.emulator.fail(told, times=1, path=account.path, seconds=120)
    wait = 120 if told == "429" else account.speaks.limit.per
    now = timezone.now()

    with scope(tenant=account.connection.tenant), time_machine.travel(now, tick=False):
        run = harness.started(account.connection)
        while engine.advance(run.id):
            pass
        run.refresh_from_db()
        assert run.state == "waiting"
        assert run.not_before == pytest.approx(now + timedelta(seconds=wait), abs=timedelta(seconds=1))
        assert "goes on by itself" in run.waits_for
        assert Budget.objects.get(connector=account.slug).blocked_until == run.not_before

        asked = len(account.emulator.calls)
        assert engine.advance(run.id) is False
        with opened(account.connection, by="detail", purpose="person") as connector, pytest.raises(RateLimited):
            connector.talk.get(account.path)
        assert len(account.emulator.calls) == asked

    with scope(tenant=account.connection.tenant), time_machine.travel(now + timedelta(seconds=wait + 1)):
        engine.run_whole(run.id)
        run.refresh_from_db()
        assert (run.state, run.waits_for) == ("succeeded", "")
