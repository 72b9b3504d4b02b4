"""What a run that somebody waits for may take of the budget's floor, and what it says while it waits for budget."""

from django.db.models import F

from atsbridge.sync.models import Run

FLOOR_CALLS = 10
"""Calls of the floor that "Sync now" may use."""
BUDGET = "budget"
"""What `Run.waits_for` says where nothing but the call budget stops a run; pages count down from `not_before`."""


def may_use_floor(run: Run) -> bool:
    """Whether this run may take one more call of the floor; it is counted."""
    mine = Run.objects.filter(pk=run.pk, trigger="person", floor_calls__lt=FLOOR_CALLS)
    return bool(mine.update(floor_calls=F("floor_calls") + 1))
