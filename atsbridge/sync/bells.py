"""Ringing: a message that says "look at this row". One that is lost costs seconds, for the sweeper rings again."""

import logging

from celery import current_app
from kombu.exceptions import KombuError

from atsbridge.sync.models import Reading, Run

log = logging.getLogger(__name__)


def ring_run(run: Run) -> None:
    """Wake whoever advances runs."""
    _ring("atsbridge.sync.tasks.advance", str(run.tenant_id), str(run.id))


def ring_reading(reading: Reading) -> None:
    """Wake whoever reads details."""
    _ring("atsbridge.sync.tasks.read_detail", str(reading.tenant_id), str(reading.id))


def _ring(task: str, tenant_id: str, row_id: str) -> None:
    try:
        current_app.send_task(task, (tenant_id, row_id))
    except (KombuError, OSError):
        log.warning("No broker to ring %s for %s; the sweeper rings again", task, row_id)
