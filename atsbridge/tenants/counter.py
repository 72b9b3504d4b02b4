"""The numbers of a tenant's events: whoever takes one holds the counter's row until the transaction commits.

So a number is readable only when all smaller ones are: a database sequence would show 2 before 1 has committed, and
who had read 2 would never see 1. Lock order: connection, then counter.
"""

from uuid import UUID

from django.db.models import F

from atsbridge.tenants.models import Counter


def take(tenant_id: UUID, count: int) -> int:
    """Take so many numbers in a row, last before the transaction commits; the first of them."""
    mine = Counter.objects.filter(tenant_id=tenant_id)
    if not mine.update(number=F("number") + count):
        Counter.objects.get_or_create(tenant_id=tenant_id)
        mine.update(number=F("number") + count)
    return mine.values_list("number", flat=True).get() - count + 1


def read(tenant_id: UUID) -> tuple[int, int]:
    """The last number given, and the last one that is kept no more."""
    return Counter.objects.filter(tenant_id=tenant_id).values_list("number", "forgotten").first() or (0, 0)
