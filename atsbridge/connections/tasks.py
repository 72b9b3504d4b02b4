"""Bells of this layer. What is to be done stands in the attempt's row; ringing twice, or never, costs seconds."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django_scopes import scope

from atsbridge.connections import checking
from atsbridge.connections.models import Attempt


@shared_task
def check(tenant_id: str, attempt_id: str) -> None:
    """Check the key of one attempt."""
    with scope(tenant=UUID(tenant_id)):
        attempt = Attempt.objects.select_related("connection").filter(pk=attempt_id).first()
        if attempt is not None:
            checking.check(attempt)


def ring(tenant_id: UUID, attempt_id: UUID) -> None:
    """Ring for an attempt once its row can be read; a broker that is down is made up for by the sweeper."""
    transaction.on_commit(lambda: check.delay(str(tenant_id), str(attempt_id)), robust=True)
