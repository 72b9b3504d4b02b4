"""A page that says what it said is not looked at row by row, and nothing that happened meanwhile is missed for it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records import retiring, stamps
from atsbridge.records.models import Record, SetAside
from atsbridge.sync.models import Page, Run
from atsbridge.tenants.models import Tenant
from tests.sync import harness
from tests.sync.test_moving import Moving
from tests.thirdats.emulator import Emulator


@pytest.fixture
def homerun() -> Iterator[Any]:
    """An emulated Homerun whose people fill two pages and a bit."""
    with harness.mounted("homerun", harness.emulate("homerun", people=230)) as emulator:
        yield emulator


@pytest.fixture
def synced(acme: Tenant, homerun: Any) -> Connection:
    """Its account after a first run."""
    connection = harness.link(acme, "homerun", homerun)
    assert harness.sync(connection).state == "succeeded"
    return connection


@pytest.fixture(autouse=True)
def scoped(acme: Tenant) -> Iterator[None]:
    """These tests look into Acme's rows throughout."""
    with scope(tenant=acme):
        yield


def looks(connection: Connection, *, full: bool = False) -> tuple[Run, int]:
    """A run, and how often it looked at the digests of rows."""
    with CaptureQueriesContext(database) as captured:
        run = harness.sync(connection, full=full)
    glances = [each for each in captured.captured_queries if '"id", "records_record"."digest"' in each["sql"]]
    return run, len(glances)


def pages(run: Run, resource: str) -> list[Page]:
    return list(Page.objects.filter(walk__run=run, walk__resource=resource).order_by("number"))


def candidate(person: Any) -> Record:
    return Record.objects.get(model="candidate", remote_id=person.id)


def name_of(person: Any) -> str:
    return str(json.loads(candidate(person).document)["first_name"])


def test_pages_that_say_what_they_said_come_to_what_they_came_to(synced: Connection):
    before, first = harness.kept(synced), Run.objects.get()

    run, glances = looks(synced)

    assert (run.state, run.drift, glances) == ("succeeded", {}, 0)
    assert harness.kept(synced) == before
    assert {model: found["read"] for model, found in first.counts.items()} == {
        model: found["read"] for model, found in run.counts.items()
    }
    for resource in ("vacancies", "job-applications"):
        was, now = pages(first, resource), pages(run, resource)
        assert [(one.params, one.rows, bytes(one.ids), one.mark) for one in was] == [
            (one.params, one.rows, bytes(one.ids), one.mark) for one in now
        ]
        assert all(one.mark for one in now)


def test_only_the_page_that_differs_is_looked_at(homerun: Any, synced: Connection):
    homerun.people[120].first_name = "Changed"

    run, glances = looks(synced)

    assert (run.drift, glances) == ({"candidate": {"stale": 1}}, 1)
    assert name_of(homerun.people[120]) == "Changed"
    assert looks(synced)[1] == 0


def test_a_full_run_looks_at_every_row(synced: Connection):
    assert looks(synced, full=True)[1] > 0


def test_what_changed_here_and_went_back_there_is_put_right(homerun: Any, synced: Connection):
    """The list never showed the newer name: only a detail did."""
    person = homerun.people[0]
    was, person.first_name = person.first_name, "Newer"
    harness.read_detail(candidate(person))
    assert name_of(person) == "Newer"
    person.first_name = was

    harness.sync(synced)

    assert name_of(person) == was


def test_a_page_that_was_older_than_what_is_known_counts_when_it_says_the_same_again(homerun: Any, synced: Connection):
    person = homerun.people[0]
    person.first_name = "Newer"
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        harness.read_detail(candidate(person))
    person.first_name = "Older"
    run = harness.sync(synced)
    assert (name_of(person), [bool(page.mark) for page in pages(run, "job-applications")].count(False)) == ("Newer", 1)

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        harness.sync(synced)

    assert name_of(person) == "Older"


def test_a_page_of_which_a_row_slid_to_the_next_and_changed_is_looked_at_again(acme: Tenant, settings: Any):
    settings.STORE_SECONDS = 60
    moving = Moving(harness.emulate("homerun", people=150), "job-applications")
    people = moving.emulator.people
    person, was = people[99], people[99].first_name

    def slide() -> None:
        moving.emulator.person("New", "Comer")
        person.first_name = "Newer"

    with harness.mounted("homerun", moving):
        connection = harness.link(acme, "homerun", moving.emulator)
        for _ in range(2):
            moving.planned, moving.asked = {1: [slide]}, 0
            harness.sync(connection)
            assert name_of(person) == "Newer"
            moving.emulator.delete(next(one for one in people if one.last_name == "Comer"))
            person.first_name = was

            moving.planned = {}
            harness.sync(connection)

            assert name_of(person) == was


@pytest.mark.parametrize("gone", ["deleted", "purged"])
def test_what_went_here_and_is_still_listed_comes_back(homerun: Any, synced: Connection, gone: str):
    before = harness.documents(synced)
    record = candidate(homerun.people[30])
    if gone == "deleted":
        with transaction.atomic():
            retiring.retire(stamps.hold(synced, "settings"), [record.id])
    else:
        record.delete()
    assert harness.documents(synced) != before

    harness.sync(synced)

    assert harness.documents(synced) == before


def test_a_page_of_which_a_row_is_set_aside_is_looked_at_again(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    harbor.applications[0].person = None  # type: ignore[assignment]

    for _ in range(2):
        run = harness.sync(connection)
        first, *_, last = pages(run, "applications")
        assert (bool(first.mark), bool(last.mark)) == (False, True)
        assert run.counts["application"] == {"read": 59, "set_aside": 1}


def test_a_row_that_was_set_aside_elsewhere_is_taken_up(homerun: Any, synced: Connection):
    SetAside.objects.create(
        tenant=synced.tenant,
        connection=synced,
        resource="job-applications",
        remote_id=homerun.people[0].id,
        digest="a",
        reason="A webhook brought it in pieces",
        row="{}",
    )

    harness.sync(synced)

    assert not SetAside.objects.exists()


def test_a_change_of_what_is_read_makes_every_page_be_looked_at(synced: Connection):
    before, reads = harness.documents(synced, model="application"), synced.reads
    Connection.objects.update(reads=[model for model in reads if model != "application"])
    harness.sync(synced)
    assert not harness.documents(synced, model="application")
    Connection.objects.update(reads=reads)

    harness.sync(synced)

    assert harness.documents(synced, model="application") == before


def test_links_that_are_signed_anew_make_no_other_page(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    was, now = (pages(harness.sync(connection), "people") for _ in range(2))

    assert [page.mark for page in was] == [page.mark for page in now] != [""] * 3


def test_windows_are_known_again_like_pages(acme: Tenant):
    with harness.mounted("cats", harness.emulate("cats", people=230)) as cats:
        connection = harness.link(acme, "cats", cats)
        for _ in range(2):
            harness.sync(connection)
        before = harness.documents(connection)
        people = list(cats.account.candidates.values())
        cats.change(people[150], first_name="Changed")

        run, glances = looks(connection)

        assert (run.drift, name_of(people[150])) == ({"candidate": {"stale": 1}}, "Changed")
        assert glances < len(Page.objects.filter(walk__run=run))
        assert len(harness.documents(connection)) == len(before)


def test_where_rows_are_passed_by_no_page_is_known_again(acme: Tenant, homerun: Any):
    connection = harness.link(acme, "homerun", homerun, only_ours=True)
    runs = [harness.sync(connection) for _ in range(2)]

    assert Page.objects.filter(walk__run__in=runs).exists()
    assert not Page.objects.filter(walk__run__in=runs).exclude(mark="").exists()


def test_more_rows_are_taken_together_after_some_that_changed_nothing(acme: Tenant, settings: Any):
    settings.STORE_SECONDS = 60
    with harness.mounted("homerun", harness.emulate("homerun", people=1500)) as homerun:
        connection = harness.link(acme, "homerun", homerun)
        first, second = (pages(harness.sync(connection), "job-applications") for _ in range(2))

    assert [len(list(some)) for _, some in groupby(first, lambda page: page.stamp)] == [3, 3, 3, 3, 3]
    assert [len(list(some)) for _, some in groupby(second, lambda page: page.stamp)] == [3, 6, 6]
