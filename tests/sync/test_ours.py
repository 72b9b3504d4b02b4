"""What tells of strangers where only what we created is read: webhooks and events are dropped, budgets are kept."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Budget, Connection
from atsbridge.connections.opening import opened
from atsbridge.records import kept
from atsbridge.records.models import Record
from atsbridge.sync import arrivals, engine, feeds, keeping, schedule
from atsbridge.sync.models import Arrival, Page, Run
from atsbridge.tenants.models import Tenant
from tests.conformance.test_forgetting import MARKER, naming
from tests.sync import calling, harness
from tests.sync.calling import deliver, post

pytestmark = pytest.mark.django_db(transaction=True)
NOT_OURS = "Only what we created is read"


@pytest.fixture
def cats(acme: Tenant) -> Iterator[tuple[Any, Connection]]:
    """CATS with webhooks, of which one person and their pipeline are ours."""
    with calling.calling(acme, people=12) as (emulator, connection):
        pipeline = next(iter(emulator.account.pipelines.values()))
        keep(connection, candidate=pipeline.candidate_id, application=pipeline.id)
        switched(connection)
        yield emulator, connection


def keep(connection: Connection, **ids: Any) -> None:
    kept.keep(connection, [(model, str(number)) for model, number in ids.items()], "import")


def switched(connection: Connection) -> None:
    keeping.choose(connection, only_ours=True)
    engine.run_whole(Run.objects.get(connection=connection, ended_at__isnull=True).pk)
    connection.refresh_from_db()


def ours(emulator: Any) -> Any:
    return emulator.account.candidates[next(iter(emulator.account.pipelines.values())).candidate_id]


def stranger(emulator: Any) -> Any:
    return next(each for each in emulator.account.candidates.values() if each is not ours(emulator))


def asked(emulator: Any, since: int) -> list[str]:
    return [f"{call.method} {call.path.removeprefix('/v3/')}" for call in emulator.calls[since:]]


def test_of_a_strangers_webhook_nothing_is_kept_but_whom_it_named(cats):
    emulator, _ = cats
    since = len(emulator.calls)
    emulator.change(stranger(emulator), first_name=MARKER)
    emulator.move(list(emulator.account.pipelines.values())[-1], to="Placed")
    emulator.person(MARKER, "Lovelace", job="Baker")

    emulator.deliver(lambda delivery: post(delivery).status_code)
    found = list(Arrival.objects.order_by("received_at"))

    of_people = [one for one in found if not one.kind.startswith("job")]
    assert {(one.state, one.error, bytes(one.body)) for one in of_people} == {("ignored", NOT_OURS, b"")}
    assert (len(of_people), asked(emulator, since), naming()) == (4, [], set())


def test_a_webhook_about_ours_counts_as_ever(cats):
    emulator, _ = cats
    emulator.change(ours(emulator), first_name="Grace")

    assert calling.states(deliver(emulator)) == [("candidate.updated", "handled", "")]
    record = Record.objects.get(model="candidate", deleted_at__isnull=True)
    assert json.loads(record.document)["first_name"] == "Grace"


def test_a_note_is_asked_for_and_kept_only_if_it_is_about_ours(cats):
    emulator, connection = cats
    for person, words in ((stranger(emulator), MARKER), (ours(emulator), "Good")):
        emulator.note(person, words)
    emulator.deliver(lambda delivery: post(delivery).status_code)
    assert {bytes(one.body) for one in Arrival.objects.all()} == {b""}

    assert {one.state for one in calling.handled()} == {"handled"}

    assert naming() == set()
    assert "Good" in {json.loads(each)["content"] for each in _notes()}
    assert harness.sync(connection).state == "succeeded"
    assert naming() == set()


def _notes() -> list[str]:
    return list(Record.objects.filter(model="note", deleted_at__isnull=True).values_list("document", flat=True))


def test_what_arrived_before_and_waits_is_emptied_and_dropped(acme: Tenant):
    with calling.calling(acme) as (emulator, connection):
        keep(connection, candidate=1)
        emulator.change(next(iter(emulator.account.candidates.values())), first_name=MARKER)
        emulator.deliver(lambda delivery: post(delivery).status_code)
        (waits,) = Arrival.objects.all()
        assert waits.state == "waiting"

        switched(connection)
        assert naming() == set()
        arrivals.handle(waits.pk)

        waits.refresh_from_db()
        assert (waits.state, waits.error) == ("ignored", NOT_OURS)


def test_events_about_strangers_cost_no_call(cats):
    emulator, connection = cats
    feeds.begin_events(connection)
    emulator.change(stranger(emulator), first_name=MARKER)
    emulator.change(ours(emulator), first_name="Grace")
    since = len(emulator.calls)

    with opened(connection, by="run") as connector:
        counts = feeds.follow_events(connection, connector, cause="run")

    assert counts["candidate"]["changed"] == 1
    assert set(asked(emulator, since)) == {"GET events", f"GET candidates/{ours(emulator).id}"}
    assert naming() == set()


def test_where_the_budget_ends_within_a_page_what_was_asked_is_kept(acme: Tenant):
    with harness.mounted("homerun", harness.emulate("homerun", people=30)) as emulator, scope(tenant=acme):
        connection = harness.link(acme, "homerun", emulator)
        harness.sync(connection)
        people = Record.objects.filter(model="candidate").order_by("remote_id").values_list("remote_id", flat=True)
        for remote_id in people:
            keep(connection, candidate=remote_id, application=remote_id)
        switched(connection)
        emulator.limit = 20
        Budget.objects.update(limit=20, calls=[], open=[])
        since = len(emulator.calls)
        run = harness.started(connection)
        with time_machine.travel(timezone.now() + timedelta(minutes=10)) as traveller:
            while Run.objects.filter(pk=run.pk, ended_at__isnull=True).exists():
                engine.advance(run.pk)
                traveller.shift(timedelta(seconds=61))

        run.refresh_from_db()
        calls = [call.path for call in emulator.calls[since:] if "job-applications" in call.path]
        pages = Page.objects.filter(walk__run=run, walk__how="kept")
        assert run.state == "succeeded"
        assert sorted(calls) == sorted({f"/v2/job-applications/{remote_id}" for remote_id in people})
        assert pages.count() == 2


@pytest.mark.parametrize(
    ("owes", "asked_for", "begun"),
    [
        ("narrow", {"trigger": "settings", "kind": "remap"}, ("narrow", False)),
        ("narrow", {"trigger": "command", "full": True}, ("narrow", False)),
        ("full", {"trigger": "settings", "kind": "remap"}, ("complete", True)),
        ("full", {"trigger": "schedule"}, ("complete", True)),
        ("", {"trigger": "settings", "kind": "remap"}, ("remap", False)),
        ("", {"trigger": "command", "full": True}, ("complete", True)),
        ("", {"trigger": "schedule"}, ("quick", False)),
    ],
)
def test_a_run_is_first_what_is_owed_whatever_it_is_begun_for(
    acme: Tenant, owes: str, asked_for: dict[str, Any], begun: tuple[str, bool]
):
    with harness.mounted("homerun", harness.emulate("homerun", jobs=1, people=2)) as emulator, scope(tenant=acme):
        connection = harness.link(acme, "homerun", emulator)
        harness.sync(connection)
        Connection.objects.filter(pk=connection.pk).update(owes=owes)
        connection.refresh_from_db()

        run = schedule.start(connection, **asked_for)

        assert (run.kind, run.full) == begun
