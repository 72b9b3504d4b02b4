"""A few records that prove whose account a key opens."""

from atsbridge.connections.models import Connection
from atsbridge.records.models import Record

FEW = 5


def known(connection: Connection) -> list[tuple[str, str]]:
    """Up to five records that have an address of their own, (resource slug, remote id), the last touched first."""
    found: list[tuple[str, str]] = []
    for resource in connection.speaks.resources:
        anchor = next((mapping for mapping in resource.makes if mapping.each is None and not mapping.shared), None)
        if anchor is None or not resource.address:
            continue
        rows = Record.objects.filter(
            connection=connection, model=anchor.model.slug, resource=resource.slug, deleted_at__isnull=True
        )
        ids = rows.order_by("-touched_at").values_list("remote_id", flat=True)[: FEW - len(found)]
        found += [(resource.slug, remote_id) for remote_id in ids]
    return found[:FEW]
