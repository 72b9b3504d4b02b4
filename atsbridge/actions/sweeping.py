"""The sweeper of actions: finds what is due in every tenant, rings for it, and empties what is over."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from atsbridge.actions import bells, forgetting
from atsbridge.actions.bells import MOST
from atsbridge.actions.models import OPEN, Action, Batch
from atsbridge.tenants.across import everywhere

PROPOSED = timedelta(hours=24)
"""How long a batch that nobody started is kept."""


def sweep() -> None:
    """Ring for actions that nobody has, or whose worker is gone, and for batches that are not whole or not read back;
    forget what has to go, and batches that were only proposed.

    A bell that is on its way is given its time.
    """
    now = timezone.now()
    settle = timedelta(seconds=settings.SETTLE_SECONDS)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    with everywhere():
        due = Action.objects.filter(free, state__in=OPEN, not_before__lte=now, rung_at__lt=now - settle)
        found = list(due.order_by("not_before")[:MOST])
        Action.objects.filter(pk__in=[action.pk for action in found]).update(rung_at=now)
        Batch.objects.filter(started_at=None, created_at__lt=now - PROPOSED).delete()
        begun = Batch.objects.filter(started_at__isnull=False, stopped_at=None, taken_in=False)
        batches = list(begun.filter(rung_at__lt=now - settle)[:MOST])
        Batch.objects.filter(pk__in=[batch.pk for batch in batches]).update(rung_at=now)
        written = Action.objects.exclude(unread="").values("batch")
        unread = list(Batch.objects.filter(free, pk__in=written, not_before__lte=now)[:MOST])
    for action in found:
        bells.ring(action)
    for batch in batches:
        bells.ring_batch(batch)
    for batch in unread:
        bells.ring_together(batch)
    with everywhere():
        forgetting.forget()
