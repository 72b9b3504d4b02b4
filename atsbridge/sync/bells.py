"""Ringing: a message that says "look at this row". One that is lost costs seconds, for the sweeper rings again."""

import logging

from celery import current_app
from django.utils import timezone
from kombu.exceptions import KombuError

from atsbridge.sync.models import Arrival, Hook, Reading, Run

log = logging.getLogger(__name__)


def ring_run(run: Run) -> None:
    """Wake whoever advances runs. The bell says when it rang: it is good for one slice, however many ring for it."""
    _ring("atsbridge.sync.tasks.advance", str(run.tenant_id), str(run.id), timezone.now().isoformat())


def ring_reading(reading: Reading) -> None:
    """Wake whoever reads details."""
    _ring("atsbridge.sync.tasks.read_detail", str(reading.tenant_id), str(reading.id))


def ring_arrival(arrival: Arrival) -> None:
    """Wake whoever handles webhooks."""
    _ring("atsbridge.sync.tasks.handle_arrival", str(arrival.tenant_id), str(arrival.id))


def ring_hook(hook: Hook) -> None:
    """Wake whoever looks after registrations."""
    _ring("atsbridge.sync.tasks.check_hook", str(hook.tenant_id), str(hook.connection_id))


def _ring(task: str, tenant_id: str, row_id: str, *more: str) -> None:
    try:
        current_app.send_task(task, (tenant_id, row_id, *more))
    except (KombuError, OSError):
        log.warning("No broker to ring %s for %s; the sweeper rings again", task, row_id)
