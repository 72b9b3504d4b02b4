"""The tenant's home and the list of connections."""

import re

import pytest
from django.urls import reverse
from django_scopes import scope

from atsbridge.connections import states, unlinking
from atsbridge.connections.models import Connection
from atsbridge.records.models import SetAside, Total
from atsbridge.sync import schedule
from atsbridge.sync.models import Question, Run
from tests.dashboard import reading
from tests.dashboard.test_linking import words
from tests.records import factory

OVERVIEW, CONNECTIONS = reverse("overview", args=["acme"]), reverse("connections", args=["acme"])


@pytest.fixture
def several(acme):
    """Three connections with some counts."""
    with scope(tenant=acme):
        made = [
            Connection.objects.create(tenant=acme, connector=slug, label=label, fingerprint=label, reads=["job"])
            for slug, label in (("homerun", "Amsterdam"), ("cats", "Berlin"), ("cats", "Nordics"))
        ]
        for number, connection in enumerate(made, 1):
            Total.objects.create(tenant=acme, connection=connection, model="job", count=number * 1000)
        return made


def test_an_empty_home_leads_to_the_next_step(alice, bob, acme):
    assert f'href="{reverse("link", args=["acme"])}"' in alice.get(OVERVIEW).content.decode()
    said = words(bob.get(OVERVIEW))
    assert "Nothing is linked yet" in said
    assert "Link account" not in said


def test_every_connection_with_state_looks_calls_and_counts(alice, acme, several):
    with scope(tenant=acme):
        schedule.start(several[1], "person")
        states.pause(several[2])

    said = words(alice.get(OVERVIEW))

    assert re.search(r"Amsterdam Active Last change seen .* Next look soon Calls 0 of 60 this minute Jobs 1,000", said)
    assert re.search(r"Berlin Waiting .* Next look first sync running Calls 0 of 500 this hour Jobs 2,000", said)
    assert re.search(r"Nordics Paused .* Next look when resumed Calls 0 of 500 this hour Jobs 3,000", said)
    assert "Needs a person" not in said


def test_only_what_needs_a_person_stands_above_them_the_broken_first(alice, bob, acme, several):
    with scope(tenant=acme):
        SetAside.objects.create(tenant=acme, connection=several[0], resource="x", digest="d", reason="r", row="{}")
        states.needs_relink(several[1], "CATS refuses this key.")
        Run.objects.create(
            tenant=acme,
            connection=several[2],
            state="partial",
            ended_at="2026-11-19T09:00Z",
        )
        Question.objects.create(tenant=acme, connection=several[2], model="job", count=30, total=40)

    said = words(alice.get(OVERVIEW))

    titles = [
        "Needs a person 4",
        "Berlin needs relinking",
        "1 row of Amsterdam set aside",
        "The last sync of Nordics was done in part",
        "A question about Nordics",
    ]
    places = [said.find(title) for title in titles]
    assert -1 not in places
    assert places == sorted(places)
    assert "CATS refuses this key. Nothing new arrives until it is relinked" in said
    assert "Relink Berlin" in said
    assert "Relink Berlin" not in words(bob.get(OVERVIEW))


def test_unlinked_connections_leave_home_but_stay_in_the_list(alice, acme, several):
    with scope(tenant=acme):
        unlinking.unlink(several[0])

    assert "Amsterdam" not in words(alice.get(OVERVIEW))
    assert re.search(r"Amsterdam Unlinking .* never; its records go \d", words(alice.get(CONNECTIONS)))


def test_it_looks_again_only_while_something_runs(alice, acme, several):
    for page in (OVERVIEW, CONNECTIONS):
        assert "every 5s" not in alice.get(page).content.decode()
    with scope(tenant=acme):
        schedule.start(several[0], "person")
    for page in (OVERVIEW, CONNECTIONS):
        fragment = alice.get(page, headers={"HX-Request": "true"}).content.decode()
        assert 'hx-trigger="every 5s"' in fragment
        assert "<html" not in fragment


def test_nobody_sees_anothers_connections(charlie, globex, several):
    assert charlie.get(OVERVIEW).status_code == 404
    assert "Amsterdam" not in words(charlie.get(reverse("overview", args=["globex"])))


@pytest.mark.parametrize("page", [OVERVIEW, CONNECTIONS])
def test_three_connections_cost_as_many_queries_as_one(alice, acme, several, page, django_assert_num_queries):
    from django.db import connection as database
    from django.test.utils import CaptureQueriesContext

    alice.get(page)
    with CaptureQueriesContext(database) as three:
        alice.get(page)
    with scope(tenant=acme):
        for one in several[1:]:
            one.delete()
    with django_assert_num_queries(len(three)):
        alice.get(page)


def test_the_open_jobs_that_changed_last_stand_below_with_their_applications(alice, acme):
    homerun = factory.connect(acme, label="Homerun – Berlin")
    for number in range(8):
        factory.make(homerun, "job", f"j{number}", name=f"Job {number}", status="CLOSED" if number == 6 else "OPEN")
    for name, outcome in (("a", "PENDING"), ("b", "PENDING"), ("c", "HIRED")):
        factory.make(homerun, "application", name, candidate_id=name, job_id="j7", outcome=outcome)

    page = alice.get(OVERVIEW)

    _, *rows = [row[:5] for row in reading.table(page, "Open jobs that changed last")]
    assert rows[0] == ["Job 7", "h Homerun – Berlin", "3", "2", "1"]
    assert [row[0] for row in rows] == ["Job 7", "Job 5", "Job 4", "Job 3", "Job 2", "Job 1"]
