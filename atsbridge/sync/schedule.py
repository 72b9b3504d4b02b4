"""When a connection is read, and how thoroughly: on a timer with jitter, or because somebody asks."""

import math
import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from atsbridge.connections import budget
from atsbridge.connections.models import Connection
from atsbridge.sync import bells, courses, waiting
from atsbridge.sync.models import HERE, Run
from atsbridge.tenants.models import Person

SHARE = 0.5
"""Planned calls stay below this share of the provider's hourly limit."""
JITTER = 0.1
LONGEST = timedelta(hours=6)
"""The longest pause that failing makes."""


class NotActive(Exception):
    """The connection cannot be read now; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long after a run the next one begins, how long after a complete one the next complete one, and why."""

    minutes: int
    complete: int
    why: str


def start(
    connection: Connection, trigger: str, person: Person | None = None, *, full: bool = False, kind: str = ""
) -> Run:
    """Begin a run, or join the one that is running; raises NotActive. Its bell rings when the transaction commits."""
    kind, full = _owed(connection, kind, full=full)
    if not startable(connection):
        raise NotActive(f"“{connection.label}” is {connection.get_state_display().lower()}, so it is not read.")
    run = Run.objects.filter(connection=connection, ended_at__isnull=True).first()
    if run is None:
        run = _create(connection, trigger, person, full, kind)
    elif trigger == "person":
        waiting.joined(run, person)
    transaction.on_commit(lambda: bells.ring_run(run))
    return run


def startable(connection: Connection) -> bool:
    """Whether a run may begin now: to forget what is not ours needs no key."""
    narrows = connection.owes == "narrow" and connection.state != "unlinking"
    return connection.state == "active" or narrows


def _owed(connection: Connection, kind: str, *, full: bool) -> tuple[str, bool]:
    """What a run has to be whatever it is begun for, after somebody chose what is read."""
    if connection.owes == "narrow":
        return "narrow", False
    return ("", True) if connection.owes == "full" else (kind, full)


def _create(connection: Connection, trigger: str, person: Person | None, full: bool, kind: str) -> Run:
    last = Run.objects.filter(connection=connection).order_by("-number").first()
    whole = Run.objects.filter(connection=connection, state__in=("succeeded", "partial")).exclude(kind__in=HERE)
    first = not whole.exists()
    try:
        with transaction.atomic():
            return Run.objects.create(
                tenant_id=connection.tenant_id,
                connection=connection,
                number=last.number + 1 if last else 1,
                kind=kind or ("complete" if first or full else _kind(connection, trigger)),
                trigger=trigger,
                person=person,
                full=full,
                first=first and not kind,
            )
    except IntegrityError:
        return Run.objects.get(connection=connection, ended_at__isnull=True)


def _kind(connection: Connection, trigger: str) -> str:
    """Complete where it is time for that, or where somebody asks and the budget carries it now; else quick."""
    if not courses.looks_again(connection.speaks):
        return "complete"
    last = last_complete(connection)
    if last is None or last.ended_at is None:
        return "complete"
    if trigger != "schedule":
        return "complete" if last.calls <= budget.use(connection).left_for_syncs else "quick"
    due = last.ended_at + timedelta(minutes=plan(connection).complete)
    return "complete" if due <= timezone.now() else "quick"


def plan(connection: Connection) -> Plan:
    """The pauses: the connection's, else the installation's; stretched for complete runs so that the budget lasts."""
    wanted = connection.interval or settings.SYNC_INTERVAL_MINUTES
    last = last_complete(connection)
    use = budget.use(connection)
    hourly = use.limit * 3600 / use.per
    needed = math.ceil(last.calls * 60 / (hourly * SHARE)) if last else 0
    if needed <= wanted:
        return Plan(wanted, wanted, f"every {wanted} minutes")
    calls = last.calls if last else 0
    spared = f"a complete run takes {calls} calls, and half of {hourly:.0f} an hour stay free"
    if courses.looks_again(connection.speaks):
        return Plan(wanted, needed, f"every {wanted} minutes for what is new, whole every {needed}: {spared}")
    return Plan(needed, needed, f"every {needed} minutes instead of {wanted}: {spared}")


def last_complete(connection: Connection) -> Run | None:
    """The last run that walked every list to its end, or nearly every one."""
    ended = Run.objects.filter(connection=connection, kind="complete", state__in=("succeeded", "partial"))
    return ended.order_by("-number").first()


def plan_next(connection: Connection, ended: str) -> None:
    """Set when a connection is looked at next after a run that ended so: never before its pause is over, and some
    later, not all at once."""
    if ended != "cancelled":
        connection.failures = connection.failures + 1 if ended == "failed" else 0
    pause = timedelta(minutes=plan(connection).minutes) * random.uniform(1, 1 + JITTER)  # noqa: S311 (no secret)
    connection.next_run_at = timezone.now() + _backed_off(pause, connection.failures)
    connection.save(update_fields=["failures", "next_run_at"])


def _backed_off(pause: timedelta, failures: int) -> timedelta:
    """The pause, doubled with each failed run after the first, up to the longest."""
    doublings = min(max(failures - 1, 0), 10)
    return max(pause, min(pause * (1 << doublings), LONGEST))


def due() -> list[tuple[UUID, UUID]]:
    """(tenant, connection) of every connection whose time has come; read across tenants by the sweeper."""
    rows = Connection.objects.filter(state="active", next_run_at__lte=timezone.now()).order_by("next_run_at")
    return list(rows.values_list("tenant_id", "id")[:500])


def stale() -> list[tuple[UUID, UUID]]:
    """The same of connections whose records are to be mapped anew, or which owe a run, as soon as none is under way."""
    running = Run.objects.filter(ended_at__isnull=True).values("connection")
    due = Q(state="active") & (Q(remap_due=True) | Q(owes="full")) | Q(owes="narrow") & ~Q(state="unlinking")
    rows = Connection.objects.filter(due).exclude(pk__in=running)
    return list(rows.values_list("tenant_id", "id")[:500])
