"""Unlinking: the credentials go at once, the records after some days, or now if somebody says so."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from atsbridge.connections import sharing, states
from atsbridge.connections.models import Attempt, Connection, Exchange, State
from atsbridge.tenants.across import everywhere

BATCH = 1000
SLICE_SECONDS = 20.0
type Emptying = Callable[[UUID], int]
"""Empties a portion of what a connection leaves behind when it goes; 0 where nothing was left to empty."""


def unlink(connection: Connection, *, now: bool = False) -> bool:
    """Delete the credentials at once and set the day on which the records go; False where that is under way already."""
    purge_at = timezone.now() + timedelta(days=0 if now else settings.UNLINK_KEEP_DAYS)
    with transaction.atomic():
        if not states.unlinking(connection, purge_at=purge_at):
            return False
        connection.credentials.all().delete()
        Attempt.objects.filter(connection=connection).update(sealed={})
    return True


def hasten(connection: Connection) -> bool:
    """Let the records of an unlinked connection go with the next sweep."""
    return bool(Connection.objects.filter(pk=connection.pk, state=State.UNLINKING).update(purge_at=timezone.now()))


def purge_due(empty: Emptying, seconds: float = SLICE_SECONDS) -> int:
    """Delete the connections whose day has come, with everything of theirs; how many went. For the sweeper.

    Of what they leave behind, `empty` takes what it says. It works in small transactions and stops after so many
    seconds; the next sweep goes on where this one stopped.
    """
    deadline = time.monotonic() + seconds
    gone = 0
    with everywhere():
        due = Connection.objects.filter(state=State.UNLINKING, purge_at__lte=timezone.now()).order_by("purge_at")
        for pk in list(due.values_list("pk", flat=True)):
            gone += _purged(pk, empty, deadline)
    return gone


def _purged(pk: UUID, empty: Emptying, deadline: float) -> bool:
    while empty(pk):
        if time.monotonic() > deadline:
            return False
    attempts = list(Attempt.objects.filter(connection=pk).values_list("pk", flat=True))
    tried = Exchange.objects.filter(
        by="attempt", by_id__in=attempts
    )  # before the account was linked: named by nothing else
    for rows in (tried, *(model._base_manager.filter(**{column: pk}) for model, column in _belongings())):
        while _batch(rows):
            if time.monotonic() > deadline:
                return False
    connection = Connection.objects.get(pk=pk)
    connection.delete()
    if not Connection.objects.filter(fingerprint=connection.fingerprint).exists():
        sharing.forget(connection.connector, connection.fingerprint)
    return True


def _belongings() -> list[tuple[type[models.Model], str]]:
    """The models whose rows go with their connection, and the column that names it: those of higher layers too."""
    return [
        (relation.related_model, relation.field.name)
        for relation in Connection._meta.related_objects
        if relation.on_delete is models.CASCADE and isinstance(relation.related_model, type)
    ]


def _batch(rows: Any) -> int:
    """Delete some rows; nothing is left when this is 0."""
    chosen = list(rows.values_list("pk", flat=True)[:BATCH])
    if chosen:
        with transaction.atomic():
            rows.filter(pk__in=chosen).delete()
    return len(chosen)
