"""What a connection is good for, and the few ways in which that changes.

    active ──pause──▶ paused ──resume──▶ active
    active, paused ──the provider refuses the key, asked twice──▶ needs_relink ──relink──▶ active
    any ──unlink──▶ unlinking ──after some days──▶ gone

Each change is one conditional UPDATE, so that two workers never undo each other's. Who is to be told of it stands in
the same transaction; what waits for an active connection is woken as soon as that is committed.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from atsbridge.connections import notices, waking
from atsbridge.connections.models import Connection, State

WORKED_EVERY = timedelta(minutes=1)
"""How exactly `worked_at` is kept: a sync calls `worked` for every page, and a write for each would be waste."""
TRUSTED: Mapping[str, None] = MappingProxyType({"refused_at": None, "ask_at": None})
"""What stands in a connection whose credentials nobody doubts."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


def worked(connection: Connection) -> None:
    """Note that the provider accepted the credentials just now; no doubt is left."""
    now = timezone.now()
    if connection.refused_at or connection.worked_at is None or now - connection.worked_at >= WORKED_EVERY:
        Connection.objects.filter(pk=connection.pk).update(worked_at=now, **TRUSTED)
        connection.worked_at, connection.refused_at, connection.ask_at = now, None, None


def refused(connection: Connection) -> bool:
    """The provider refused the credentials, which proves nothing yet: it is asked once more. False where that is known.

    The connection then says until when to wait, whoever noted the doubt."""
    now = timezone.now()
    trusted = Connection.objects.filter(pk=connection.pk, state__in=(State.ACTIVE, State.PAUSED), **TRUSTED)
    noted = trusted.update(refused_at=now, ask_at=now + timedelta(seconds=settings.DOUBT_SECONDS))
    connection.refresh_from_db(fields=["refused_at", "ask_at"])
    return bool(noted)


def needs_relink(connection: Connection, reason: str) -> bool:
    """It is proved that the provider refuses the credentials; False where others were given since, or it no longer
    matters."""
    same = {"refused_at": connection.refused_at}
    fields = {"reason": reason[:500], "next_run_at": None, **TRUSTED}
    with transaction.atomic():
        changed = _change(connection, (State.ACTIVE, State.PAUSED), State.NEEDS_RELINK, same, **fields)
        if changed:
            notices.needs_relink(connection)
    return changed


def pause(connection: Connection) -> bool:
    """Stop syncing until somebody resumes; a run under way ends at its next page."""
    return _change(connection, (State.ACTIVE,), State.PAUSED, next_run_at=None)


def resume(connection: Connection) -> bool:
    """Sync again, from now on."""
    return _change(connection, (State.PAUSED,), State.ACTIVE, next_run_at=timezone.now())


def relinked(connection: Connection, **fields: Any) -> bool:
    """New credentials were accepted: active again, or paused as it was; False while it is being unlinked."""
    now = timezone.now()
    fields |= {"reason": "", "worked_at": now, "failures": 0, **TRUSTED}
    if _change(connection, (State.PAUSED,), State.PAUSED, **fields):
        return True
    with transaction.atomic():
        changed = _change(connection, (State.ACTIVE, State.NEEDS_RELINK), State.ACTIVE, next_run_at=now, **fields)
        if changed:
            notices.works_again(connection)
    return changed


def unlinking(connection: Connection, **fields: Any) -> bool:
    """Its credentials are gone, its records follow."""
    return _change(
        connection, (State.ACTIVE, State.PAUSED, State.NEEDS_RELINK), State.UNLINKING, next_run_at=None, **fields
    )


def _change(
    connection: Connection, before: tuple[State, ...], after: State, same: Mapping[str, Any] = NOTHING, **fields: Any
) -> bool:
    now = timezone.now()
    fields |= {"state": after, "state_since": now, "updated_at": now}
    changed = Connection.objects.filter(pk=connection.pk, state__in=before, **same).update(**fields)
    if changed:
        for name, value in fields.items():
            setattr(connection, name, value)
        if after == State.ACTIVE:
            waking.ring(connection)
    return bool(changed)
