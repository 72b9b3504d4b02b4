"""What the sweeper rings for, and what it forgets."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from celery.signals import before_task_publish
from django.conf import settings
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import linking
from atsbridge.connections.models import Attempt, Exchange
from atsbridge.records.models import Record
from atsbridge.sync import details, leases, schedule, sweeping
from atsbridge.sync.models import Page, Reading, Run
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = (Exchange, Page, Reading, Attempt)
LEASE = timedelta(seconds=settings.RUN_LEASE_SECONDS)
SETTLE = timedelta(seconds=settings.SETTLE_SECONDS)
MOMENT = timedelta(seconds=0.1)


class Bells(list[str]):
    """The ids of what was rung for since somebody last asked."""

    def heard(self) -> list[str]:
        said = list(self)
        self.clear()
        return said


@pytest.fixture
def bells() -> Iterator[Bells]:
    """Hears every message that goes to the broker."""
    rung = Bells()

    def hear(body, **kwargs):
        rung.append(body[0][1])

    before_task_publish.connect(hear)
    yield rung
    before_task_publish.disconnect(hear)


def test_a_bell_is_given_its_time_before_it_is_rung_again(acme, harbor, bells):
    connection = harness.link(acme, "harbor", harbor)
    now = timezone.now()
    with scope(tenant=acme), time_machine.travel(now, tick=False) as clock:
        run = schedule.start(connection, "person")
        assert bells.heard() == [str(run.id)]

        sweeping.sweep()
        assert bells.heard() == []

        for _ in range(2):
            clock.shift(SETTLE + MOMENT)
            for _ in range(2):  # two beats
                sweeping.sweep()
            assert bells.heard() == [str(run.id)]


def test_a_run_is_rung_for_once_its_worker_is_gone_and_not_before(acme, harbor, bells):
    connection = harness.link(acme, "harbor", harbor)
    with scope(tenant=acme), time_machine.travel(timezone.now(), tick=False) as clock:
        run = leases.take(harness.started(connection).id)
        assert run is not None
        bells.clear()

        clock.shift(LEASE - MOMENT)
        sweeping.sweep()
        assert bells.heard() == []

        clock.shift(2 * MOMENT)
        sweeping.sweep()
        assert bells.heard() == [str(run.id)]
        assert LEASE + timedelta(seconds=settings.SWEEP_SECONDS) < timedelta(seconds=60)


def test_a_run_that_waits_is_rung_for_when_its_time_has_come(acme, harbor, bells):
    connection = harness.link(acme, "harbor", harbor)
    with scope(tenant=acme), time_machine.travel(timezone.now(), tick=False) as clock:
        run = leases.take(harness.started(connection).id)
        assert run is not None
        leases.give_back(run, wait=40, why="The call budget of this account is spent")
        bells.clear()

        clock.shift(timedelta(seconds=39))
        sweeping.sweep()
        assert bells.heard() == []

        clock.shift(timedelta(seconds=1))
        sweeping.sweep()
        assert bells.heard() == [str(run.id)]


def test_a_reading_whose_worker_is_gone_is_another_workers_after_the_lease(acme, harbor, bells):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    with scope(tenant=acme), time_machine.travel(timezone.now(), tick=False) as clock:
        reading = details.ask(Record.objects.filter(model="candidate")[0])
        Reading.objects.update(state="reading", rung_at=timezone.now())  # a worker took it and is heard of no more
        bells.clear()

        clock.shift(LEASE - MOMENT)
        sweeping.sweep()
        details.read(reading.id)
        reading.refresh_from_db()
        assert (bells.heard(), reading.state) == ([], "reading")

        clock.shift(2 * MOMENT)
        sweeping.sweep()
        assert bells.heard() == [str(reading.id)]
        details.read(reading.id)
        reading.refresh_from_db()
        assert reading.state == "done"


def test_a_connection_that_is_due_starts_one_run_and_is_left_alone_while_it_lasts(acme, harbor, bells):
    connection = harness.link(acme, "harbor", harbor, next_run_at=timezone.now())
    with scope(tenant=acme):
        for _ in range(3):
            sweeping.sweep()

        assert bells.heard() == [str(Run.objects.get(connection=connection).id)]


def test_the_log_and_what_ended_are_forgotten_after_their_days_and_records_and_runs_are_kept(acme, harbor):
    connection = harness.link(acme, "harbor", harbor)
    harness.sync(connection)
    with scope(tenant=acme):
        details.read(details.ask(Record.objects.filter(model="candidate")[0]).id)
        linking.begin(acme, "harbor", harbor.credentials)
        days, records = timedelta(days=settings.EXCHANGE_KEEP_DAYS), Record.objects.count()

        sweeping.sweep()
        assert [kind.objects.exists() for kind in KINDS] == [True, True, True, True]

        with time_machine.travel(timezone.now() + days + timedelta(days=1)):
            sweeping.sweep()  # the attempt that nobody took ends here
            assert [kind.objects.exists() for kind in KINDS] == [False, False, False, True]
        with time_machine.travel(timezone.now() + 2 * days + timedelta(days=2)):
            sweeping.sweep()
            assert not Attempt.objects.exists()
        assert (Record.objects.count(), Run.objects.filter(ended_at__isnull=False).count()) == (records, 1)
