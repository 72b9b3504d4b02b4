"""What a batch has written is read back together: one question for as many rows as one answers.

It is due when so many were written, when nothing of the batch is under way any more, or when the first has waited for
some minutes. Each row is stored on behalf of its own action. A row that the answer leaves out, or shows otherwise than
it was written, is asked for alone: a question about many proves nothing, and what finds them may lag behind.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from atsbridge.actions import leases, readback
from atsbridge.actions.models import OPEN, Action, Batch
from atsbridge.actions.readback import Unread
from atsbridge.connections import states
from atsbridge.connections.opening import opened
from atsbridge.records.rows import anchor
from connectors.base import Connector, Resource
from connectors.errors import AuthFailed, ConnectorError, NotFound, PlanRequired, RateLimited, Rejected
from connectors.http import Budget
from connectors.mapping import Row, as_id

MOST = 100
"""Rows that one question names."""
PATIENCE = timedelta(minutes=5)
"""How long one that was written waits for the others, so that the board shows it."""


def due(batch: Batch) -> list[Action]:
    """What is to be read back by now, in order."""
    rows = batch.actions.exclude(unread="").defer("steps", "plan", "input")
    unread = list(rows.order_by("order")[:MOST])
    late = any(action.ended_at and action.ended_at < timezone.now() - PATIENCE for action in unread)
    return unread if len(unread) == MOST or late or not _goes_on(batch) else []


def _goes_on(batch: Batch) -> bool:
    """Whether more of it may be written; asked of the rows as they are now."""
    coming = Batch.objects.filter(pk=batch.pk, taken_in=False, stopped_at=None)
    return coming.exists() or batch.actions.filter(state__in=OPEN).exists()


def read_back(batch_id: uuid.UUID) -> None:
    """Read back what is due, unless somebody else does."""
    batch, wait = _take(batch_id), 0.0
    if batch is None:
        return
    try:
        while actions := due(batch):
            _read(batch, actions)
    except RateLimited as limited:
        wait = limited.wait
    except leases.LeaseLost:
        return
    later = timezone.now() + timedelta(seconds=wait)
    Batch.objects.filter(pk=batch.pk, lease=batch.lease).update(lease=None, lease_until=None, not_before=later)


def _take(batch_id: uuid.UUID) -> Batch | None:
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    waiting = Batch.objects.filter(free, pk=batch_id, not_before__lte=now)
    if not waiting.update(lease=uuid.uuid4(), lease_until=_until()):
        return None
    return Batch.objects.select_related("connection").get(pk=batch_id)


def _until() -> datetime:
    return timezone.now() + timedelta(seconds=settings.EXCHANGE_SECONDS + settings.ACTION_LEASE_SECONDS)


def _kept(batch: Batch, budget: Budget) -> Budget:
    """A budget that keeps the batch for the exchange that is to come."""

    def take() -> float:
        if not Batch.objects.filter(pk=batch.pk, lease=batch.lease).update(lease_until=_until()):
            raise leases.LeaseLost
        return budget()

    return take


def _read(batch: Batch, actions: Sequence[Action]) -> None:
    """Read some rows back. What cannot be read is left to the next run; for the budget all of them wait."""
    if batch.connection.state != "active":
        _give_up(actions, f"The connection is {batch.connection.get_state_display().lower()}")
        return
    try:
        with opened(batch.connection, by="batch", by_id=batch.id, purpose="write") as connector:
            connector.talk.budget = _kept(batch, connector.talk.budget)
            _compare(connector, actions)
    except RateLimited:
        raise
    except ConnectorError as error:
        if isinstance(error, AuthFailed | PlanRequired):
            states.refused(batch.connection)
        _give_up(actions, error.message)


def _compare(connector: Connector, actions: Sequence[Action]) -> None:
    """Store each row as it is now, and say of its action what does not stand there."""
    waiting = [(action, msgspec.json.decode(action.unread, type=Unread)) for action in actions]
    for slug in dict.fromkeys(unread.slug for _, unread in waiting):
        some = [(action, unread) for action, unread in waiting if unread.slug == slug]
        resource, started = connector.resource(slug), timezone.now()
        met = _asked(connector, resource, [unread.id for _, unread in some])
        for action, unread in some:
            row, asked = met.get(unread.id), started
            if row is None or readback.not_taken(connector, [row], unread.shows):
                asked = timezone.now()
                row = connector.row(resource, unread.id)
            readback.store(action, resource, unread.id, row, asked)
            _end(action, readback.not_taken(connector, [row], unread.shows) if row else "")


def _asked(connector: Connector, resource: Resource, ids: Sequence[str]) -> dict[str | None, Row]:
    """The rows that one question answers, by id; none where it is refused, and of one row, which has an address."""
    mapping = anchor(resource)
    assert mapping
    try:
        rows = connector.rows_of(resource, ids) if len(ids) > 1 else None
    except (Rejected, NotFound):
        return {}
    return {as_id(mapping.remote_id.read({"": row}, {})): row for row in rows or ()}


def _give_up(actions: Sequence[Action], why: str) -> None:
    for action in actions:
        _end(action, readback.unreadable(why))


def _end(action: Action, words: str) -> None:
    """It is read back; what there is to say is said once."""
    said = [*action.warnings, words] if words and words not in action.warnings else action.warnings
    Action.objects.filter(pk=action.pk).update(unread="", warnings=said)
