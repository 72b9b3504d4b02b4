"""Rows that could not be read: kept with the reason, and taken again when they change."""

from collections.abc import Container
from datetime import datetime

from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records.models import SetAside


def keep(connection: Connection, resource: str, remote_id: str, digest: str, reason: str, row: str) -> None:
    """Set a row aside; the same row again, or another version of it, replaces the earlier one."""
    if remote_id:
        SetAside.objects.filter(connection=connection, resource=resource, remote_id=remote_id).exclude(
            digest=digest
        ).delete()
    now = {"reason": reason[:500], "met_at": timezone.now()}
    SetAside.objects.update_or_create(
        connection=connection,
        resource=resource,
        digest=digest,
        defaults=now,
        create_defaults={**now, "tenant_id": connection.tenant_id, "remote_id": remote_id, "row": row},
    )


def forget(connection: Connection, resource: str, listed: Container[str], before: datetime) -> None:
    """Forget the rows that a complete walk, begun before, no longer met: by their id, or as they are without one."""
    old = SetAside.objects.filter(connection=connection, resource=resource, met_at__lt=before)
    rows = old.values_list("id", "remote_id").iterator(chunk_size=2000)
    gone = [key for key, remote_id in rows if not remote_id or remote_id not in listed]
    SetAside.objects.filter(id__in=gone).delete()


def ids(connection: Connection, resource: str) -> set[str]:
    """The provider's ids of the rows that are set aside."""
    return set(SetAside.objects.filter(connection=connection, resource=resource).values_list("remote_id", flat=True))


def taken(connection: Connection, resource: str, remote_id: str) -> None:
    """Forget a row that can be read now."""
    SetAside.objects.filter(connection=connection, resource=resource, remote_id=remote_id).delete()
