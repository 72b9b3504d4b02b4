"""A question on the connection page: who sees it, who answers it, and what the answer is about."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.sync.models import Question
from atsbridge.tenants.models import AuditEntry, Tenant
from tests.conftest import Browser
from tests.dashboard import reading
from tests.sync import harness
from tests.thirdats.emulator import Emulator


@pytest.fixture
def harbor() -> Iterator[Emulator]:
    """The third ATS, emulated and in the registry."""
    with harness.with_harbor(), harness.mounted("harbor", harness.emulate("harbor")) as emulator:
        yield emulator


@pytest.fixture
def asked(acme: Tenant, harbor: Emulator) -> Question:
    """Harbor has lost 21 of its 60 people."""
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    del harbor.people[:21]
    harness.sync(connection)
    with scope(tenant=acme):
        return Question.objects.select_related("connection").get()


def health(connection: Connection, slug: str = "acme") -> str:
    return reverse("connection", args=[slug, connection.pk])


def address(question: Question, slug: str = "acme") -> str:
    return reverse("connection_question", args=[slug, question.connection_id, question.pk])


def test_the_page_asks_and_the_answer_deletes(alice: Browser, acme: Tenant, asked: Question):
    words = reading.text(reading.content(alice.get(health(asked.connection))))
    assert "Harbor no longer returns 21 of 60 candidates. Delete them here?" in words
    assert "and 9 more" in words

    answered = alice.post(address(asked), {"answer": "delete", "count": "21"}, follow=True)

    assert "They are being deleted" in reading.text(reading.content(answered))
    with scope(tenant=acme):
        asked.refresh_from_db()
        assert (asked.state, asked.person) == ("delete", alice.person)
        assert AuditEntry.objects.filter(kind="connection.deletions_confirmed").count() == 1


@pytest.mark.parametrize("count", ["20", "", "-1", "٢١", "9" * 40, "21\x00"])
def test_an_answer_to_another_list_is_none(alice: Browser, acme: Tenant, asked: Question, count: str):
    answered = alice.post(address(asked), {"answer": "delete", "count": count}, follow=True)

    assert "The list has changed since you looked" in reading.text(reading.content(answered))
    with scope(tenant=acme):
        asked.refresh_from_db()
    assert asked.state == "open"


def test_bob_sees_it_and_answers_nothing(bob: Browser, acme: Tenant, asked: Question):
    page = reading.content(bob.get(health(asked.connection)))
    assert "Delete them here?" in page
    assert "Delete 21" not in page

    assert bob.post(address(asked), {"answer": "delete", "count": "21"}).status_code == 403
    with scope(tenant=acme):
        asked.refresh_from_db()
    assert asked.state == "open"


def test_charlie_finds_nothing(charlie: Browser, globex: Tenant, acme: Tenant, asked: Question):
    for slug in ("acme", "globex"):
        assert charlie.post(address(asked, slug), {"answer": "delete", "count": "21"}).status_code == 404
    with scope(tenant=acme):
        asked.refresh_from_db()
    assert asked.state == "open"


def test_applications_are_called_after_whom_and_what_they_join(alice: Browser, acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    gone, harbor.applications = harbor.applications[:21], harbor.applications[21:]
    harness.sync(connection)
    people = {one.id: f"{one.first_name} {one.last_name}" for one in harbor.people}
    jobs = {one.id: one.title for one in harbor.jobs}
    called = {f"{people[one.person]} – {jobs[one.job]}" for one in gone}

    words = reading.text(reading.content(alice.get(health(connection))))

    assert "Harbor no longer returns 21 of 60 applications. Delete them here?" in words
    assert len([name for name in called if name in words]) > 6  # twelve are named, some alike


def test_what_went_already_is_said_where_it_made_a_few_too_many(alice: Browser, acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    del harbor.applications[:20]
    harness.sync(connection)
    del harbor.applications[:3]
    harness.sync(connection)

    words = reading.text(reading.content(alice.get(health(connection))))

    assert "Harbor no longer returns 3 of 40 applications. Delete them here?" in words
    assert "too many to believe without asking, with 20 that went within a day already." in words
