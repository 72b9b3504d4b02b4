"""Who performs an action: a lease that ends by itself, longer than any exchange, so that only one attempt sends."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from atsbridge.actions.models import OPEN, Action, State
from atsbridge.records.digest import clean
from connectors.http import Budget

_TOLD = (str, list, dict)


class LeaseLost(Exception):
    """Somebody else performs this action."""


def take(action_id: uuid.UUID) -> Action | None:
    """The action, now ours; None where it has ended, is not due yet, or is another worker's."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    due = Action.objects.filter(free, pk=action_id, state__in=OPEN, not_before__lte=now)
    if not due.update(
        lease=uuid.uuid4(), lease_until=_until(0), state=State.RUNNING, attempts=F("attempts") + 1, waits_for=""
    ):
        return None
    return Action.objects.select_related("connection").get(pk=action_id)


def keep(action: Action, seconds: float = 0, **fields: Any) -> None:
    """Write fields of an action that is ours, and keep it for an exchange of so many seconds; raises LeaseLost."""
    _write(action, fields | {"lease_until": _until(seconds)})


def warn(action: Action, words: str) -> None:
    """Add a sentence to what the action says, once."""
    if words not in action.warnings:
        keep(action, warnings=[*action.warnings, words])


def kept(action: Action, budget: Budget, seconds: float) -> Budget:
    """A budget that keeps the action for the exchange that is to come: no exchange outlives its lease."""

    def take() -> float:
        keep(action, seconds)
        return budget()

    return take


def give_back(action: Action, *, wait: float, why: str) -> None:
    """Let it go on after `wait` seconds, and say why it waits."""
    later = timezone.now() + timedelta(seconds=wait)
    _write(action, _free() | {"state": State.WAITING, "not_before": later, "waits_for": why[:300]})


def end(action: Action, state: State, **fields: Any) -> None:
    """End it, once."""
    _write(action, _free() | {"state": state, "ended_at": timezone.now(), "waits_for": "", **fields})


def _free() -> dict[str, Any]:
    return {"lease": None, "lease_until": None}


def _until(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds + settings.ACTION_LEASE_SECONDS)


def _write(action: Action, fields: dict[str, Any]) -> None:
    """Write fields, without what PostgreSQL refuses: a provider's NUL must not keep from storing what was done."""
    fields = {name: clean(value).answer if isinstance(value, _TOLD) else value for name, value in fields.items()}
    if not Action.objects.filter(pk=action.pk, lease=action.lease, state=State.RUNNING).update(**fields):
        raise LeaseLost
    for name, value in fields.items():
        setattr(action, name, value)
