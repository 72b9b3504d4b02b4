"""One stamp per transaction and connection, so that a reader's watermark misses nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection as database
from django.utils import timezone

from atsbridge.connections.models import Connection


@dataclass(frozen=True, slots=True)
class Hold:
    """A connection whose row this transaction has locked, the transaction's one stamp, and what brings the changes."""

    connection: Connection
    stamp: datetime
    cause: str
    cause_id: UUID | None = None


def hold(connection: Connection, cause: str, cause_id: UUID | None = None) -> Hold:
    """Lock a connection for writing its records; call it inside a transaction, before anything else in it.

    The stamp is max(clock, last + 1 µs).
    """
    rows = Connection.objects.filter(pk=connection.pk)
    if database.features.has_select_for_no_key_update:
        rows = rows.select_for_update(no_key=True)  # a plain lock would block inserts that refer to the connection
    fresh = rows.get()
    fresh.stamp = max(timezone.now(), fresh.stamp + timedelta(microseconds=1))
    fresh.save(update_fields=["stamp"])
    return Hold(fresh, fresh.stamp, cause, cause_id)
