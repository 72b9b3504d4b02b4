"""What a person decides about an action that does not go on by itself, and never anything else or anybody else.

unknown             it arrived: done          send again: queued, and sent for certain
done, incomplete    complete it: queued, for the steps that failed, and to look for those that stayed unclear
                    the rest arrived: done          send the rest again: queued, and what is unclear sent for certain
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
from atsbridge.actions.steps import LEFT
from atsbridge.connections.models import Connection
from atsbridge.tenants.audit import audit
from atsbridge.tenants.models import Person
from connectors.acting import Wrote
from connectors.unified.actions import BY_SLUG

NOTHING_WRITTEN = (State.REFUSED, State.FAILED, State.CANCELLED, State.EXPIRED)


class TooLate(Exception):
    """It goes on by itself meanwhile, has ended otherwise, or somebody else has decided."""


def choices(action: Action) -> tuple[str, ...]:
    """What a person may decide about an action as it is now."""
    if action.state == State.UNKNOWN:
        return ("arrived",) if action.emptied_at else ("arrived", "again")
    if action.state == State.DONE:
        return _of_rest(action) if action.incomplete and action.steps else ()  # without them, all would be sent again
    if action.state in (State.QUEUED, State.WAITING):
        return () if action.sent else ("cancel",)
    return ("anew",) if action.state in NOTHING_WRITTEN and _repeatable(action) else ()


def _of_rest(action: Action) -> tuple[str, ...]:
    """The same of one that is incomplete: what nobody can look for is not sent again without a person's word."""
    left = [step for step in action.steps.values() if step["state"] in LEFT]
    complete = ("complete",) if not left or any(not step.get("blind") for step in left) else ()
    unclear = any(step["state"] == "unclear" for step in left)
    return (*complete, "rest_arrived", "rest_again") if unclear else complete


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
        if not decided.incomplete:
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
    return _change(action, State.DONE, **_completing(action))


def _completing(action: Action) -> dict[str, Any]:
    return {"warnings": [], "order": intake.place(action.connection)} | _queued(action)


def _rest_arrived(action: Action, person: Person) -> Action:
    """What stayed unclear counts as done; what failed is still to be completed."""
    wrote = msgspec.to_builtins(Wrote())
    steps = {
        name: {"state": "done", "wrote": wrote} if step["state"] == "unclear" else step
        for name, step in action.steps.items()
    }
    left = any(step["state"] in LEFT for step in steps.values())
    said = [*action.warnings, f"{person} said that what was unclear arrived"]
    return _change(action, State.DONE, steps=steps, incomplete=left, warnings=said)


def _rest_again(action: Action, person: Person) -> Action:
    """What stayed unclear counts as not sent, for the person has looked; the rest is completed with it."""
    steps = {name: step for name, step in action.steps.items() if step["state"] != "unclear"}
    return _change(action, State.DONE, steps=steps, **_completing(action))


def _cancel(action: Action, person: Person) -> Action:
    ended = {"state": State.CANCELLED, "error": f"Cancelled by {person}", "ended_at": timezone.now(), "waits_for": ""}
    return _change(action, action.state, **ended)


def _anew(action: Action, person: Person) -> Action:
    return intake.accept(action.connection, read(action), person=person, again=True)


DECISIONS: dict[str, tuple[str, Callable[[Action, Person], Action]]] = {
    "arrived": ("action.arrived", _arrived),
    "again": ("action.again", _again),
    "complete": ("action.complete", _complete),
    "rest_arrived": ("action.rest_arrived", _rest_arrived),
    "rest_again": ("action.rest_again", _rest_again),
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
