"""The sweeper: finds what is due in every tenant and rings for it. A lost message costs one sweep, never work."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import linking, unlinking
from atsbridge.connections.models import Attempt, Connection, Exchange
from atsbridge.sync import bells, schedule
from atsbridge.sync.details import STALE
from atsbridge.sync.models import Page, Reading, Run
from atsbridge.tenants.across import everywhere
from atsbridge.tenants.models import Tenant

MOST = 500
"""Rows of each kind that one sweep rings for."""
LONG = timedelta(minutes=10)
"""A reading that nobody took by then has failed."""
QUIET = timedelta(seconds=3)
"""How long a bell is given before it is rung again."""


def sweep() -> None:
    """Start due runs, ring again for what waits, empty what is over."""
    _start_runs()
    with everywhere():
        runs, readings = list(_waiting_runs()), list(_waiting_readings())
    for run in runs:
        bells.ring_run(run)
    for reading in readings:
        bells.ring_reading(reading)
    linking.sweep()
    unlinking.purge_due()
    _forget()


def _start_runs() -> None:
    with everywhere():
        due = schedule.due()
    for tenant_id, connection_id in due:
        with scope(tenant=Tenant(pk=tenant_id)):
            connection = Connection.objects.filter(pk=connection_id, state="active").first()
            if connection:
                schedule.start(connection, "schedule")


def _waiting_runs() -> list[Run]:
    now = timezone.now()
    free = Q(lease_until__isnull=True, created_at__lt=now - QUIET) | Q(lease_until__lt=now)
    return list(Run.objects.filter(free, ended_at__isnull=True, not_before__lte=now).order_by("not_before")[:MOST])


def _waiting_readings() -> list[Reading]:
    now = timezone.now()
    open_ = Reading.objects.filter(ended_at__isnull=True)
    open_.filter(created_at__lt=now - LONG).update(state="failed", error="Nobody took it in time", ended_at=now)
    lost = Q(state="waiting", rung_at__lt=now - QUIET) | Q(state="reading", rung_at__lt=now - STALE)
    return list(open_.filter(lost).order_by("rung_at")[:MOST])


def _forget() -> None:
    """Old exchanges, the pages of old runs, readings and attempts that ended long ago; the many a portion at a time."""
    before = timezone.now() - timedelta(days=settings.EXCHANGE_KEEP_DAYS)
    with everywhere():
        for rows in (Exchange.objects.filter(at__lt=before), Page.objects.filter(at__lt=before)):
            rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:1000])).delete()
        for ended in (Reading, Attempt):
            ended.objects.filter(ended_at__lt=before).delete()
