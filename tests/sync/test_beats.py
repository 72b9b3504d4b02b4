"""Several beats at one instant, as after a failover: what is due begins once."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.sync import sweeping
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant
from tests.sync import harness
from tests.thirdats.emulator import Emulator
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS, BEATS = 10, 3


def test_beats_at_one_instant_begin_one_run(acme: Tenant, harbor: Emulator):
    connection = harness.link(acme, "harbor", harbor)
    for number in range(1, ROUNDS + 1):
        with scope(tenant=acme):
            Connection.objects.filter(pk=connection.pk).update(next_run_at=timezone.now() - timedelta(seconds=1))

        together(BEATS, sweeping.sweep)

        with scope(tenant=acme):
            runs = list(Run.objects.order_by("number").values_list("number", "trigger"))
            assert runs == [(each, "schedule") for each in range(1, number + 1)]
            Run.objects.filter(ended_at__isnull=True).update(state="succeeded", ended_at=timezone.now())
