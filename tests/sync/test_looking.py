"""Looking at one record: its own address decides, and nothing that was read since is overwritten or taken away."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.opening import opened
from atsbridge.records.models import Change, Record
from atsbridge.sync import walking
from atsbridge.sync.looking import Looked, look, look_many
from atsbridge.sync.models import Signal
from tests.records import factory
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cats(acme):
    with harness.mounted("cats", harness.emulate("cats", jobs=2, people=4)) as emulator, scope(tenant=acme):
        connection = harness.link(acme, "cats", emulator)
        harness.sync(connection)
        yield emulator, connection


def looked(connection, slug, remote_id, **more):
    """One look, as a webhook causes it."""
    with opened(connection, by="webhook") as connector:
        return look(connection, connector, connector.resource(slug), str(remote_id), cause="webhook", **more)


def alive(model):
    return set(Record.objects.filter(model=model, deleted_at__isnull=True).values_list("remote_id", flat=True))


def test_what_changed_is_stored_and_says_by_what(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    emulator.change(person, first_name="Grace")

    found = looked(connection, "candidates", person.id)

    assert found == Looked(frozenset({"candidate"}), {"candidate": {"read": 1, "changed": 1}}, 1)
    event = Change.objects.get(cause="webhook")
    assert (event.kind, event.model, json.loads(event.after)["first_name"]) == ("updated", "candidate", "Grace")
    assert harness.sync(connection).counts["candidate"] == {"read": 4}


def test_what_its_address_no_longer_knows_goes_with_what_it_owns_and_nothing_else(cats):
    emulator, connection = cats
    job = next(iter(emulator.account.jobs.values()))
    namesake = factory.make(connection, "department", str(job.id), name="Same number", columns={"resource": "jobs"})
    stages = Record.objects.filter(model="job_stage", deleted_at__isnull=True).count()
    emulator.delete(job)

    found = looked(connection, "jobs", job.id)

    assert (found.kept, found.calls) == (frozenset(), 1)
    assert found.counts == {"job": {"deleted": 1}, "job_stage": {"deleted": stages - len(alive("job_stage"))}}
    assert str(job.id) not in alive("job")
    assert not {one for one in alive("job_stage") if one.startswith(f"{job.id}:")}
    namesake.refresh_from_db()
    assert namesake.deleted_at is None


def test_what_was_read_since_the_address_was_asked_stays(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    emulator.delete(person)
    Record.objects.filter(model="candidate").update(read_at=timezone.now() + timedelta(seconds=5))

    found = looked(connection, "candidates", person.id)

    assert (found.kept, found.counts) == (frozenset(), {})
    assert str(person.id) in alive("candidate")


def test_a_record_that_was_unknown_is_made_and_one_that_comes_back_keeps_its_id(cats):
    emulator, connection = cats
    ada = emulator.person("Ada", "Lovelace")

    looked(connection, "candidates", ada.id)
    first = Record.objects.get(remote_id=str(ada.id))
    emulator.delete(ada)
    looked(connection, "candidates", ada.id)
    emulator.account.candidates[ada.id] = ada
    looked(connection, "candidates", ada.id)

    assert list(Change.objects.filter(record=first.id).order_by("id").values_list("kind", flat=True)) == [
        "created", "deleted", "created",
    ]  # fmt: skip


def test_what_belongs_into_the_transaction_stands_or_falls_with_it(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    emulator.change(person, first_name="Grace")
    before = harness.kept(connection)

    def refuse(hold, found):
        assert (hold.cause, found.counts) == ("webhook", {"candidate": {"read": 1, "changed": 1}})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        looked(connection, "candidates", person.id, also=refuse)

    assert harness.kept(connection) == before


def test_a_connection_that_was_paused_meanwhile_is_left_alone(cats):
    emulator, connection = cats
    person = next(iter(emulator.account.candidates.values()))
    emulator.delete(person)
    states.pause(connection)

    with pytest.raises(walking.Stopped, match="The connection is paused"):
        looked(connection, "candidates", person.id)

    assert str(person.id) in alive("candidate")


def many(connection, slug, remote_ids):
    with opened(connection, by="run") as connector:
        ids = [str(each) for each in remote_ids]
        return look_many(connection, connector, connector.resource(slug), ids, cause="run")


def test_several_are_asked_for_together_and_what_the_answer_lacks_alone(cats):
    emulator, connection = cats
    ada, bob, gone, _ = emulator.account.candidates.values()
    for person in (ada, bob):
        emulator.change(person, first_name="Grace")
    emulator.delete(gone)
    since = len(emulator.calls)

    counts = many(connection, "candidates", [ada.id, bob.id, gone.id, ada.id])

    asked = [f"{call.method} {call.path.removeprefix('/v3/')}" for call in emulator.calls[since:]]
    assert asked == ["POST candidates/search", f"GET candidates/{gone.id}"]
    assert counts["candidate"] == {"read": 2, "changed": 2, "deleted": 1}
    assert alive("candidate") == {str(number) for number in emulator.account.candidates}


def test_a_list_that_takes_no_such_question_is_asked_one_by_one_from_then_on(cats):
    emulator, connection = cats
    emulator.options.ids_searchable = False
    ids, since = list(emulator.account.candidates)[:2], len(emulator.calls)

    many(connection, "candidates", ids)
    many(connection, "candidates", ids)
    many(connection, "users", list(emulator.account.users)[:2])

    asked = [call.path.removeprefix("/v3/") for call in emulator.calls[since:]]
    alone = [f"candidates/{number}" for number in ids]
    assert asked == ["candidates/search", *alone, *alone, *(f"users/{n}" for n in list(emulator.account.users)[:2])]
    assert Signal.objects.get(name="candidates.ids").why
