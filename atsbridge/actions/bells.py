"""Ringing for actions. A bell that is lost costs seconds, for the sweeper rings again."""

import logging

from celery import current_app
from kombu.exceptions import KombuError

from atsbridge.actions.models import Action

log = logging.getLogger(__name__)


def ring(action: Action) -> None:
    """Wake whoever performs actions."""
    try:
        current_app.send_task("atsbridge.actions.tasks.perform", (str(action.tenant_id), str(action.id)))
    except (KombuError, OSError):
        log.warning("No broker to ring for action %s; the sweeper rings again", action.id)
