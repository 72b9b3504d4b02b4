"""Ringing for actions. A bell that is lost costs seconds, for the sweeper rings again."""

import logging

from celery import current_app
from django.utils import timezone
from kombu.exceptions import KombuError

from atsbridge.actions import order
from atsbridge.actions.models import Action, Batch

log = logging.getLogger(__name__)


def ring(action: Action) -> None:
    """Wake whoever performs actions."""
    _ring("perform", action)


def ring_batch(batch: Batch) -> None:
    """Wake whoever takes in the rows of a batch."""
    _ring("take_in", batch)


def ring_together(batch: Batch) -> None:
    """Wake whoever reads back what a batch has written."""
    _ring("read_back", batch)


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
