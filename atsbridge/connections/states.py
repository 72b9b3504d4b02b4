"""What a connection is good for, and the few ways in which that changes.

    active ──pause──▶ paused ──resume──▶ active
    active, paused ──the provider refuses the key──▶ needs_relink ──relink──▶ active
    any ──unlink──▶ unlinking ──after some days──▶ gone

Each change is one conditional UPDATE, so that two workers never undo each other's.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from atsbridge.connections import refusals
from atsbridge.connections.models import Connection, State
from connectors.errors import ConnectorError

WORKED_EVERY = timedelta(minutes=1)
"""How exactly `worked_at` is kept: a sync calls `worked` for every page, and a write for each would be waste."""


def worked(connection: Connection) -> None:
    """Note that the provider accepted the credentials just now."""
    now = timezone.now()
    if connection.worked_at is None or now - connection.worked_at >= WORKED_EVERY:
        Connection.objects.filter(pk=connection.pk).update(worked_at=now)
        connection.worked_at = now


def needs_relink(connection: Connection, reason: str) -> bool:
    """The provider refuses the credentials, for this reason; False where that is known already or no longer matters."""
    return _change(connection, (State.ACTIVE, State.PAUSED), State.NEEDS_RELINK, reason=reason[:500], next_run_at=None)


def refused(connection: Connection, error: ConnectorError) -> bool:
    """The same, with the provider's refusal put into words for people."""
    return needs_relink(connection, refusals.explain(connection.speaks, error, connection.worked_at)[0])


def pause(connection: Connection) -> bool:
    """Stop syncing until somebody resumes; a run under way ends at its next page."""
    return _change(connection, (State.ACTIVE,), State.PAUSED, next_run_at=None)


def resume(connection: Connection) -> bool:
    """Sync again, from now on."""
    return _change(connection, (State.PAUSED,), State.ACTIVE, next_run_at=timezone.now())


def relinked(connection: Connection, **fields: Any) -> bool:
    """New credentials were accepted: active again, or paused as it was; False while it is being unlinked."""
    now = timezone.now()
    fields |= {"reason": "", "worked_at": now}
    paused = _change(connection, (State.PAUSED,), State.PAUSED, **fields)
    return paused or _change(connection, (State.ACTIVE, State.NEEDS_RELINK), State.ACTIVE, next_run_at=now, **fields)


def unlinking(connection: Connection, **fields: Any) -> bool:
    """Its credentials are gone, its records follow."""
    return _change(
        connection, (State.ACTIVE, State.PAUSED, State.NEEDS_RELINK), State.UNLINKING, next_run_at=None, **fields
    )


def _change(connection: Connection, before: tuple[State, ...], after: State, **fields: Any) -> bool:
    now = timezone.now()
    fields |= {"state": after, "state_since": now, "updated_at": now}
    changed = Connection.objects.filter(pk=connection.pk, state__in=before).update(**fields)
    if changed:
        for name, value in fields.items():
            setattr(connection, name, value)
    return bool(changed)
