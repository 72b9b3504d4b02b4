"""The same done to many applications: proposed with what it costs, started, stopped; each row an ordinary action."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from atsbridge.actions import bells, intake, together, uploads
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

FRESH = timedelta(minutes=10)
"""How long what a rehearsal found is taken for what all rows have in common: a workflow's statuses, say."""

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
    """Write down a batch and rehearse one of its rows, to see what it costs; nothing is sent. Raises Wrong."""
    if not 0 < len(rows) <= MOST:
        raise Wrong(f"Choose from one to {MOST} applications; these are {len(rows)}")
    remote_id, own = next((row for row in rows if not _stands(given, row[1])), rows[0])
    typical = intake.read(kind, {**given, **own, "application_id": remote_id})
    probe = intake.accept(connection, typical, person=person, rehearsal=True)
    return Batch.objects.create(
        tenant_id=connection.tenant_id,
        connection=connection,
        kind=kind,
        given=json.dumps(dict(given)),
        rows=[[remote_id, dict(own)] for remote_id, own in rows],
        person=person,
        probe=probe,
    )


def _stands(given: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    """Whether a row was shown where it is to go, so that there is nothing to write."""
    return "stage_id" in given and own.get("expected_stage_id") == given["stage_id"]


def cost(batch: Batch) -> Cost | None:
    """What it takes from its start, as the rehearsal of a row has found; None before that."""
    plan = batch.probe.plan if batch.probe else {}
    if "own" not in plan:
        return None
    use, count = budget.uses([batch.connection])[batch.connection_id], len(batch.rows)
    given = json.loads(batch.given)
    idle = sum(_stands(given, own) for _, own in batch.rows)
    questions = math.ceil(count / together.MOST) if plan["together"] else 0
    shared = 0 if _common(batch) else plan["shared"]
    calls = shared + plan["own"] * (count - idle) + plan["idle"] * idle + questions
    return Cost(calls, math.ceil(calls * use.per / use.limit / 60), use.limit, use.per)


def _common(batch: Batch) -> dict[str, Any]:
    """What the rehearsal found that is the same for every row, where it is fresh when the batch starts."""
    probe, begins = batch.probe, batch.started_at or timezone.now()
    fresh = probe and probe.ended_at and probe.ended_at > begins - FRESH
    found: dict[str, Any] = probe.plan.get("common", {}) if probe and fresh else {}
    return found


def start(batch: Batch) -> None:
    """Have its rows taken in by a worker, once."""
    now = timezone.now()
    unstarted = Batch.objects.filter(pk=batch.pk, started_at=None, stopped_at=None)
    if unstarted.update(started_at=now, rung_at=now, common=_common(batch)):
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
    bells.ring_together(batch)
    return count
