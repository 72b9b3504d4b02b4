"""Batches: what they cost is known before they start, each row is one action, stopping stops."""

import math
from typing import Any

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import batching, sweeping
from atsbridge.actions.models import Action, Batch, State
from atsbridge.actions.wrong import Wrong
from atsbridge.records.models import Record
from atsbridge.tenants.models import AuditEntry, Person
from tests.actions.conftest import Account
from tests.actions.harness import again


@pytest.fixture
def dora(db: None) -> Person:
    """Who asks."""
    return Person.objects.create_user("dora@acme.example", name="Dora")


@pytest.fixture
def people(account: Account) -> list[str]:
    """The remote ids of three applications."""
    with scope(tenant=account.connection.tenant):
        rows = Record.objects.filter(connection=account.connection, model="application").order_by("remote_id")
        return list(rows.values_list("remote_id", flat=True)[:3])


def proposed(account: Account, people: list[str], dora: Person, **given: Any) -> Batch:
    with scope(tenant=account.connection.tenant):
        rows: list[tuple[str, dict[str, Any]]] = [(remote_id, {}) for remote_id in people]
        return batching.propose(account.connection, "add_note", given or {"content": "Brilliant"}, rows, dora)


def taken_in(batch: Batch) -> Batch:
    """Started, and its rows made actions as a worker does."""
    with scope(tenant=batch.connection.tenant):
        batching.start(batch)
        batching.take_in(batch.pk)
        batch.refresh_from_db()
    return batch


def actions(batch: Batch) -> list[Action]:
    with scope(tenant=batch.connection.tenant):
        return list(batch.actions.select_related("connection").order_by("order"))


def notes(account: Account) -> int:
    return sum(effect.what.startswith("note") for effect in account.emulator.effects)


def test_what_it_costs_is_found_by_a_rehearsal_before_anything_is_sent(account: Account, people, dora: Person):
    batch = proposed(account, people, dora)
    with scope(tenant=account.connection.tenant):
        assert batching.cost(batch) is None
    assert batch.probe
    each = again(batch.probe).plan["own"]

    with scope(tenant=account.connection.tenant):
        found = batching.cost(batch)

    assert found
    assert each >= 2
    assert (found.calls, found.minutes) == (3 * each, math.ceil(3 * each * found.per / found.limit / 60))
    assert (notes(account), actions(batch)) == (0, [])


def test_each_row_is_one_action_however_often_it_is_taken_in(account: Account, people, dora: Person):
    batch = taken_in(proposed(account, people, dora))
    with scope(tenant=account.connection.tenant):
        Batch.objects.update(taken_in=False, given='{"content": "Brilliant"}')
    taken_in(batch)

    rows = actions(batch)

    assert [(row.kind, row.person, row.state) for row in rows] == [("add_note", dora, State.QUEUED)] * 3
    assert [again(row).state for row in rows] == [State.DONE] * 3
    assert notes(account) == 3
    assert (batch.taken_in, batch.given) == (True, "{}")


def test_stopped_it_sends_nothing_more(account: Account, people, dora: Person):
    batch = taken_in(proposed(account, people, dora))
    first = again(actions(batch)[0])

    with scope(tenant=account.connection.tenant):
        assert batching.stop(batch, dora) == 2
        assert batching.stop(batch, dora) == 0
        batching.take_in(batch.pk)

    assert first.state == State.DONE
    assert [again(row).state for row in actions(batch)] == [State.DONE, State.CANCELLED, State.CANCELLED]
    assert notes(account) == 1
    with scope(tenant=account.connection.tenant):
        assert AuditEntry.objects.filter(kind="action.batch_stopped", who="Dora").count() == 1


def test_what_may_have_been_sent_is_not_stopped_but_settled(account: Account, people, dora: Person):
    batch = taken_in(proposed(account, people, dora))
    with scope(tenant=account.connection.tenant):
        batch.actions.filter(pk=actions(batch)[0].pk).update(state=State.WAITING, sent=True)
        assert batching.stop(batch, dora) == 2
    assert [row.state for row in actions(batch)] == [State.WAITING, State.CANCELLED, State.CANCELLED]


def test_stopped_before_it_was_taken_in_it_makes_no_action(account: Account, people, dora: Person):
    batch = proposed(account, people, dora)
    with scope(tenant=account.connection.tenant):
        batching.start(batch)
        batching.stop(batch, dora)
        batching.take_in(batch.pk)
    assert actions(batch) == []


def test_a_row_that_is_refused_at_once_stops_no_other(account: Account, people, dora: Person):
    with scope(tenant=account.connection.tenant):
        rows: list[tuple[str, dict[str, Any]]] = [(remote_id, {}) for remote_id in people]
        rows[1][1]["content"] = "x" * 65_537
        batch = batching.propose(account.connection, "add_note", {"content": "Brilliant"}, rows, dora)
    taken_in(batch)
    assert (len(actions(batch)), list(batch.refused)) == (2, [people[1]])
    assert "length <= 65536" in batch.refused[people[1]]


@pytest.mark.parametrize("count", [0, 201])
def test_too_few_and_too_many_are_refused(account: Account, dora: Person, count: int):
    with pytest.raises(Wrong, match="from one to 200"):
        proposed(account, [str(number) for number in range(count)], dora)


def test_a_lost_bell_is_rung_again_and_what_nobody_started_is_forgotten(
    account: Account, people, dora: Person, settings
):
    started, left = proposed(account, people, dora), proposed(account, people, dora)
    with scope(tenant=account.connection.tenant):
        batching.start(started)
        long_ago = timezone.now() - sweeping.PROPOSED
        Batch.objects.update(rung_at=long_ago)
        Batch.objects.filter(pk=left.pk).update(created_at=long_ago)

    sweeping.sweep()

    with scope(tenant=account.connection.tenant):
        [kept] = Batch.objects.all()
    assert (kept.pk, kept.rung_at > long_ago) == (started.pk, True)
