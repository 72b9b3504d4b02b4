"""Bells for whatever waits until a connection is active; which tasks these are, the settings say."""

import logging
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError

from atsbridge.connections.models import Connection

log = logging.getLogger(__name__)


def ring(connection: Connection) -> None:
    """Ring once it can be read that a connection is active. A bell that is lost costs a minute at the most."""
    ids = str(connection.tenant_id), str(connection.pk)
    for task in settings.WHEN_ACTIVE:
        transaction.on_commit(partial(_ring, task, ids))


def _ring(task: str, ids: tuple[str, str]) -> None:
    try:
        current_app.send_task(task, ids)
    except (KombuError, OSError):
        log.warning("No broker to ring %s for %s; it looks again by itself", task, ids[1])
