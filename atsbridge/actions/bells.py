"""Ringing for actions. A bell that is lost costs seconds, for the sweeper rings again."""

import logging
from uuid import UUID

from celery import current_app
from django.utils import timezone
from kombu.exceptions import KombuError

from atsbridge.actions import order
from atsbridge.actions.models import Action, Batch, State

log = logging.getLogger(__name__)
MOST = 500
"""Actions that one look rings for; those that are due besides are the sweeper's."""


def ring(action: Action) -> None:
    """Wake whoever performs actions."""
    _ring("perform", action)


def ring_batch(batch: Batch) -> None:
    """Wake whoever takes in the rows of a batch."""
    _ring("take_in", batch)


def ring_together(batch: Batch) -> None:
    """Wake whoever reads back what a batch has written."""
    _ring("read_back", batch)


def ring_waiting(connection_id: UUID) -> None:
    """Wake whatever waits on a connection: somebody has resumed or relinked it."""
    waiting = Action.objects.filter(connection=connection_id, state=State.WAITING, lease__isnull=True)
    found = list(waiting.order_by("order")[:MOST])
    Action.objects.filter(pk__in=[action.pk for action in found], lease__isnull=True).update(not_before=timezone.now())
    for action in found:
        ring(action)


def _ring(task: str, row: Action | Batch) -> None:
    try:
        current_app.send_task(f"atsbridge.actions.tasks.{task}", (str(row.tenant_id), str(row.pk)))
    except (KombuError, OSError):
        log.warning("No broker to ring for %s; the sweeper rings again", row.pk)


def ring_next(action: Action) -> None:
    """Wake the action that waits for one on the same person, which has ended."""
    for one in order.following(action)[:1]:
        Action.objects.filter(pk=one.pk, lease__isnull=True).update(not_before=timezone.now())
        ring(one)
