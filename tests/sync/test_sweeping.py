"""What the sweeper forgets."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import linking
from atsbridge.connections.models import Attempt, Exchange
from atsbridge.records.models import Record
from atsbridge.sync import details, sweeping
from atsbridge.sync.models import Page, Reading, Run
from tests.sync import harness

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = (Exchange, Page, Reading, Attempt)


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
