"""Too many deletions at once are a person's to decide: a question lists them, and the answer is about that list."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Change, Record
from atsbridge.sync import questions
from atsbridge.sync.models import Nomination, Question
from atsbridge.tenants.models import Tenant
from tests.conftest import Browser
from tests.sync import harness
from tests.thirdats.emulator import Emulator


@pytest.fixture
def synced(acme: Tenant, harbor: Emulator) -> Connection:
    """Harbor's account after its first run."""
    connection = harness.link(acme, "harbor", harbor)
    assert harness.sync(connection).state == "succeeded"
    return connection


@pytest.fixture(autouse=True)
def scoped(acme: Tenant) -> Iterator[None]:
    """These tests look into Acme's rows throughout."""
    with scope(tenant=acme):
        yield


def alive(model: str = "candidate") -> int:
    return Record.objects.filter(model=model, deleted_at__isnull=True).count()


def asked(connection: Connection) -> list[tuple[str, str, int, int]]:
    rows = Question.objects.filter(connection=connection).order_by("asked_at")
    return list(rows.values_list("model", "state", "count", "total"))


def test_an_implausible_share_deletes_nothing_and_asks(harbor: Emulator, synced: Connection):
    del harbor.people[:21]
    since = len(harbor.calls)

    run = harness.sync(synced)

    assert (run.state, alive()) == ("succeeded", 60)
    assert asked(synced) == [("candidate", "open", 21, 60)]
    assert not [call for call in harbor.calls[since:] if call.path.startswith("/v1/people/")]


def test_asking_again_changes_nothing_and_the_rest_goes_on_syncing(harbor: Emulator, synced: Connection):
    del harbor.people[:21]
    harness.sync(synced)
    harbor.people[0].first_name = "Renamed"

    harness.sync(synced)

    assert asked(synced) == [("candidate", "open", 21, 60)]
    assert Record.objects.get(remote_id=str(harbor.people[0].id), model="candidate").title.startswith("Renamed")


def test_an_answer_deletes_the_listed_ones_and_no_other(harbor: Emulator, synced: Connection, alice: Browser):
    listed = {str(person.id) for person in harbor.people[:21]}
    del harbor.people[:21]
    harness.sync(synced)
    question = Question.objects.get()

    assert questions.answer(question, delete=True, count=21, person=alice.person)
    assert not questions.answer(question, delete=False, count=21, person=alice.person)
    harness.sync(synced)

    gone = Record.objects.filter(model="candidate", deleted_at__isnull=False)
    assert set(gone.values_list("remote_id", flat=True)) == listed
    assert asked(synced) == [("candidate", "done", 21, 60)]
    assert set(Change.objects.filter(kind="deleted", model="candidate").values_list("cause", "cause_id")) == {
        ("answer", question.id)
    }
    assert not Nomination.objects.filter(model="candidate").exists()


def test_what_comes_back_leaves_the_list(harbor: Emulator, synced: Connection, alice: Browser):
    gone = harbor.people[:25]
    del harbor.people[:25]
    harness.sync(synced)
    harbor.people[:0] = gone[:3]
    harness.sync(synced)
    question = Question.objects.get()

    assert asked(synced) == [("candidate", "open", 22, 60)]
    with pytest.raises(questions.Moved):
        questions.answer(question, delete=True, count=25, person=alice.person)

    harbor.people[:0] = gone[3:]
    harness.sync(synced)

    assert asked(synced) == [("candidate", "moot", 0, 60)]
    assert alive() == 60


def test_what_is_to_stay_is_not_asked_about_again(harbor: Emulator, synced: Connection, alice: Browser):
    del harbor.people[:21]
    harness.sync(synced)
    questions.answer(Question.objects.get(), delete=False, count=21, person=alice.person)

    for _ in range(3):
        harness.sync(synced)

    assert asked(synced) == [("candidate", "keep", 21, 60)]
    assert alive() == 60


def test_deletions_of_a_day_count_together(harbor: Emulator, synced: Connection):
    for share in (15, 15):
        del harbor.people[:share]
        harness.sync(synced)

    assert alive() == 45
    assert asked(synced) == [("candidate", "open", 15, 45)]
    Question.objects.all().delete()
    Nomination.objects.all().delete()

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        harness.sync(synced)
    assert alive() == 30
