"""Waiting for an action's end: whoever asked looks at the row, a worker does the work."""

import math
import time

from django.utils import timezone

from atsbridge.actions.models import OPEN, Action

LOOK = 0.1
"""Seconds between two looks."""
SOONEST, LATEST = 2, 300
"""What somebody who has waited in vain is told to wait at least and at most, in seconds."""


def ended(action: Action, seconds: float) -> bool:
    """Wait at most so long for an action's end; says whether it has come."""
    until = time.monotonic() + seconds
    while action.state in OPEN and time.monotonic() < until:
        time.sleep(LOOK)
        action.refresh_from_db()
    return action.state not in OPEN


def pause(action: Action) -> int:
    """In how many seconds it is worth looking again."""
    left = (action.not_before - timezone.now()).total_seconds()
    return min(max(math.ceil(left) + 1, SOONEST), LATEST)
