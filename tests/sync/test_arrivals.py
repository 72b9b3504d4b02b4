"""Webhooks as they are handled: hints, of which a repeat, another order or a missing one does no harm."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.models import Connection
from atsbridge.records.models import Change, Record
from atsbridge.sync import arrivals, sweeping, tasks
from atsbridge.sync.models import Arrival, Nomination, Question
from atsbridge.tenants.models import Tenant
from tests.connectors.cats import expected
from tests.sync import calling, harness
from tests.sync.calling import deliver

pytestmark = pytest.mark.django_db(transaction=True)
SAME = "It is stored already"


@pytest.fixture
def cats(acme: Tenant) -> Iterator[tuple[Any, Connection]]:
    with calling.calling(acme) as both:
        yield both


def calls(emulator: Any, since: int) -> list[str]:
    """What we asked the emulator for, less its version."""
    return [f"{call.method} {call.path.removeprefix('/v3/')}" for call in emulator.calls[since:]]


def stored(connection: Connection) -> dict[Any, Any]:
    return {key: json.loads(text) for key, text in harness.documents(connection).items()}


def agrees(emulator: Any, connection: Connection, *models: str) -> bool:
    """Whether what is stored of some models is the truth, all of it."""
    truth, ours = expected.expected(emulator, details=[]), stored(connection)
    return {k: v for k, v in truth.items() if k[0] in models} == {k: v for k, v in ours.items() if k[0] in models}


def quiet(connection: Connection) -> None:
    """A walk after it finds nothing to write."""
    before = harness.kept(connection)
    assert harness.sync(connection).state == "succeeded"
    assert harness.kept(connection) == before


def test_what_a_webhook_carries_is_stored_without_a_call_and_a_walk_after_it_writes_nothing(cats):
    emulator, connection = cats
    person, since = next(iter(emulator.account.candidates.values())), len(emulator.calls)
    emulator.change(person, first_name="Grace")
    emulator.move(next(iter(emulator.account.pipelines.values())), to="Placed")
    emulator.person("Ada", "Lovelace", job="Baker")

    found = deliver(emulator)

    assert calling.states(found) == [
        ("candidate.updated", "handled", ""),
        ("pipeline.status_changed", "handled", ""),
        ("candidate.created", "handled", ""),
        ("job.created", "handled", ""),
        ("pipeline.created", "handled", ""),
    ]
    assert calls(emulator, since) == []
    assert agrees(emulator, connection, "candidate", "application", "job", "job_stage")
    assert [bytes(one.body) for one in found] == [b""] * 5
    events = Change.objects.filter(cause="webhook").order_by("id")
    assert {event.cause_id for event in events} == {one.id for one in found}
    quiet(connection)


def test_a_person_with_more_positions_than_a_list_embeds_comes_out_the_same_as_from_the_list(cats):
    emulator, connection = cats
    person = max(emulator.account.candidates.values(), key=lambda one: len(one.history))
    emulator.change(person, history=(person.history * 40)[:37], title="Veteran")

    assert [state for _, state, _ in calling.states(deliver(emulator))] == ["handled"]
    kept = stored(connection)["candidate", str(person.id)]
    assert (kept["title"], len(kept["work_history"])) == ("Veteran", 37)
    quiet(connection)


def test_embeds_that_the_list_does_not_carry_are_left_out_or_looked_up(cats):
    emulator, connection = cats
    emulator.options.sparse = True
    harness.sync(connection)
    emulator.options.sparse = False
    person, since = next(iter(emulator.account.candidates.values())), len(emulator.calls)
    emulator.change(person, title="Head Baker")
    emulator.options.sparse = True

    deliver(emulator)

    assert calls(emulator, since) == [f"GET candidates/{person.id}"]
    quiet(connection)


def test_a_repeat_is_stored_once_and_an_older_one_changes_nothing(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    emulator.change(person, first_name="Grace")
    old = emulator.outbox[0]
    deliver(emulator)
    emulator.change(person, first_name="Hedy")
    person.modified = person.modified + timedelta(minutes=1)
    emulator.outbox.clear()
    emulator.happened("updated", person)
    deliver(emulator)

    assert calling.post(old).status_code == 202
    Arrival.objects.filter(request_id=old.headers["X-Request-Id"]).update(mark="x")  # as if we had forgotten the first
    assert calling.post(old).status_code == 202

    assert calling.states(calling.handled())[-1] == ("candidate.updated", "ignored", "What is stored is newer")
    assert Arrival.objects.count() == 3
    assert stored(connection)["candidate", str(person.id)]["first_name"] == "Hedy"


def test_what_came_while_a_later_read_was_under_way_does_not_undo_it(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    emulator.change(person, first_name="Grace")
    emulator.deliver(lambda delivery: calling.post(delivery).status_code)
    harness.sync(connection)

    assert calling.states(calling.handled()) == [("candidate.updated", "ignored", "The record was read since it came")]


def test_equal_times_and_other_values_are_read_again(cats):
    emulator, connection = cats
    emulator.options.status_bumps = False
    pipeline, since = next(iter(emulator.account.pipelines.values())), len(emulator.calls)
    emulator.move(pipeline, to="Placed")

    assert calling.states(deliver(emulator)) == [("pipeline.status_changed", "handled", "")]
    assert calls(emulator, since) == [f"GET pipelines/{pipeline.id}"]
    assert agrees(emulator, connection, "application")

    emulator.happened("status_changed", pipeline)
    assert calling.states(deliver(emulator))[-1] == ("pipeline.status_changed", "ignored", SAME)
    quiet(connection)


def test_the_same_instant_in_another_time_zone_is_the_same(cats):
    emulator, _ = cats
    pipeline, since = next(iter(emulator.account.pipelines.values())), len(emulator.calls)
    emulator.options.mixed_offsets = True
    emulator.happened("status_changed", pipeline)

    assert calling.states(deliver(emulator)) == [("pipeline.status_changed", "ignored", SAME)]
    assert calls(emulator, since) == []


def test_a_burst_of_deletions_is_held_and_asked_about(acme):
    with calling.calling(acme, people=60) as (emulator, connection):
        for gone in list(emulator.account.candidates.values())[:30]:
            emulator.delete(gone)

        deliver(emulator)

        people = Question.objects.filter(model="candidate").values_list("state", "count", "total")
        assert list(people) == [("open", 10, 40)]
        assert Record.objects.filter(model="candidate", deleted_at__isnull=True).count() == 40
        assert Nomination.objects.filter(model="candidate", question__isnull=False).count() == 10
        harness.sync(connection)
        assert list(people) == [("open", 10, 40)]


def test_a_person_who_was_deleted_takes_along_the_applications_that_are_gone_too(cats):
    emulator, connection = cats
    emulator.options.orphans_told = False
    pipeline = next(iter(emulator.account.pipelines.values()))
    gone = emulator.account.candidates[pipeline.candidate_id]
    mine = {str(each.id) for each in emulator.account.pipelines.values() if each.candidate_id == gone.id}
    emulator.delete(gone)
    since = len(emulator.calls)

    deliver(emulator)

    assert calls(emulator, since) == [f"GET candidates/{gone.id}", *(f"GET pipelines/{one}" for one in mine)]
    assert agrees(emulator, connection, "candidate", "application")
    told = Change.objects.filter(kind="deleted", model="application").values_list("remote_id", "cause")
    assert set(told) == {(one, "webhook") for one in mine}


def test_a_deletion_asks_the_address_and_takes_what_is_gone_only(cats):
    emulator, connection = cats
    gone, alive = list(emulator.account.candidates.values())[:2]
    since = len(emulator.calls)
    emulator.happened("deleted", alive)  # a lie, or undone by now
    emulator.delete(gone)

    assert {state for _, state, _ in calling.states(deliver(emulator))} == {"handled"}
    asked = [call for call in calls(emulator, since) if call.startswith("GET candidates")]
    assert asked == [f"GET candidates/{alive.id}", f"GET candidates/{gone.id}"]
    assert agrees(emulator, connection, "candidate")
    event = Change.objects.get(kind="deleted", model="candidate")
    assert (event.cause, event.before, event.after) == ("webhook", "{}", "{}")


@pytest.mark.parametrize("reordered", [False, True])
def test_whatever_the_order_and_however_often_nobody_is_invented(cats, reordered):
    emulator, connection = cats
    emulator.options.deliveries_repeat, emulator.options.deliveries_reordered = True, reordered
    emulator.options.orphans_told = True
    ada = emulator.person("Ada", "Lovelace", job="Baker")
    emulator.change(ada, title="Baker")
    emulator.delete(ada)
    bob = emulator.person("Bob", "Byron", job="Baker")
    emulator.change(bob, title="Poet")
    emulator.move(bob, to="Submitted")

    deliver(emulator)

    assert agrees(emulator, connection, "candidate", "job", "application")
    assert Record.objects.filter(remote_id=str(ada.id), model="candidate", deleted_at__isnull=True).count() == 0
    quiet(connection)


def test_what_is_switched_off_or_of_clients_is_left_alone(cats):
    emulator, connection = cats
    Connection.objects.update(reads=[model for model in connection.reads if model != "note"])
    note = emulator.note(next(iter(emulator.account.candidates.values())), "Knows yeast.")
    emulator.webhooks[min(emulator.webhooks)].events.append("company.updated")
    emulator.change(next(iter(emulator.account.companies.values())), name="Acme Bakeries")

    assert calling.states(deliver(emulator)) == [
        ("activity.created", "ignored", "Nothing of this list is read"),
        ("company.updated", "ignored", "Nothing of this kind is read"),
    ]
    assert not Record.objects.filter(remote_id=str(note.id)).exists()


def test_a_paused_connection_keeps_what_comes_and_handles_it_when_it_goes_on(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    states.pause(connection)
    emulator.change(person, first_name="Grace")

    assert calling.states(deliver(emulator)) == [("candidate.updated", "waiting", "")]
    assert not arrivals.waiting(timedelta(0), 9)

    states.resume(connection)
    assert len(arrivals.waiting(timedelta(0), 9)) == 1
    assert calling.states(calling.handled()) == [("candidate.updated", "handled", "")]


def test_the_budget_and_a_failing_provider_are_waited_for_in_the_row(cats):
    emulator, _ = cats
    gone = next(iter(emulator.account.candidates.values()))
    emulator.delete(gone)
    emulator.fail("429", seconds=90, path="candidates/")

    first = next(one for one in deliver(emulator) if one.kind == "candidate.deleted")

    wait = (first.not_before - timezone.now()).total_seconds()
    assert (first.state, first.attempts) == ("waiting", 0)
    assert 60 < wait <= 90
    arrivals.handle(first.id)  # a bell too early
    assert Arrival.objects.get(pk=first.pk).attempts == 0


def test_a_lost_bell_is_rung_again_and_a_killed_worker_loses_nothing(cats, monkeypatch):
    emulator, _ = cats
    emulator.change(next(iter(emulator.account.candidates.values())), first_name="Grace")
    emulator.deliver(lambda delivery: calling.post(delivery).status_code)
    arrival = Arrival.objects.get()
    assert arrivals._taken(arrival.id) is not None  # and then its worker is killed
    rung: list[tuple[str, str, str]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: rung.append((name, *args)))
    Arrival.objects.update(rung_at=timezone.now() - timedelta(minutes=1))

    sweeping.sweep()
    assert not [one for one in rung if "arrival" in one[0]]  # it is still that worker's

    Arrival.objects.update(not_before=timezone.now())
    sweeping.sweep()
    assert ("atsbridge.sync.tasks.handle_arrival", str(arrival.tenant_id), str(arrival.id)) in rung
    tasks.handle_arrival(str(arrival.tenant_id), str(arrival.id))
    tasks.handle_arrival(str(arrival.tenant_id), str(arrival.id))
    assert Change.objects.filter(cause="webhook").count() == 1


def test_a_task_of_another_tenant_finds_nothing(cats, globex: Tenant):
    emulator, _ = cats
    emulator.change(next(iter(emulator.account.candidates.values())), first_name="Grace")
    emulator.deliver(lambda delivery: calling.post(delivery).status_code)
    arrival = Arrival.objects.get()

    tasks.handle_arrival(str(globex.pk), str(arrival.id))

    arrival.refresh_from_db()
    assert (arrival.state, arrival.attempts) == ("waiting", 0)
    with scope(tenant=globex):
        assert not Record.objects.exists()


def test_what_was_said_and_never_handled_is_emptied_after_its_days_and_still_a_hint(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    states.pause(connection)
    emulator.change(person, first_name="Grace")
    emulator.deliver(lambda delivery: calling.post(delivery).status_code)
    assert bytes(Arrival.objects.get().body)

    with time_machine.travel(timezone.now() + timedelta(days=settings.FORGET_DAYS, minutes=1)):
        sweeping.sweep()
        assert bytes(Arrival.objects.get().body) == b""
        states.resume(connection)
        assert calling.states(calling.handled()) == [("candidate.updated", "handled", "")]
    assert stored(connection)["candidate", str(person.id)]["first_name"] == "Grace"
