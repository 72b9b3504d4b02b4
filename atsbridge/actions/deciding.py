"""What a person decides about an action that does not go on by itself, and never anything else or anybody else.

unknown             it arrived: done          send again: queued, and sent for certain
done, incomplete    complete it: queued, for the steps that failed
queued, waiting     cancel it, while nothing may have been sent
refused, failed, cancelled, expired           nothing was written: the same once more, as an action of its own
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from atsbridge.actions import bells, intake, uploads
from atsbridge.actions.models import Action, State
from atsbridge.actions.performing import read
from atsbridge.connections.models import Connection
from atsbridge.tenants.audit import audit
from atsbridge.tenants.models import Person
from connectors.unified.actions import BY_SLUG

NOTHING_WRITTEN = (State.REFUSED, State.FAILED, State.CANCELLED, State.EXPIRED)


class TooLate(Exception):
    """It goes on by itself meanwhile, has ended otherwise, or somebody else has decided."""


def choices(action: Action) -> tuple[str, ...]:
    """What a person may decide about an action as it is now."""
    if action.state == State.UNKNOWN:
        return ("arrived",) if action.emptied_at else ("arrived", "again")
    if action.state == State.DONE:
        return ("complete",) if action.incomplete and action.steps else ()  # without them, all would be sent again
    if action.state in (State.QUEUED, State.WAITING):
        return () if action.sent else ("cancel",)
    return ("anew",) if action.state in NOTHING_WRITTEN and _repeatable(action) else ()


def decide(action: Action, choice: str, person: Person) -> Action:
    """Do what a person chose; returns the action that goes on. Raises TooLate, and Wrong for one anew."""
    if choice not in choices(action):
        raise TooLate("This cannot be decided about it (any more)")
    with transaction.atomic():
        list(Connection.objects.select_for_update().filter(pk=action.connection_id).values("pk"))
        kind, how = DECISIONS[choice]
        decided = how(action, person)
        words = f"{BY_SLUG[action.kind].label} in {action.connection.label}"
        audit(action.connection.tenant, person, kind, words, action.connection_id)
    if decided.ended_at is None:
        bells.ring(decided)
    else:
        uploads.forget(decided)
        bells.ring_next(decided)
    return decided


def _arrived(action: Action, person: Person) -> Action:
    said = [*action.warnings, f"{person} said that it arrived"]
    now = timezone.now()
    return _change(action, State.UNKNOWN, state=State.DONE, warnings=said, error="", step="", ended_at=now)


def _again(action: Action, person: Person) -> Action:
    """What may have been sent counts as not sent, for the person has looked."""
    steps = {name: step for name, step in action.steps.items() if step["state"] != "sent"}
    sent = any(step["state"] == "done" for step in steps.values())
    return _change(action, State.UNKNOWN, steps=steps, sent=sent, **_queued(action))


def _complete(action: Action, person: Person) -> Action:
    """`incomplete` stays, which has the failed steps tried again; what is still to be said is said again. It takes its
    place behind what was asked for meanwhile, and may be under way."""
    return _change(action, State.DONE, warnings=[], order=intake.place(action.connection), **_queued(action))


def _cancel(action: Action, person: Person) -> Action:
    ended = {"state": State.CANCELLED, "error": f"Cancelled by {person}", "ended_at": timezone.now(), "waits_for": ""}
    return _change(action, action.state, **ended)


def _anew(action: Action, person: Person) -> Action:
    return intake.accept(action.connection, read(action), person=person, again=True)


DECISIONS: dict[str, tuple[str, Callable[[Action, Person], Action]]] = {
    "arrived": ("action.arrived", _arrived),
    "again": ("action.again", _again),
    "complete": ("action.complete", _complete),
    "cancel": ("action.cancel", _cancel),
    "anew": ("action.anew", _anew),
}
"""Each choice → what the audit trail calls it, and what it does."""


def _queued(action: Action) -> dict[str, Any]:
    """As if it had just been asked for: its time begins anew."""
    now = timezone.now()
    fresh = {"state": State.QUEUED, "not_before": now, "rung_at": now, "ended_at": None, "attempts": 0}
    return fresh | {"expires_at": now + _patience(action), "error": "", "step": "", "waits_for": ""}


def _patience(action: Action) -> timedelta:
    return intake.SOON if action.kind == "move_application" else intake.LATER


def _change(action: Action, was: str, **fields: Any) -> Action:
    """Change an action if it is still as it was looked at, and nobody performs it; else raise TooLate."""
    same = Action.objects.filter(
        pk=action.pk, state=was, lease__isnull=True, sent=action.sent, forget_at=action.forget_at
    )
    if not same.update(**fields):
        raise TooLate("It went on meanwhile")
    for name, value in fields.items():
        setattr(action, name, value)
    return action


def _repeatable(action: Action) -> bool:
    """Whether all that it was told is still there: its files went when it ended, its values with who they are about."""
    try:
        given = read(action)
    except msgspec.DecodeError:
        return False
    return not getattr(given, "attachments", None) and not hasattr(given, "file")
