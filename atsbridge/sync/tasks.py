"""Bells. What is to be done stands in the rows; a task takes an id, loads, calls one function."""

from datetime import datetime
from uuid import UUID

from celery import shared_task
from django_scopes import scope

from atsbridge.sync import arrivals, details, engine, hooks, sweeping
from atsbridge.sync.bells import ring_run
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Tenant


@shared_task
def advance(tenant_id: str, run_id: str, rung_at: str) -> None:
    """Wake one run. Ringing twice, or never, costs seconds: the sweeper rings for whatever is due."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        if engine.advance(UUID(run_id), datetime.fromisoformat(rung_at)):
            ring_run(Run.objects.get(pk=UUID(run_id)))


@shared_task
def read_detail(tenant_id: str, reading_id: str) -> None:
    """Wake one reading."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        details.read(UUID(reading_id))


@shared_task
def handle_arrival(tenant_id: str, arrival_id: str) -> None:
    """Wake one webhook that was received."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        arrivals.handle(UUID(arrival_id))


@shared_task
def check_hook(tenant_id: str, connection_id: str) -> None:
    """See to it that a connection's provider calls us."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        hooks.check(UUID(connection_id))


@shared_task
def tick() -> None:
    """Start what is due and ring again for what nobody has taken."""
    sweeping.sweep()
