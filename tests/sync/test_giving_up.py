"""What makes no progress is given up, and what makes some never is, however often it fails in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import OperationalError
from django.db import connection as database
from django.utils import timezone
from django_scopes import scope

from atsbridge.sync import engine, leases, walking
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant
from tests.sync import harness
from tests.thirdats.emulator import Emulator

pytestmark = pytest.mark.django_db(transaction=True)
DIED = f"{walking.DEATHS} workers in a row ended"


def die(run: Run, times: int) -> None:
    """So many workers take a run and are gone."""
    for _ in range(times):
        assert leases.take(run.id)
        Run.objects.filter(pk=run.id).update(lease_until=timezone.now() - timedelta(seconds=1))
    run.refresh_from_db()


def walked(run: Run) -> int:
    return run.walks.filter(state="walked").count()


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice is one page."""
    monkeypatch.setattr(engine, "SLICE_PAGES", 1)


@pytest.mark.usefixtures("pages")
def test_a_list_that_ends_each_worker_is_left_and_the_others_are_read(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    run = harness.until(connection, lambda run: walked(run) == 2)
    with scope(tenant=acme):
        die(run, walking.DEATHS + 1)
        engine.run_whole(run.id)
        run.refresh_from_db()

        states = {walk.resource: (walk.state, walk.error) for walk in run.walks.exclude(state="walked")}
        assert states == {"jobs": ("failed", f"{DIED} while they read this list")}
        assert (run.state, walked(run), run.walks.get(resource="jobs").step.split(":")[0]) == (
            "partial", 4, "Whoever runs this installation finds the reason in the machine's log",
        )  # fmt: skip


def test_a_run_that_ends_each_worker_elsewhere_has_failed(acme: Tenant, harbor: Emulator):
    run = harness.started(harness.link(acme, "harbor", harbor))
    with scope(tenant=acme):
        die(run, walking.DEATHS + 1)
        assert engine.advance(run.id) is False
        run.refresh_from_db()

    assert (run.state, run.error, bool(run.step)) == ("failed", f"{DIED} in the midst of it", True)
    assert harbor.calls == []


@pytest.mark.usefixtures("pages")
def test_workers_that_end_between_stored_pages_end_no_run(acme: Tenant, harbor: Emulator):
    run = harness.started(harness.link(acme, "harbor", harbor))
    with scope(tenant=acme):
        while run.ended_at is None:
            die(run, walking.DEATHS - 1)
            engine.advance(run.id)
            run.refresh_from_db()

    assert (run.state, run.takeovers) == ("succeeded", 0)


@contextmanager
def cut_off(every: int) -> Iterator[None]:
    """A database that drops the connection at each so manieth page."""
    written = 0

    def broken(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal written
        if sql.startswith('INSERT INTO "sync_page"'):
            written += 1
            if written % every == 0:
                raise OperationalError("the connection was closed")
        return execute(sql, *rest)

    with database.execute_wrapper(broken):
        yield


def slices(run_id: UUID) -> list[float]:
    """Advance a run until it has ended; the seconds that it waited after each failure."""
    waits = []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while (run := Run.objects.get(pk=run_id)).ended_at is None:
            wait = (run.not_before - timezone.now()).total_seconds()
            clock.shift(max(0.0, wait))
            waits += [wait] if wait > 0 else []
            try:
                engine.advance(run_id)
            except OperationalError:
                continue
    return waits


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(("every", "ends", "waits"), [(2, "succeeded", [4] * 8), (1, "failed", [4, 16, 64])])
def test_dropped_database_connections_fail_a_run_only_where_no_page_is_stored_between_them(
    acme: Tenant, harbor: Emulator, every: int, ends: str, waits: list[int]
):
    connection = harness.link(acme, "harbor", harbor)
    run = harness.started(connection)
    with scope(tenant=acme), cut_off(every):
        assert slices(run.id) == waits
        run.refresh_from_db()

    assert run.state == ends
