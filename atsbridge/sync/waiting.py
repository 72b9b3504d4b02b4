"""What a run that somebody waits for may take of the budget's floor, and what it says while it waits for budget."""

from django.db.models import F
from django.utils import timezone

from atsbridge.sync.models import Run
from atsbridge.tenants.models import Person

FLOOR_CALLS = 10
"""Calls of the floor that "Sync now" may use."""
BUDGET = "budget"
"""What `Run.waits_for` says where nothing but the call budget stops a run; pages count down from `not_before`."""


def joined(run: Run, person: Person | None) -> None:
    """Somebody waits for a run that began without them: it is theirs from now on, and asks at once for its budget."""
    mine = Run.objects.filter(pk=run.pk, ended_at__isnull=True)
    mine.exclude(trigger="person").update(trigger="person", person=person)
    mine.filter(waits_for=BUDGET).update(not_before=timezone.now())
    run.refresh_from_db(fields=["trigger", "person", "not_before"])


def may_use_floor(run: Run) -> bool:
    """Whether this run may take one more call of the floor; it is counted."""
    mine = Run.objects.filter(pk=run.pk, trigger="person", floor_calls__lt=FLOOR_CALLS)
    return bool(mine.update(floor_calls=F("floor_calls") + 1))
