"""What the sweeper does for this layer at every tick."""

from atsbridge.connections import exchanges, linking, tasks, unlinking
from atsbridge.tenants.across import everywhere


def sweep() -> None:
    """Empty old keys, ring for what waits, delete what was unlinked and what is too old to keep."""
    linking.expire()
    for tenant_id, attempt_id in linking.due():
        tasks.ring(tenant_id, attempt_id)
    unlinking.purge_due()
    with everywhere():
        exchanges.forget()
