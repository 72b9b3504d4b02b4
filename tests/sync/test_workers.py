"""The product's own worker over real brokers: bells arrive, a killed worker's run is taken up by the next."""

from typing import Any

import pytest
from django_scopes import scope, scopes_disabled

from atsbridge.records.models import Change
from atsbridge.sync import engine, schedule
from atsbridge.sync.models import Page, Run
from tests.killing.crew import Crew, served
from tests.killing.truth import expected, stored
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)
BROKERS = [
    pytest.param("folder"),
    pytest.param("redis", marks=pytest.mark.redis),
    pytest.param("rabbitmq", marks=pytest.mark.rabbitmq),
]


@pytest.mark.parametrize("broker", BROKERS)
def test_a_worker_finds_the_run_that_waits_and_reads_everything(acme, tmp_path, broker):
    with served("homerun", people=350) as (emulator, address):
        connection = harness.link(acme, "homerun", emulator)
        with scope(tenant=acme):
            run = schedule.start(connection, "person")

            with Crew(tmp_path, broker, {"homerun": address}, app="atsbridge", concurrency=1) as crew:
                crew.until(Run.objects.filter(pk=run.pk, ended_at__isnull=False).exists)

            run.refresh_from_db()
        assert (run.state, run.error) == ("succeeded", "")
        assert stored(connection) == expected("homerun", emulator)


@pytest.mark.parametrize("broker", BROKERS)
def test_a_killed_workers_run_goes_on_with_the_next_and_nothing_is_lost_or_said_twice(acme, tmp_path, broker):
    with served("homerun", people=350) as (emulator, address):
        connection = harness.link(acme, "homerun", emulator)
        with scope(tenant=acme):
            run = schedule.start(connection, "person")
            emulator.fail("slow", path="page=3", seconds=5)

            alone = Crew(tmp_path, broker, {"homerun": address}, app="atsbridge", concurrency=1, STORE_SECONDS="0")
            with alone as crew:
                crew.until(lambda: any(_page(call) == ["3"] for call in list(emulator.calls)))
                crew.kill()
                pages = Page.objects.count()
                crew.until(Run.objects.filter(pk=run.pk, ended_at__isnull=False).exists)

            run.refresh_from_db()
            assert (pages, run.state, Page.objects.count()) == (3, "succeeded", 5)
            assert stored(connection) == expected("homerun", emulator)
            kinds = list(Change.objects.values_list("kind", flat=True))
        listed = {f"{model}.listed" for resource in connection.speaks.resources for model in resource.models}
        assert set(kinds) == listed | {"sync.finished", "connection.linked"}
        assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize("broker", BROKERS)
def test_a_small_first_sync_ends_before_a_big_one_has_had_two_slices_more(acme, globex, tmp_path, broker):
    """One worker, and messages in the order in which the broker really gives them."""
    with served("homerun", people=6500) as (many, big), served("cats", people=20, jobs=2) as (few, small):
        first, second = harness.link(acme, "homerun", many), harness.link(globex, "cats", few)
        run = harness.started(first)
        addresses = {"homerun": big, "cats": small}
        with Crew(tmp_path, broker, addresses, app="atsbridge", concurrency=1) as crew, scopes_disabled():
            crew.until(Page.objects.filter(walk__run=run).exists)
            later = harness.started(second)
            crew.ring(later)
            crew.until(Run.objects.filter(pk=later.pk, ended_at__isnull=False).exists)

            later.refresh_from_db()
            between = (later.created_at, later.ended_at)
            assert later.state == "succeeded"
            assert Page.objects.filter(walk__run=run, at__range=between).count() <= 2 * engine.SLICE_PAGES
            assert Run.objects.filter(pk=run.pk, ended_at__isnull=True).exists()


def _page(call: Any) -> list[str] | None:
    pages: list[str] | None = call.query.get("page")
    return pages
