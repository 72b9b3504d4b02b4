"""The same done to many applications: proposed with what it costs, started, stopped; each row an ordinary action."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from atsbridge.actions import bells, intake, uploads
from atsbridge.actions.models import Action, Batch, State
from atsbridge.actions.wrong import Wrong
from atsbridge.connections import budget
from atsbridge.connections.models import Connection
from atsbridge.tenants.audit import audit
from atsbridge.tenants.models import Person
from connectors.unified.actions import BY_SLUG

MOST = 200
"""Applications in one batch."""
KINDS = ("move_application", "add_note")
"""What can be done to many at once."""

type Rows = Sequence[tuple[str, Mapping[str, Any]]]
"""The remote id of each application, and what only it is told."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a batch takes: calls in all, and minutes at the least, for the provider takes `limit` calls in `per` s."""

    calls: int
    minutes: int
    limit: int
    per: float


def propose(connection: Connection, kind: str, given: Mapping[str, Any], rows: Rows, person: Person) -> Batch:
    """Write down a batch and rehearse its first row, to see what it costs; nothing is sent. Raises Wrong."""
    if not 0 < len(rows) <= MOST:
        raise Wrong(f"Choose from one to {MOST} applications; these are {len(rows)}")
    first = intake.read(kind, {**given, **rows[0][1], "application_id": rows[0][0]})
    probe = intake.accept(connection, first, person=person, rehearsal=True)
    return Batch.objects.create(
        tenant_id=connection.tenant_id,
        connection=connection,
        kind=kind,
        given=json.dumps(dict(given)),
        rows=[[remote_id, dict(own)] for remote_id, own in rows],
        person=person,
        probe=probe,
    )


def cost(batch: Batch) -> Cost | None:
    """What it takes, as the rehearsal of its first row has found; None before that."""
    each = batch.probe.plan.get("calls") if batch.probe else None
    if each is None:
        return None
    use, calls = budget.uses([batch.connection])[batch.connection_id], each * len(batch.rows)
    return Cost(calls, math.ceil(calls * use.per / use.limit / 60), use.limit, use.per)


def start(batch: Batch) -> None:
    """Have its rows taken in by a worker, once."""
    now = timezone.now()
    if Batch.objects.filter(pk=batch.pk, started_at=None, stopped_at=None).update(started_at=now, rung_at=now):
        bells.ring_batch(batch)


def take_in(batch_id: UUID) -> None:
    """Make each row an action; a row that is one already stays that one, whoever comes here again."""
    batch = Batch.objects.select_related("connection", "person").get(pk=batch_id)
    given = json.loads(batch.given)
    for place, (remote_id, own) in enumerate(() if batch.taken_in else batch.rows):
        told = {**given, **own, "application_id": remote_id}
        try:
            action = _take_in(batch, told, f"batch {batch.pk} {place}")
        except Wrong as wrong:
            batch.refused[remote_id] = str(wrong)
        else:
            if action is None:
                return
            bells.ring(action)
    Batch.objects.filter(pk=batch_id, stopped_at=None).update(taken_in=True, refused=batch.refused, given="{}")


def _take_in(batch: Batch, given: dict[str, Any], key: str) -> Action | None:
    """One row as an action of the batch; None where it was stopped. Raises Wrong."""
    with transaction.atomic():
        _lock(batch)
        if not Batch.objects.filter(pk=batch.pk, stopped_at=None).exists():
            return None
        action = intake.accept(batch.connection, intake.read(batch.kind, given), person=batch.person, key=key)
        Action.objects.filter(pk=action.pk, batch=None).update(batch=batch)
    return action


def _lock(batch: Batch) -> None:
    """Nobody takes in rows while somebody stops, and the other way about."""
    list(Connection.objects.select_for_update(no_key=True).filter(pk=batch.connection_id).values("pk"))


def stop(batch: Batch, person: Person) -> int:
    """Take in no more of it, and cancel what nothing was sent of; gives how many those are."""
    now, words = timezone.now(), f"{person} stopped the batch"
    with transaction.atomic():
        _lock(batch)
        if not Batch.objects.filter(pk=batch.pk, stopped_at=None).update(stopped_at=now, given="{}"):
            return 0
        waiting = batch.actions.filter(state__in=(State.QUEUED, State.WAITING), sent=False, lease=None)
        ids = list(waiting.values_list("pk", flat=True))
        stopped = batch.actions.filter(pk__in=ids, lease=None, sent=False)
        count = stopped.update(state=State.CANCELLED, error=words, waits_for="", ended_at=now)
        subject = f"{BY_SLUG[batch.kind].label} of {len(batch.rows)} in {batch.connection.label}"
        audit(batch.connection.tenant, person, "action.batch_stopped", subject, batch.connection_id)
    for action in Action.objects.filter(pk__in=ids, state=State.CANCELLED):
        uploads.forget(action)
        bells.ring_next(action)
    return count
