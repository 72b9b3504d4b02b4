"""Quick runs: whatever tells what is new, between the walks through everything, for few calls."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records.models import Record
from atsbridge.sync import engine, schedule
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant
from tests.connectors.cats.expected import expected as cats_truth
from tests.connectors.homerun.expected import expected as homerun_truth
from tests.sync import harness


@pytest.fixture(autouse=True)
def scoped(acme: Tenant) -> Iterator[None]:
    """These tests look into Acme's rows throughout."""
    with scope(tenant=acme):
        yield


@pytest.fixture
def cats() -> Iterator[Any]:
    """An emulated CATS with a few people."""
    with harness.mounted("cats", harness.emulate("cats", people=130)) as emulator:
        emulator.timely = True
        yield emulator


@pytest.fixture
def homerun() -> Iterator[Any]:
    """An emulated Homerun whose list of people fills several pages."""
    with harness.mounted("homerun", harness.emulate("homerun", people=450)) as emulator:
        emulator.timely = True
        yield emulator


def synced(acme: Tenant, slug: str, emulator: Any) -> Connection:
    connection = harness.link(acme, slug, emulator)
    assert harness.sync(connection).state == "succeeded"
    return connection


def look(connection: Connection) -> Run:
    """A run on schedule, done here."""
    connection.refresh_from_db()
    run = schedule.start(connection, "schedule")
    engine.run_whole(run.id)
    run.refresh_from_db()
    return run


def walks(run: Run) -> list[tuple[str, str, str, int]]:
    return [(walk.resource, walk.how, walk.state, walk.pages_read) for walk in run.walks.all()]


def test_a_look_at_cats_asks_for_events_and_for_what_changed(acme: Tenant, cats: Any):
    cats.options.dates_searchable = True
    connection, account = synced(acme, "cats", cats), cats.account
    since = len(cats.calls)
    ada = cats.person("Ada", "Lovelace")
    pipeline = next(iter(account.pipelines.values()))
    cats.move(pipeline, to=account.statuses_of(account.jobs[pipeline.job_id])[-1].title)
    cats.delete(list(account.pipelines.values())[7])

    run = look(connection)

    assert (run.kind, run.state, run.drift) == ("quick", "succeeded", {})
    assert harness.documents(connection).keys() == cats_truth(cats).keys()
    assert Record.objects.get(model="candidate", remote_id=str(ada.id)).deleted_at is None
    assert {resource: how for resource, how, *_ in walks(run)} == {
        "jobs": "since",
        "candidates": "since",
        "pipelines": "since",
        "activities": "since",
    }
    assert len(cats.calls) - since < 12


def test_where_people_cannot_be_searched_by_date_their_ids_tell_the_new_ones(acme: Tenant, cats: Any):
    cats.options.dates_searchable = False
    cats.options.events = "absent"
    connection = synced(acme, "cats", cats)
    ada = cats.person("Ada", "Lovelace")

    run = look(connection)

    assert [walk[:3] for walk in walks(run) if walk[0] == "candidates"] == [
        ("candidates", "since", "refused"),
        ("candidates", "newer", "walked"),
    ]
    assert (run.state, Record.objects.filter(model="candidate", remote_id=str(ada.id)).count()) == ("succeeded", 1)
    assert [walk[1] for walk in walks(look(connection)) if walk[0] == "candidates"] == ["newer"]


def test_a_look_at_homerun_reads_the_head_of_its_list_and_the_rows_of_open_jobs(acme: Tenant, homerun: Any):
    connection = synced(acme, "homerun", homerun)
    ada = homerun.person("Ada", "Lovelace", job=next(job for job in homerun.jobs if job.status == "public"))
    moved = next(each for each in homerun.people if (job := homerun.job_of(each)) and job.status == "public")
    homerun.move(moved, homerun.job_of(moved).stages[-1].name)

    run = look(connection)

    assert (run.kind, run.state) == ("quick", "succeeded")
    assert ("job-applications", "head", "walked", 2) in walks(run)
    assert harness.documents(connection, model="application").keys() == {
        key for key in homerun_truth(homerun) if key[0] == "application"
    }
    assert Record.objects.filter(model="candidate", remote_id=ada.id).exists()


def test_what_is_missing_from_the_rows_of_open_jobs_is_asked_for_at_its_address(acme: Tenant, homerun: Any):
    connection = synced(acme, "homerun", homerun)
    open_ = [each for each in homerun.people if (job := homerun.job_of(each)) and job.status == "public"]
    gone, pooled = open_[:2]
    homerun.delete(gone)
    homerun.to_pool(pooled)
    since = len(homerun.calls)

    look(connection)

    asked = {call.path for call in homerun.calls[since:]}
    assert {f"/v2/job-applications/{gone.id}", f"/v2/job-applications/{pooled.id}"} <= asked
    live = Record.objects.filter(deleted_at__isnull=True)
    assert not live.filter(remote_id=gone.id).exists()
    assert set(live.filter(remote_id=pooled.id).values_list("model", flat=True)) == {"candidate"}


def test_everything_is_walked_again_when_it_is_time(acme: Tenant, cats: Any):
    connection = synced(acme, "cats", cats)
    assert look(connection).kind == "quick"

    with time_machine.travel(timezone.now() + timedelta(minutes=schedule.plan(connection).complete)):
        assert look(connection).kind == "complete"


def test_who_asks_gets_everything_where_the_budget_carries_it_else_what_is_new(acme: Tenant, cats: Any):
    connection = synced(acme, "cats", cats)
    assert harness.sync(connection).kind == "complete"
    Run.objects.filter(connection=connection).update(calls=harness.ROOMY * 2)

    assert harness.sync(connection).kind == "quick"


def test_what_a_quick_look_missed_is_drift_of_the_next_walk(acme: Tenant, cats: Any):
    cats.options.events = "absent"
    connection = synced(acme, "cats", cats)
    pipeline = next(iter(cats.account.pipelines.values()))
    cats.delete(pipeline)
    look(connection)

    run = harness.sync(connection)

    assert run.drift == {"application": {"surplus": 1}}
