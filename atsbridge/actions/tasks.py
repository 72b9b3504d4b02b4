"""Bells. What is to be done stands in the rows; a task takes an id, loads, calls one function."""

from uuid import UUID

from celery import shared_task
from django_scopes import scope

from atsbridge.actions import performing, sweeping
from atsbridge.tenants.models import Tenant


@shared_task
def perform(tenant_id: str, action_id: str) -> None:
    """Wake one action."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        performing.perform(UUID(action_id))


@shared_task
def tick() -> None:
    """Ring again for what nobody has taken."""
    sweeping.sweep()
