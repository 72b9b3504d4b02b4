"""When a connection is read: on a timer with jitter, or because somebody asks."""

import math
import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from atsbridge.connections import budget
from atsbridge.connections.models import Connection
from atsbridge.sync import bells
from atsbridge.sync.models import Run
from atsbridge.tenants.models import Person

SHARE = 0.5
"""Planned calls stay below this share of the provider's hourly limit."""
JITTER = 0.1


class NotActive(Exception):
    """The connection cannot be read now; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long after a run the next one begins, and why."""

    minutes: int
    why: str


def start(connection: Connection, trigger: str, person: Person | None = None, *, full: bool = False) -> Run:
    """Begin a run, or join the one that is running; raises NotActive. Its bell rings when the transaction commits."""
    if connection.state != "active":
        raise NotActive(f"“{connection.label}” is {connection.get_state_display().lower()}, so it is not read.")
    run = Run.objects.filter(connection=connection, ended_at__isnull=True).first()
    if run is None:
        run = _create(connection, trigger, person, full)
    transaction.on_commit(lambda: bells.ring_run(run))
    return run


def _create(connection: Connection, trigger: str, person: Person | None, full: bool) -> Run:
    last = Run.objects.filter(connection=connection).order_by("-number").first()
    first = not Run.objects.filter(connection=connection, state__in=("succeeded", "partial")).exists()
    try:
        with transaction.atomic():
            return Run.objects.create(
                tenant_id=connection.tenant_id,
                connection=connection,
                number=last.number + 1 if last else 1,
                trigger=trigger,
                person=person,
                full=full,
                first=first,
            )
    except IntegrityError:
        return Run.objects.get(connection=connection, ended_at__isnull=True)


def plan(connection: Connection) -> Plan:
    """The pause between runs: the connection's, else the installation's, stretched so that the budget lasts."""
    wanted = connection.interval or settings.SYNC_INTERVAL_MINUTES
    last = Run.objects.filter(connection=connection, state__in=("succeeded", "partial")).order_by("-number").first()
    use = budget.use(connection)
    hourly = use.limit * 3600 / use.per
    needed = math.ceil(last.calls * 60 / (hourly * SHARE)) if last else 0
    if needed > wanted:
        return Plan(
            needed,
            f"every {needed} minutes instead of {wanted}: a run takes {last.calls if last else 0} calls, and half of "
            f"{hourly:.0f} an hour stay free",
        )
    return Plan(wanted, f"every {wanted} minutes")


def plan_next(connection: Connection) -> None:
    """Set when a connection is looked at next: never before its pause is over, and some later, not all at once."""
    minutes = plan(connection).minutes
    pause = minutes * 60 * random.uniform(1, 1 + JITTER)  # noqa: S311 (spreading load, not a secret)
    connection.next_run_at = timezone.now() + timedelta(seconds=pause)
    connection.save(update_fields=["next_run_at"])


def due() -> list[tuple[UUID, UUID]]:
    """(tenant, connection) of every connection whose time has come; read across tenants by the sweeper."""
    rows = Connection.objects.filter(state="active", next_run_at__lte=timezone.now()).order_by("next_run_at")
    return list(rows.values_list("tenant_id", "id")[:500])
