"""Choosing whether of candidates and applications only those are read that we created."""

from django.db import transaction
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.sync import engine, schedule
from atsbridge.sync.models import Run

CHANGED = "What is to be read was changed; the next run begins anew"


def choose(connection: Connection, *, only_ours: bool) -> bool:
    """Keep what was chosen; False where nothing changes. The others go at once, or come with a full sync.

    The run under way ends: what it has asked for is stored no more.
    """
    owes = "narrow" if only_ours else "full"
    with transaction.atomic():
        other = Connection.objects.filter(pk=connection.pk, only_ours=not only_ours)
        if not other.update(only_ours=only_ours, owes=owes, updated_at=timezone.now()):
            return False
        for run in Run.objects.filter(connection=connection, ended_at__isnull=True):
            engine.finish(run, "cancelled", error=CHANGED)
        connection.refresh_from_db()
        if schedule.startable(connection):
            schedule.start(connection, "settings")
    return True
