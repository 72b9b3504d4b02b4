"""Bells of this layer. What is to be done stands in the rows; ringing twice, or never, costs seconds."""

import logging
from contextlib import suppress
from uuid import UUID

from celery import Task, shared_task
from django.db import transaction
from django_scopes import scope
from kombu.exceptions import KombuError

from atsbridge.connections import checking, doubts, notices
from atsbridge.connections.models import Attempt, Connection
from atsbridge.tenants.models import Tenant
from connectors.errors import ConnectorError

log = logging.getLogger(__name__)


@shared_task
def check(tenant_id: str, attempt_id: str) -> None:
    """Check the key of one attempt."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        attempt = Attempt.objects.select_related("connection").filter(pk=attempt_id).first()
        if attempt is not None:
            checking.check(attempt)


@shared_task
def settle(tenant_id: str, connection_id: str) -> None:
    """Ask once more whether a connection's key is refused."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        connection = Connection.objects.filter(pk=connection_id).first()
        if connection is not None:
            with suppress(ConnectorError):  # the doubt is put off, and the exchange is logged
                doubts.settle(connection)


@shared_task
def tell(tenant_id: str, notice_id: str) -> None:
    """Send one mail to an owner."""
    with scope(tenant=Tenant(pk=UUID(tenant_id))):
        notices.send(UUID(notice_id))


def ring(tenant_id: UUID, attempt_id: UUID) -> None:
    """Ring for an attempt once its row can be read; where there is no broker, the sweeper rings again."""
    transaction.on_commit(lambda: _ring(check, tenant_id, attempt_id))


def ring_doubt(tenant_id: UUID, connection_id: UUID) -> None:
    """Ring for a doubt that it is time to settle."""
    _ring(settle, tenant_id, connection_id)


def ring_notice(tenant_id: UUID, notice_id: UUID) -> None:
    """Ring for a mail that waits."""
    _ring(tell, tenant_id, notice_id)


def _ring(task: "Task[[str, str], None]", tenant_id: UUID, row_id: UUID) -> None:
    try:
        task.delay(str(tenant_id), str(row_id))
    except (KombuError, OSError):
        log.warning("No broker to ring %s for %s; the sweeper rings again", task.name, row_id)
