"""Bells of this layer. What is to be done stands in the attempt's row; ringing twice, or never, costs seconds."""

import logging
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django_scopes import scope
from kombu.exceptions import KombuError

from atsbridge.connections import checking
from atsbridge.connections.models import Attempt
from atsbridge.tenants.models import Tenant

log = logging.getLogger(__name__)


@shared_task
def check(tenant_id: str, attempt_id: str) -> None:
    """Check the key of one attempt."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        attempt = Attempt.objects.select_related("connection").filter(pk=attempt_id).first()
        if attempt is not None:
            checking.check(attempt)


def ring(tenant_id: UUID, attempt_id: UUID) -> None:
    """Ring for an attempt once its row can be read; where there is no broker, the sweeper rings again."""
    transaction.on_commit(lambda: _ring(str(tenant_id), str(attempt_id)))


def _ring(tenant_id: str, attempt_id: str) -> None:
    try:
        check.delay(tenant_id, attempt_id)
    except (KombuError, OSError):
        log.warning("No broker to ring for attempt %s; the sweeper rings again", attempt_id)
