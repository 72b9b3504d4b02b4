"""Emptying what actions were told, and what came of them: personal values go with whom they are about.

What somebody asked for stays readable as long as those whom it is about are known here, and goes on the day on which
their records are emptied (`records/forgetting.py`). Where nothing was done, or nobody is known, it goes after as many
days; a rehearsal after one. What providers said may name anybody, so it goes after these days in any case, and the
files that an incomplete action still kept. Number, kind, state, times and ids stay, until the action itself is old.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from atsbridge.actions.models import Action, State, Touched, Upload
from atsbridge.actions.order import MAIL
from atsbridge.connections.exchanges import NO_MORE
from atsbridge.connections.models import Connection, Exchange
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from connectors.unified import MODELS

PORTION = 200
DAY = timedelta(days=1)
"""How long rehearsals and files of nothing are kept; how often an action is looked at. Deletions are never forgotten
sooner, so a look comes in time."""
SOON = timedelta(minutes=5)
"""The same where others may leave at once, for only what we created is read."""
PEOPLE = [model.slug for model in MODELS if model.personal]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of those whom an action is about: somebody of them is here; else when the last one is emptied."""

    here: bool
    until: datetime | None


def forget() -> None:
    """Look at a portion of the actions whose time has come, in every tenant; the next sweep goes on."""
    now = timezone.now()
    due = Action.objects.filter(ended_at__isnull=False, forget_at__lte=now).select_related("connection")
    actions = list(due.order_by("forget_at")[:PORTION])
    known = _known(actions)
    for action in actions:
        _look(action, known[action.pk], now)
    Upload.objects.filter(action__isnull=True, created_at__lt=now - DAY).delete()


def hasten(connection: Connection) -> None:
    """Look at all of a connection's actions with the next sweep, for others than ours leave at once."""
    Action.objects.filter(connection=connection).update(forget_at=timezone.now())


def _look(action: Action, known: Known, now: datetime) -> None:
    """Empty what has to go by now, and set when it is looked at again."""
    assert action.ended_at
    same = Action.objects.filter(pk=action.pk, state=action.state, ended_at=action.ended_at, forget_at=action.forget_at)
    if action.ended_at + timedelta(days=settings.ACTION_KEEP_DAYS) <= now and action.state != State.UNKNOWN:
        same.delete()
        return
    old = action.ended_at + (DAY if action.rehearsal else _keep())
    emptied = bool(known.until and known.until <= now) or (old <= now and not _stays(action, known))
    left = (_unsaid(action) if old <= now or emptied else {}) | (_emptied(action, now) if emptied else {})
    told = {name: value for name, value in left.items() if getattr(action, name) != value}
    soon = [at for at in (old, known.until) if at and at > now]
    with transaction.atomic():
        if same.update(**told, forget_at=min([*soon, now + (SOON if action.connection.only_ours else DAY)])) and told:
            Exchange.objects.filter(by_id=action.pk).exclude(query="").update(query="")
            action.uploads.all().delete()


def _stays(action: Action, known: Known) -> bool:
    """Whether what was asked for is kept for as long as the records are."""
    return action.state == State.DONE and not action.rehearsal and (known.here or known.until is not None)


def _keep() -> timedelta:
    return timedelta(days=settings.FORGET_DAYS)


def _unsaid(action: Action) -> dict[str, Any]:
    """Without what the provider said."""
    return {
        "steps": {},
        "plan": {},
        "step": "",
        "waits_for": "",
        "error": action.error and NO_MORE,
        "warnings": [NO_MORE] if action.warnings else [],
    }


def _emptied(action: Action, now: datetime) -> dict[str, Any]:
    """Without what it was told; the address of somebody who was to be created is told, too."""
    about = "" if action.about.startswith(MAIL) else action.about
    return {"unread": "", "input": "{}", "about": about, "emptied_at": action.emptied_at or now}


def _known(actions: Iterable[Action]) -> dict[UUID, Known]:
    """What is known of those whom each action is about: of the records that it touched, or whose id it told."""
    ids = {action.pk: _told(action) for action in actions}
    for action_id, record in Touched.objects.filter(action__in=ids).values_list("action", "record"):
        ids[action_id].add(record)
    people = Record.objects.filter(id__in={each for some in ids.values() for each in some}, model__in=PEOPLE)
    gone = {
        key: emptied or (deleted and deleted + _keep())
        for key, deleted, emptied in people.values_list("id", "deleted_at", "emptied_at")
    }
    return {pk: _of([gone[each] for each in some if each in gone]) for pk, some in ids.items()}


def _of(ends: list[datetime | None]) -> Known:
    past = [at for at in ends if at]
    here = len(past) < len(ends)
    return Known(here, max(past) if past and not here else None)


def _told(action: Action) -> set[UUID]:
    named = action.remote_id
    return {record_id(action.connection_id, model, named) for model in PEOPLE} if named else set()
