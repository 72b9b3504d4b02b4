"""Bells. What is to be done stands in the rows; a task takes an id, loads, calls one function."""

from uuid import UUID

from celery import shared_task
from django_scopes import scope

from atsbridge.actions import batching, bells, performing, sweeping, together
from atsbridge.tenants.models import Tenant


@shared_task
def perform(tenant_id: str, action_id: str) -> None:
    """Wake one action."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        performing.perform(UUID(action_id))


@shared_task
def take_in(tenant_id: str, batch_id: str) -> None:
    """Make the rows of a batch actions."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        batching.take_in(UUID(batch_id))


@shared_task
def read_back(tenant_id: str, batch_id: str) -> None:
    """Read back together what a batch has written."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        together.read_back(UUID(batch_id))


@shared_task
def go_on(tenant_id: str, connection_id: str) -> None:
    """Wake whatever waited until a connection is active."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        bells.ring_waiting(UUID(connection_id))


@shared_task
def tick() -> None:
    """Ring again for what nobody has taken."""
    sweeping.sweep()
