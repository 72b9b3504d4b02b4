"""A run takes page after page, a few of them one transaction, and says what came of it."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, transaction
from django.db import connection as database
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.models import Exchange
from atsbridge.connections.opening import opened
from atsbridge.records.models import Change, Record, Total
from atsbridge.sync import engine, schedule, sweeping
from atsbridge.sync.models import Page, Run
from atsbridge.sync.packing import unpack
from atsbridge.tenants.models import Tenant
from tests.connectors.harbor.expected import expected
from tests.sync import harness
from tests.thirdats.emulator import Emulator
from tests.thirdats.emulator_truth import Person


def counts(**models: dict[str, int]) -> dict[str, dict[str, int]]:
    return models


def test_a_run_says_what_it_read_and_what_it_cost(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)

    run = harness.sync(connection)

    assert (run.state, run.error, run.phase, run.first, run.number) == ("succeeded", "", "done", True, 1)
    assert run.counts == counts(
        department={"read": 3, "created": 3},
        user={"read": 3, "created": 3},
        job={"read": 6, "created": 6},
        application_stage={"read": 20, "created": 4},
        job_stage={"read": 20, "created": 20},
        candidate={"read": 60, "created": 60},
        application={"read": 60, "created": 60},
    )
    assert run.calls == len(harbor.calls)
    with scope(tenant=acme):
        assert {total.model: total.count for total in Total.objects.all()} == {
            model: some["created"] for model, some in run.counts.items()
        }
        walks = [(w.resource, w.state, w.pages_read, w.rows_read, w.total) for w in run.walks.all()]
        assert walks == [
            ("departments", "walked", 1, 3, None),
            ("users", "walked", 1, 3, None),
            ("jobs", "walked", 1, 6, 6),
            ("people", "walked", 3, 60, 60),
            ("applications", "walked", 3, 60, 60),
        ]
        by_walk = {(e.walk, e.path) for e in Exchange.objects.exclude(method="POST")}
        assert by_walk == {(name, name) for name, *_ in walks}


def test_each_page_keeps_its_request_and_the_ids_that_it_carried(acme: Tenant, harbor: Emulator):
    run = harness.sync(harness.link(acme, "harbor", harbor))

    with scope(tenant=acme):
        pages = Page.objects.filter(walk__run=run, walk__resource="people").order_by("number")
        assert [page.params for page in pages] == [
            {"per": 20},
            {"per": 20, "after": "20"},
            {"per": 20, "after": "40"},
        ]
        assert [unpack(bytes(page.ids)) for page in pages] == [
            {"candidate": [str(person.id) for person in harbor.people[start : start + 20]]} for start in (0, 20, 40)
        ]
        assert [page.counts for page in pages] == [{"candidate": {"read": 20, "created": 20}}] * 3


def test_exactly_what_changed_is_announced(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    moved, renamed = harbor.applications[3], harbor.people[5]
    before = moved.step
    moved.step = "st_offer" if before != "st_offer" else "st_talk"
    renamed.first_name = "Renamed"
    new = harbor.person("Ada", "Lovelace")

    run = harness.sync(connection)

    with scope(tenant=acme):
        events = [
            (event.model, event.kind, json.loads(event.before), json.loads(event.after), event.cause_id)
            for event in Change.objects.filter(kind="updated").order_by("id")
        ]
        made = Change.objects.filter(kind="created").values_list("model", "record")
        assert {Record.objects.get(pk=key).remote_id for _, key in made} == {str(new.id), str(new.id + 900)}
    old_name = expected(harness.emulate("harbor"))["candidate", str(renamed.id)]["first_name"]
    assert events == [
        ("candidate", "updated", {"first_name": old_name}, {"first_name": "Renamed"}, run.id),
        ("application", "updated", {"current_stage_id": before}, {"current_stage_id": moved.step}, run.id),
    ]
    assert run.counts["candidate"] == {"read": 61, "created": 1, "changed": 1}


def test_the_first_pass_announces_each_model_once_and_no_record(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)

    with scope(tenant=acme):
        events = list(Change.objects.order_by("number").values_list("number", "kind", "model"))
        told = {
            model: (json.loads(after)["count"], at)
            for model, after, at in Change.objects.exclude(model="").values_list("model", "after", "at")
        }
        totals = Total.objects.values_list("model", "count", "listed_at")
        assert told == {model: (count, listed_at) for model, count, listed_at in totals}
    made = ["department", "user", "job", "application_stage", "job_stage", "candidate", "application"]
    assert [kind for _, kind, _ in events] == [
        *(f"{model}.listed" for model in made), "sync.finished", "connection.linked",
    ]  # fmt: skip
    assert [number for number, _, _ in events] == list(range(1, len(events) + 1))


def test_a_first_pass_that_was_partial_is_over_too(acme: Tenant, harbor: Emulator):
    harbor.scopes.discard("directory")
    connection = harness.link(acme, "harbor", harbor)
    assert harness.sync(connection).state == "partial"
    before = harness.kept(connection)
    assert harness.sync(connection).state == "partial"
    assert harness.kept(connection) == before

    person = harbor.person("Grace", "Hopper")
    harness.sync(connection)

    with scope(tenant=acme):
        assert Change.objects.filter(kind="created", model="candidate").count() == 1
        assert Record.objects.filter(model="candidate", remote_id=str(person.id)).exists()


def test_a_connection_has_one_running_sync_and_who_asks_again_joins_it(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    with scope(tenant=acme):
        run = schedule.start(connection, "person")
        assert schedule.start(connection, "schedule") == run
        with pytest.raises(IntegrityError), transaction.atomic():
            Run.objects.create(tenant=acme, connection=connection)


def test_the_next_run_is_planned_with_jitter_and_starts_by_itself(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    ended = harness.sync(connection).ended_at
    assert ended is not None
    assert connection.next_run_at is not None
    pause = connection.next_run_at - ended
    assert timedelta(minutes=15) <= pause < timedelta(minutes=17)

    with time_machine.travel(connection.next_run_at + timedelta(seconds=1)):
        sweeping.sweep()
        with scope(tenant=acme):
            assert [run.trigger for run in Run.objects.filter(ended_at__isnull=True)] == ["schedule"]


@pytest.mark.parametrize(
    ("stop", "ends"),
    [(states.pause, "cancelled"), (lambda one: states.needs_relink(one, "It was revoked"), "failed")],
)
def test_a_run_ends_at_its_page_when_its_connection_stops(
    acme: Tenant, harbor: Emulator, monkeypatch: pytest.MonkeyPatch, stop: Any, ends: str
):
    monkeypatch.setattr(engine, "SLICE_PAGES", 1)
    connection = harness.link(acme, "harbor", harbor)
    run = harness.until(connection, lambda run: run.walks.filter(state="walked").count() == 2)
    asked = len(harbor.calls)
    with scope(tenant=acme):
        stop(connection)
        assert engine.advance(run.id) is False
        run.refresh_from_db()
    assert run.state == ends
    assert len(harbor.calls) == asked


def test_a_page_that_fails_while_it_is_written_leaves_nothing_of_itself(acme: Tenant, harbor: Emulator):
    """The checkpoint cannot be written, so neither records nor events nor totals of that page are."""
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    before = harness.kept(connection)
    harbor.departments[0].name = "Renamed"

    def broken(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "sync_page"'):
            raise OperationalError("the disk is full")
        return execute(sql, *rest)

    run = harness.started(connection)
    with scope(tenant=acme):
        with database.execute_wrapper(broken), pytest.raises(OperationalError):
            engine.advance(run.id)
        assert harness.kept(connection) == before
        run.refresh_from_db()
        assert run.waits_for.startswith("This installation failed (OperationalError)")

    with time_machine.travel(timezone.now() + timedelta(minutes=1)), scope(tenant=acme):
        engine.run_whole(run.id)
        assert Change.objects.filter(kind="updated").count() == 1


@pytest.mark.parametrize(("people", "pages"), [(45, 3), (400, 6)], ids=["as_many_rows_as_there_are", "five_in_a_row"])
def test_a_provider_that_answers_the_same_page_again_and_again_is_left(
    acme: Tenant, harbor: Emulator, people: int, pages: int
):
    connection = harness.link(acme, "harbor", harbor)
    harbor.people = [Person(number, "Ada", f"Number {number}") for number in range(people)]
    harbor.stuck = True

    run = harness.sync(connection)

    assert run.state == "partial"
    with scope(tenant=acme):
        walk = run.walks.get(resource="people")
        assert (walk.state, walk.pages_read) == ("failed", pages)
        assert walk.error == "The provider answers the same page again and again"


@pytest.mark.parametrize(
    ("wait", "attempts", "transactions"), [(60, 0, 1), (0, 0, 3), (60, 1, 3)], ids=["quick", "slow", "after a failure"]
)
def test_pages_that_come_quickly_are_stored_together_unless_something_went_wrong(
    acme: Tenant, harbor: Emulator, settings: Any, wait: int, attempts: int, transactions: int
):
    settings.STORE_SECONDS = wait
    run = harness.started(harness.link(acme, "harbor", harbor))
    with scope(tenant=acme):
        run.attempts = attempts
        run.phase = "walks"
        run.save()
        engine.advance(run.pk)

        assert len(set(Record.objects.filter(model="candidate").values_list("changed_at", flat=True))) == transactions
        pages = Page.objects.filter(walk__resource="people").order_by("number")
        assert [(page.rows, page.counts) for page in pages] == [(20, counts(candidate={"read": 20, "created": 20}))] * 3


def test_pages_that_came_before_a_failure_are_stored(acme: Tenant, harbor: Emulator, settings: Any):
    settings.STORE_SECONDS = 60
    connection = harness.link(acme, "harbor", harbor)
    harbor.fail("403", times=1, path="after=40")

    run = harness.sync(connection)

    with scope(tenant=acme):
        walk = run.walks.get(resource="people")
        assert (run.state, walk.state, walk.pages_read, walk.params["after"]) == ("partial", "failed", 2, "40")
        assert Record.objects.filter(model="candidate").count() == 40


def test_a_full_run_maps_unchanged_rows_too_and_writes_none(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    before = harness.kept(connection)

    run = harness.sync(connection, full=True)

    assert run.full
    assert harness.kept(connection) == before


def test_what_was_asked_before_something_newer_was_stored_does_not_overwrite_it(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    person = harbor.people[0]
    person.first_name = "Newer"
    with scope(tenant=acme):
        record = Record.objects.select_related("connection", "tenant").get(model="candidate", remote_id=str(person.id))
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        harness.read_detail(record)
    person.first_name = "Older"

    harness.sync(connection)

    with scope(tenant=acme):
        record.refresh_from_db()
    assert json.loads(record.document)["first_name"] == "Newer"


def test_a_page_with_an_expired_token_is_asked_for_again_with_a_new_one(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    harbor.expire()
    given = harbor.tokens_given

    run = harness.sync(connection)

    assert run.state == "succeeded"
    assert harbor.tokens_given == given + 1
    assert connection.state == "active"


def test_a_token_that_expires_while_a_failure_is_waited_out_is_renewed_too(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    harbor.expire()
    harbor.fail("503", times=1)

    assert harness.sync(connection).state == "succeeded"
    assert connection.state == "active"


@pytest.mark.django_db(transaction=True)
def test_two_workers_whose_token_expired_at_once_ask_for_one_new_token():
    with harness.with_harbor(), harness.mounted("harbor", harness.emulate("harbor")) as harbor:
        tenant = Tenant.objects.create(name="Initech", slug="initech")
        connection = harness.link(tenant, "harbor", harbor)
        given, together, found = harbor.tokens_given, threading.Barrier(4), list[Any]()
        harbor.fail("slow", times=4, path="oauth/token", seconds=0.5)

        def work() -> None:
            try:
                with scope(tenant=tenant), opened(connection, by="detail") as connector:
                    together.wait()
                    found.append(connector.talk.get("me").data["id"])
            finally:
                database.close()

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        assert found == ["acme-harbor"] * 4
        assert harbor.tokens_given == given + 1
