"""The sweeper: finds what is due in every tenant and rings for it. A lost message costs one sweep, never work."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections import doubts, expiring, linking, notices, unlinking
from atsbridge.connections.models import Attempt, Connection, Exchange
from atsbridge.connections.tasks import ring_doubt, ring_notice
from atsbridge.records import feed, history
from atsbridge.records import forgetting as deleted
from atsbridge.sync import arrivals, bells, forgetting, hooks, schedule
from atsbridge.sync.models import Arrival, Page, Reading, Run
from atsbridge.tenants.across import everywhere
from atsbridge.tenants.models import Tenant

MOST = 500
"""Rows of each kind that one sweep rings for."""
LONG = timedelta(minutes=10)
"""A reading that nobody took by then has failed."""


def sweep() -> None:
    """Start due runs, ring again for what waits, empty what is over."""
    _start_runs()
    with everywhere():
        runs, readings = _waiting_runs(), _waiting_readings()
        arrived, unchecked = arrivals.waiting(_settle(), MOST), hooks.unchecked(_settle(), MOST)
    for run in runs:
        bells.ring_run(run)
    for reading in readings:
        bells.ring_reading(reading)
    for arrival in arrived:
        bells.ring_arrival(arrival)
    for hook in unchecked:
        bells.ring_hook(hook)
    for doubt in doubts.due(MOST):
        ring_doubt(*doubt)
    _warn()
    for notice in notices.due(_settle(), MOST):
        ring_notice(*notice)
    linking.sweep()
    _announce_states()
    unlinking.purge_due(deleted.empty_events)
    _empty_deleted()
    _forget_events()
    _forget()


def _start_runs() -> None:
    """Start what is due, looked at once more: another sweep may have started it, and it may have ended since."""
    with everywhere():
        due, stale = schedule.due(), schedule.stale()
    for tenant_id, connection_id in stale:
        with scope(tenant=Tenant(pk=tenant_id)):
            schedule.start(Connection.objects.get(pk=connection_id), "settings", kind="remap")  # or what it owes
    for tenant_id, connection_id in due:
        with scope(tenant=Tenant(pk=tenant_id)):
            running = Run.objects.filter(ended_at__isnull=True).values("connection")
            idle = Connection.objects.filter(state="active", next_run_at__lte=timezone.now()).exclude(pk__in=running)
            connection = idle.filter(pk=connection_id).first()
            if connection:
                schedule.start(connection, "schedule")


def _waiting_runs() -> list[Run]:
    """Runs that nobody has, or whose worker is gone. A bell that is on its way is given its time."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    waiting = Run.objects.filter(free, ended_at__isnull=True, not_before__lte=now, rung_at__lt=now - _settle())
    found = list(waiting.order_by("not_before")[:MOST])
    Run.objects.filter(pk__in=[run.pk for run in found]).update(rung_at=now)
    return found


def _waiting_readings() -> list[Reading]:
    """The same of readings. One that a worker took and never ended was lost with it."""
    now, lease = timezone.now(), timedelta(seconds=settings.RUN_LEASE_SECONDS)
    open_ = Reading.objects.filter(ended_at__isnull=True)
    open_.filter(created_at__lt=now - LONG).update(state="failed", error="Nobody took it in time", ended_at=now)
    open_.filter(state="reading", rung_at__lt=now - lease).update(state="waiting")
    found = list(open_.filter(state="waiting", rung_at__lt=now - _settle()).order_by("rung_at")[:MOST])
    Reading.objects.filter(pk__in=[reading.pk for reading in found], state="waiting").update(rung_at=now)
    return found


def _announce_states() -> None:
    """Say in the feed what became of connections, where whoever changed them did not."""
    with everywhere():
        changed = Connection.objects.exclude(announced=F("state")).select_related("tenant")
        found = list(changed.order_by("state_since")[:MOST])
    for connection in found:
        with scope(tenant=connection.tenant):
            history.state_changed(connection, "sweep")


def _warn() -> None:
    """Tell the owners of keys that expire soon."""
    for tenant_id, connection_id in expiring.due(MOST):
        with scope(tenant=Tenant(pk=tenant_id)):
            expiring.warn(connection_id)


def _forget_events() -> None:
    before = timezone.now() - timedelta(days=settings.EVENT_KEEP_DAYS)
    with everywhere():
        tenants = feed.due(before)
    for tenant_id in tenants:
        with scope(tenant=Tenant(pk=tenant_id)):
            feed.forget(tenant_id, before)


def _settle() -> timedelta:
    return timedelta(seconds=settings.SETTLE_SECONDS)


def _empty_deleted() -> None:
    with everywhere():
        due = deleted.due(forgetting.before())
        forgetting.unsay()
    for tenant_id, connection_id in due:
        with scope(tenant=Tenant(pk=tenant_id)):
            forgetting.forget(Connection.objects.get(pk=connection_id))


def _forget() -> None:
    """Old exchanges, webhooks, pages of runs; readings and attempts that ended; the many a portion at a time."""
    before = timezone.now() - timedelta(days=settings.EXCHANGE_KEEP_DAYS)
    with everywhere():
        old = Exchange.objects.filter(at__lt=before), Page.objects.filter(at__lt=before)
        for rows in (*old, Arrival.objects.filter(received_at__lt=before)):
            rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:1000])).delete()
        for ended in (Reading, Attempt):
            ended.objects.filter(ended_at__lt=before).delete()
