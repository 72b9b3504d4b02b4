"""What a record's own address answered, on its way into the database."""

from datetime import datetime
from typing import Any

from atsbridge.records import aside, beside, retiring
from atsbridge.records.kept import wanted
from atsbridge.records.models import Record
from atsbridge.records.stamps import Hold
from atsbridge.records.store import store
from connectors.base import Resource
from connectors.mapping import Row

type Counts = dict[str, dict[str, int]]


def keep(
    hold: Hold,
    resource: Resource,
    remote_id: str,
    row: Row | None,
    started: datetime,
    details: dict[str, Any] | None = None,
) -> tuple[frozenset[str], Counts]:
    """Store what the address answered; the models of which it still makes this record, a row set aside included."""
    if row is None:
        aside.taken(hold.connection, resource.slug, remote_id)
        return frozenset(), {}
    stored = store(hold, beside.reader(hold.connection), resource, [row], started, details=details)
    return frozenset(model for model, made in stored.ids if made == remote_id), stored.counts


def retire(hold: Hold, resource: Resource, remote_id: str, kept: frozenset[str], started: datetime) -> Counts:
    """Retire what the row made and makes no more."""
    return retiring.retire(hold, [record.id for record in gone(hold, resource, remote_id, kept, started)])


def gone(hold: Hold, resource: Resource, remote_id: str, kept: frozenset[str], started: datetime) -> list[Record]:
    """What the row made and makes no more, but nothing that was read since its address was asked, and nobody of whom
    nothing is to be read: they leave otherwise.
    """
    if not wanted(hold.connection, resource, [remote_id]):
        return []
    rows = Record.objects.filter(
        connection=hold.connection,
        remote_id=remote_id,
        model__in=set(resource.own) - kept,
        resource=resource.slug,
        deleted_at__isnull=True,
        read_at__lte=started,
    )
    return list(rows.only("id", "model", "remote_id", "remote"))
