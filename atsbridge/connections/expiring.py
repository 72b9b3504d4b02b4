"""Keys of which somebody said when they expire: their owners are told in time, once for each date."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from atsbridge.connections import notices
from atsbridge.connections.models import Connection, State
from atsbridge.tenants.across import everywhere

AHEAD = timedelta(days=14)


def today() -> date:
    """The day that it is here."""
    return timezone.localdate()


def soon(connection: Connection) -> bool:
    """Whether a connection's key is about to expire, or should have expired by now."""
    working = connection.state in (State.ACTIVE, State.PAUSED)
    return working and connection.expires_on is not None and connection.expires_on <= today() + AHEAD


def due(most: int) -> list[tuple[UUID, UUID]]:
    """(tenant, connection) of the keys that expire soon without a warning, in every tenant; for the sweeper."""
    with everywhere():
        return list(_unwarned().order_by("expires_on").values_list("tenant_id", "pk")[:most])


def warn(connection_id: UUID) -> None:
    """Tell the owners of one, where nobody was told of its present date."""
    with transaction.atomic():
        if _unwarned().filter(pk=connection_id).update(warned_for=F("expires_on")):
            notices.expires(Connection.objects.get(pk=connection_id))


def _unwarned() -> QuerySet[Connection]:
    fresh = Q(warned_for__isnull=True) | ~Q(warned_for=F("expires_on"))
    return Connection.objects.filter(fresh, state__in=(State.ACTIVE, State.PAUSED), expires_on__lte=today() + AHEAD)
