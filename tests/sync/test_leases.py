"""Whose a run is: one worker's at a time, for as long as that worker gets on."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database
from django.utils import timezone
from django_scopes import scope

from atsbridge.sync import engine, leases
from atsbridge.sync.models import Page
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_stays_its_workers_while_each_request_is_answered_within_a_lease(acme, settings):
    settings.RUN_LEASE_SECONDS = 2
    emulator = harness.emulate("cats", people=10)
    with harness.mounted("cats", emulator), ThreadPoolExecutor(1) as worker, scope(tenant=acme):
        run = harness.started(harness.link(acme, "cats", emulator))
        emulator.fail("slow", times=4, path="/statuses", seconds=0.9)

        working = worker.submit(advance, acme, run.id)
        time.sleep(0.3)
        taken = []
        while not working.done():
            taken.append(leases.take(run.id))
            time.sleep(0.1)
        working.result()
        run.refresh_from_db()

        assert (run.state, len(taken) > 30, set(taken)) == ("succeeded", True, {None})


def test_bells_that_piled_up_wake_a_run_once(acme, monkeypatch):
    monkeypatch.setattr(engine, "SLICE_PAGES", 1)
    emulator = harness.emulate("cats", people=10)
    with harness.mounted("cats", emulator), scope(tenant=acme):
        run = harness.started(harness.link(acme, "cats", emulator))
        bells = [timezone.now() for _ in range(3)]

        woken = [engine.advance(run.id, rung_at) for rung_at in bells]
        woken.append(engine.advance(run.id, timezone.now()))

        assert (woken, Page.objects.count()) == ([True, False, False, True], 2)


def advance(tenant, run_id):
    try:
        with scope(tenant=tenant):
            engine.advance(run_id)
    finally:
        database.close()
