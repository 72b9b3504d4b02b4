"""What a connection can be asked to learn what changed, and what it cannot: kept, so that it is not tried each time."""

from datetime import timedelta

from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.sync.models import Signal

DAY = timedelta(days=1)


def named(connection: Connection, name: str) -> Signal:
    """A connection's signal of this name, made where it was never asked."""
    signal, _ = Signal.objects.get_or_create(
        connection=connection, name=name, defaults={"tenant_id": connection.tenant_id}
    )
    return signal


def may(connection: Connection, name: str) -> bool:
    """Whether a question may be asked whose refusals alone are kept."""
    signal = Signal.objects.filter(connection=connection, name=name).first()
    return signal is None or usable(signal, connection)


def usable(signal: Signal, connection: Connection) -> bool:
    """Whether it may be asked: it was never refused, or its key was tested since, or a day has passed."""
    refused = signal.refused_at
    if refused is None or refused < timezone.now() - DAY:
        return True
    return connection.checked_at is not None and connection.checked_at > refused


def refused(signal: Signal, why: str) -> None:
    """Note that it cannot be asked, and why."""
    signal.asked_at = signal.refused_at = timezone.now()
    signal.why = why[:500]
    signal.save(update_fields=["asked_at", "refused_at", "why"])


def followed(signal: Signal, cursor: dict[str, object]) -> None:
    """Note how far it was followed."""
    signal.cursor, signal.asked_at, signal.refused_at, signal.why = cursor, timezone.now(), None, ""
    signal.save(update_fields=["cursor", "asked_at", "refused_at", "why"])
