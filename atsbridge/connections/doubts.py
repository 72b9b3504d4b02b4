"""Whether a refused key is really refused: the provider is asked once more, a while later, and only that proves it.

trusted ──a refusal──▶ in doubt until `ask_at` ──refused again──▶ needs_relink
   ▲                       │      └──no answer──▶ in doubt for longer
   └──────anything good────┘
"""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from atsbridge.connections import refusals, states
from atsbridge.connections.models import Connection, State
from atsbridge.connections.opening import opened
from atsbridge.tenants.across import everywhere
from connectors.base import Connector
from connectors.errors import AuthFailed, ConnectorError, PlanRequired, RateLimited, ScopeMissing

LONGEST = timedelta(minutes=15)
"""The longest pause before a provider that does not answer is asked again."""


def settle(connection: Connection) -> None:
    """Ask the provider again, where it is time to: the doubt is proved, over, or put off.

    Of two workers only one asks. Raises the errors of `connectors.errors` that tell nothing of the key.
    """
    if not _taken(connection):
        return
    try:
        with opened(connection, by="doubt") as connector:
            ask(connector)
        states.worked(connection)
    except (AuthFailed, PlanRequired) as refused:
        states.needs_relink(connection, refusals.explain(connection.speaks, refused, connection.worked_at)[0])
    except ConnectorError as error:
        _put_off(connection, error)
        raise


def ask(connector: Connector) -> None:
    """Ask whose account it is. Raises AuthFailed and PlanRequired where the key, and not one list, is refused."""
    with suppress(ScopeMissing):  # who is told what he lacks was let in
        connector.account()


def left(connection: Connection) -> float:
    """Seconds until more may be known of a doubt: whoever asks may have an answer before its time is over."""
    seconds = (connection.ask_at - timezone.now()).total_seconds() if connection.ask_at else 0
    most: float = settings.DOUBT_SECONDS
    return min(max(seconds, 0), most)


def due(most: int) -> list[tuple[UUID, UUID]]:
    """(tenant, connection) of the doubts that it is time to settle, in every tenant; for the sweeper."""
    with everywhere():
        return list(_due(timezone.now()).order_by("ask_at").values_list("tenant_id", "pk")[:most])


def _due(now: datetime) -> "QuerySet[Connection]":
    return Connection.objects.filter(state__in=(State.ACTIVE, State.PAUSED), ask_at__lte=now)


def _taken(connection: Connection) -> bool:
    """Take the asking, for as long as a lease lasts; the connection says afterwards what stands in its row."""
    now = timezone.now()
    lease = timedelta(seconds=settings.RUN_LEASE_SECONDS)
    taken = _due(now).filter(pk=connection.pk).update(ask_at=now + lease)
    connection.refresh_from_db(fields=["state", "reason", "worked_at", "refused_at", "ask_at"])
    return bool(taken)


def _put_off(connection: Connection, error: ConnectorError) -> None:
    """Ask again after as long as it has been in doubt, at most a quarter of an hour; or when the limit allows."""
    now = timezone.now()
    assert connection.refused_at
    shortest = timedelta(seconds=error.wait if isinstance(error, RateLimited) else settings.DOUBT_SECONDS)
    pause = max(shortest, min(now - connection.refused_at, LONGEST))
    mine = Connection.objects.filter(pk=connection.pk, refused_at=connection.refused_at)
    mine.update(ask_at=now + pause)
    connection.ask_at = now + pause
