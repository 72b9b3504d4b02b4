"""What a batch costs is what it says before; what it wrote is read back together, each row on behalf of its action."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from atsbridge.actions import batching, sweeping, together
from atsbridge.actions.models import Action, Batch, State
from atsbridge.connections.models import Budget
from atsbridge.records.models import Change, Record
from atsbridge.tenants.models import Person, Tenant
from connectors.emulation_faults import Fault
from tests.actions.cells import applications, stages
from tests.actions.conftest import Account, linked
from tests.actions.harness import again, document

MOVES, NOTES = "move_application", "add_note"


@pytest.fixture(params=["homerun", "cats"])
def account(request: pytest.FixtureRequest, acme: Tenant) -> Iterator[Account]:
    """Each ATS in turn, with enough people at the beginning of one job."""
    with linked(acme, request.param, people=120) as account, scope(tenant=acme):
        yield account


@pytest.fixture
def cats(acme: Tenant) -> Iterator[Account]:
    """CATS alone."""
    with linked(acme, "cats", people=120) as account, scope(tenant=acme):
        yield account


@pytest.fixture
def dora(db: None) -> Person:
    """Who asks."""
    return Person.objects.create_user("dora@acme.example", name="Dora")


def of_one_job(account: Account, count: int = 3) -> list[Record]:
    """Some who stand at the same place, at the beginning of the same job."""
    found = list(applications(account.connection))
    [(place, _)] = Counter((each.job, each.stage) for each in found).most_common(1)
    return [each for each in found if (each.job, each.stage) == place][:count]


def goal(some: list[Record]) -> str:
    """Where they go: nothing happens there by itself."""
    return stages(some[0])[0]


def proposed(account: Account, some: list[Record], dora: Person, kind: str = MOVES, to: str = "") -> Batch:
    """A batch whose cost has been found out."""
    given = {"stage_id": to or goal(some)} if kind == MOVES else {"content": "Brilliant"}
    expected = [json.loads(each.document)["current_stage_id"] for each in some]
    own = [{"expected_stage_id": each} if kind == MOVES else {} for each in expected]
    batch = batching.propose(
        account.connection, kind, given, [(each.remote_id, row) for each, row in zip(some, own, strict=True)], dora
    )
    assert batch.probe
    assert again(batch.probe).state == State.DONE
    return Batch.objects.select_related("connection", "probe").get(pk=batch.pk)


def written(batch: Batch) -> list[Action]:
    """Started, taken in, and every row performed; nothing is read back together yet."""
    batching.start(batch)
    batching.take_in(batch.pk)
    return [again(action) for action in rows(batch)]


def rows(batch: Batch) -> list[Action]:
    return list(batch.actions.select_related("connection", "batch").order_by("order"))


def read_back(batch: Batch) -> list[Action]:
    together.read_back(batch.pk)
    return rows(batch)


def asked(account: Account, since: int) -> list[str]:
    base = account.emulator.base_path
    return [f"{call.method} {call.path.removeprefix(base).strip('/')}" for call in account.emulator.calls[since:]]


def stands(account: Account, some: list[Record]) -> list[str]:
    """Where we say that they are."""
    return [document(account.connection, "application", each.remote_id)["current_stage_id"] for each in some]


@pytest.mark.parametrize("kind", [MOVES, NOTES])
def test_what_is_said_before_the_start_is_what_is_called(account: Account, dora: Person, kind: str):
    some = of_one_job(account)
    batch = proposed(account, some, dora, kind)
    cost, since = batching.cost(batch), len(account.emulator.calls)
    assert cost

    written(batch)
    done = read_back(batch)

    ids = [each.remote_id for each in some]
    people = [json.loads(each.document)["candidate_id"] for each in some]
    calls = {
        ("homerun", MOVES): [f"{verb} job-applications/{one}" for one in ids for verb in ("GET", "PATCH")],
        ("homerun", NOTES): [
            call for one in ids for call in (f"POST job-applications/{one}/notes", f"GET job-applications/{one}")
        ],
        ("cats", MOVES): [
            *(call for one in ids for call in (f"GET pipelines/{one}", f"POST pipelines/{one}/status")),
            "POST pipelines/search",
        ],
        ("cats", NOTES): [
            *(call for one in people for call in ("POST activities/search", f"POST candidates/{one}/activities")),
            "POST activities/search",
        ],
    }[account.slug, kind]
    assert asked(account, since) == calls
    assert cost.calls == len(calls)
    assert [(each.state, each.warnings, each.unread) for each in done] == [(State.DONE, [], "")] * 3
    changes = Change.objects.filter(cause="action", kind="stage_changed" if kind == MOVES else "created")
    if kind == MOVES:
        assert stands(account, some) == [goal(some)] * 3
        told = {(change.record, change.cause_id) for change in changes}
        assert told == {(each.id, action.pk) for each, action in zip(some, done, strict=True)}


def test_who_stands_there_already_is_not_counted_as_moved(account: Account, dora: Person):
    some = of_one_job(account)
    there = goal(some)
    first = proposed(account, some[:1], dora, to=there)
    written(first)
    read_back(first)
    some[0].refresh_from_db()
    batch = proposed(account, some, dora, to=there)
    cost, since = batching.cost(batch), len(account.emulator.calls)

    written(batch)

    assert [each.state for each in read_back(batch)] == [State.DONE] * 3
    assert cost
    assert cost.calls == len(asked(account, since))


def test_what_was_found_long_before_the_start_is_found_again_once(account: Account, dora: Person):
    batch = proposed(account, of_one_job(account), dora)
    fresh = batching.cost(batch)
    Action.objects.filter(rehearsal=True).update(ended_at=timezone.now() - batching.FRESH)
    batch.refresh_from_db()
    cost, since = batching.cost(batch), len(account.emulator.calls)

    written(batch)
    read_back(batch)

    assert fresh
    assert cost
    assert (cost.calls, len(asked(account, since))) == (fresh.calls + 1, fresh.calls + 1)


def test_more_than_one_question_holds_take_several(cats: Account, dora: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(together, "MOST", 2)
    some = of_one_job(cats)
    batch = proposed(cats, some, dora)
    cost, since = batching.cost(batch), len(cats.emulator.calls)

    written(batch)
    read_back(batch)

    assert asked(cats, since)[-2:] == ["POST pipelines/search", f"GET pipelines/{some[2].remote_id}"]
    assert cost
    assert cost.calls == len(asked(cats, since))
    assert stands(cats, some) == [goal(some)] * 3


def test_nothing_is_read_back_while_the_rest_is_under_way_unless_it_waits_for_long(cats: Account, dora: Person):
    some = of_one_job(cats)
    batch = proposed(cats, some, dora)
    batching.start(batch)
    batching.take_in(batch.pk)
    since = len(cats.emulator.calls)
    again(rows(batch)[0])

    read_back(batch)
    assert asked(cats, since)[2:] == []
    batch.actions.filter(state=State.DONE).update(ended_at=timezone.now() - together.PATIENCE)
    read_back(batch)

    assert asked(cats, since)[2:] == [f"GET pipelines/{some[0].remote_id}"]
    assert stands(cats, some[:1]) == [goal(some)]


def test_where_the_search_takes_no_ids_each_is_asked_for_alone(cats: Account, dora: Person):
    some = of_one_job(cats)
    batch = proposed(cats, some, dora)
    written(batch)
    cats.emulator.options.ids_searchable = False
    since = len(cats.emulator.calls)

    read_back(batch)

    assert asked(cats, since) == ["POST pipelines/search", *(f"GET pipelines/{each.remote_id}" for each in some)]
    assert stands(cats, some) == [goal(some)] * 3


def test_what_is_gone_or_otherwise_than_written_is_said_of_its_own_row(cats: Account, dora: Person):
    some = of_one_job(cats)
    batch = proposed(cats, some, dora)
    written(batch)
    first, second = (cats.emulator.account.pipelines[int(each.remote_id)] for each in some[:2])
    cats.emulator.delete(first)
    cats.emulator.move(second, cats.emulator.account.statuses_of(cats.emulator.account.jobs[second.job_id])[0].title)

    done = read_back(batch)

    assert [each.warnings for each in done] == [[], ["CATS did not take over: the status"], []]
    assert [Record.objects.get(pk=each.pk).deleted_at is None for each in some] == [False, True, True]
    assert stands(cats, some[1:]) == [str(second.status_id), goal(some)]


def test_for_the_budget_it_waits_and_goes_on(cats: Account, dora: Person):
    some = of_one_job(cats)
    batch = proposed(cats, some, dora)
    written(batch)
    Budget.objects.update(blocked_until=timezone.now() + timedelta(seconds=90))

    read_back(batch)
    assert [bool(each.unread) for each in rows(batch)] == [True] * 3

    with time_machine.travel(timezone.now() + timedelta(seconds=91)):
        assert [(each.unread, each.warnings) for each in read_back(batch)] == [("", [])] * 3
    assert stands(cats, some) == [goal(some)] * 3


def test_what_cannot_be_read_back_is_said_and_left_to_the_next_run(cats: Account, dora: Person):
    batch = proposed(cats, of_one_job(cats), dora)
    written(batch)
    cats.emulator.faults.append(Fault("500", times=20))

    done = read_back(batch)

    assert {each.warnings[0].partition(":")[0] for each in done} == {"It was written, but could not be read back"}
    assert [each.unread for each in done] == [""] * 3


def test_stopped_what_was_written_is_read_back(cats: Account, dora: Person):
    some = of_one_job(cats)
    batch = proposed(cats, some, dora)
    batching.start(batch)
    batching.take_in(batch.pk)
    again(rows(batch)[0])

    batching.stop(batch, dora)

    assert [(each.state, each.unread) for each in read_back(batch)] == [
        (State.DONE, ""),
        (State.CANCELLED, ""),
        (State.CANCELLED, ""),
    ]
    assert stands(cats, some[:1]) == [goal(some)]


def test_whoever_reads_back_is_alone_and_is_followed_when_gone(cats: Account, dora: Person, monkeypatch: Any):
    rung: list[Batch] = []
    monkeypatch.setattr("atsbridge.actions.bells.ring_together", rung.append)
    batch = proposed(cats, of_one_job(cats), dora)
    written(batch)
    Batch.objects.update(lease=batch.pk, lease_until=timezone.now() + timedelta(seconds=30))
    rung.clear()

    sweeping.sweep()
    assert ([bool(each.unread) for each in read_back(batch)], rung) == ([True] * 3, [])

    Batch.objects.update(lease_until=timezone.now())
    sweeping.sweep()
    assert rung == [batch]
    assert [each.unread for each in read_back(batch)] == [""] * 3
