"""The feed of a tenant's events: read in one order by everybody, in pages by number, kept for some weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from atsbridge.connections.models import Connection, State
from atsbridge.records.kept import PEOPLE
from atsbridge.records.models import NONE, Change
from atsbridge.tenants import counter
from atsbridge.tenants.models import Counter
from connectors import unified

KINDS = (
    "created", "updated", "deleted", "stage_changed", "hired", "rejected", "sync.finished", "connection.linked",
    *(f"connection.{state}" for state in State.values), *(f"{model.slug}.listed" for model in unified.MODELS),
    *(f"{model}.narrowed" for model in PEOPLE),
)  # fmt: skip
"""Every kind of event that has a number."""
PORTION = 1000


class Forgotten(Exception):
    """The events after this number are kept no more; `first` is the number after which they are."""

    def __init__(self, first: int) -> None:
        super().__init__(f"Events up to {first} are kept no more.")
        self.first = first


class Beyond(Exception):
    """A number that was never given; `last` is the last one that was."""

    def __init__(self, last: int) -> None:
        super().__init__(f"The last event is {last}.")
        self.last = last


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader follows; None is everything. jobs, stages: our ids, of which an event names any."""

    kinds: tuple[str, ...] | None = None
    connection: UUID | None = None
    jobs: tuple[UUID, ...] | None = None
    stages: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in order, and the number to go on from: it passes over what was not wanted, so nobody rereads it."""

    events: list[Change]
    following: int


def last(tenant_id: UUID) -> int:
    """The number of the last event: one cheap look, for whoever waits for the next."""
    return counter.read(tenant_id)[0]


def read(tenant_id: UUID, after: int | None, wanted: Wanted, limit: int) -> Page:
    """The events after a number, from the oldest kept where it is None; raises Forgotten and Beyond."""
    newest, forgotten = counter.read(tenant_id)
    start = forgotten if after is None else after
    if start > newest:
        raise Beyond(newest)
    found = _found(tenant_id, wanted, Q(number__gt=start, number__lte=newest), limit)
    _, forgotten = counter.read(tenant_id)  # looked at last: what was forgotten meanwhile may be missing above
    if start < forgotten:
        raise Forgotten(forgotten)
    full = len(found) == limit
    return Page(found, found[-1].number or 0 if full else newest)


def latest(tenant_id: UUID, wanted: Wanted) -> "QuerySet[Change]":
    """The events that people look at, to be ordered and cut from the newest."""
    _, forgotten = counter.read(tenant_id)
    rows = matching(tenant_id, wanted).filter(number__gt=forgotten)
    return rows.filter(reduce(or_, _stages(wanted)))


def matching(tenant_id: UUID, wanted: Wanted) -> "QuerySet[Change]":
    """The events that are wanted, whatever their stages."""
    rows = Change.objects.filter(tenant_id=tenant_id)
    if wanted.kinds is not None:
        rows = rows.filter(kind__in=wanted.kinds)
    if wanted.connection is not None:
        rows = rows.filter(connection=wanted.connection)
    if wanted.jobs is not None:
        rows = rows.filter(job__in=wanted.jobs)
    return rows


def _found(tenant_id: UUID, wanted: Wanted, between: Q, limit: int) -> list[Change]:
    """One query for each index that can serve: an OR of two stages would sort all that either names."""
    rows = matching(tenant_id, wanted).filter(between)
    parts = [list(rows.filter(stage).order_by("number")[:limit]) for stage in _stages(wanted)]
    found = {event.number or 0: event for part in parts for event in part}
    return [found[number] for number in sorted(found)[:limit]]


def _stages(wanted: Wanted) -> Iterable[Q]:
    if wanted.stages is None:
        return (Q(),)
    return (Q(stage__in=wanted.stages), Q(from_stage__in=wanted.stages))


def forget(tenant_id: UUID, before: datetime) -> int:
    """Take a portion of the events that are older than this out of a tenant's feed; how many there were.

    Events of records stay for their timelines, until the records go with their connection.
    """
    with transaction.atomic():
        mine = Counter.objects.select_for_update().get(tenant_id=tenant_id)
        rows = Change.objects.filter(tenant_id=tenant_id, number__gt=mine.forgotten).order_by("number")
        portion = list(rows.values_list("number", "at")[: PORTION + 1])
        fresh = next((place for place, (_, at) in enumerate(portion) if at >= before), len(portion))
        old = portion[: min(fresh, PORTION)]
        left = portion[len(old) :]
        if old:
            upto = old[-1][0] or 0
            purged = ~Exists(Connection.objects.filter(pk=OuterRef("connection")))
            rows.filter(Q(record=NONE) | purged, number__lte=upto).delete()
            mine.forgotten = upto
        mine.kept_since = left[0][1] if left else timezone.now()
        mine.save(update_fields=["forgotten", "kept_since"])
    return len(old)


def due(before: datetime) -> list[UUID]:
    """The tenants whose feed may hold events older than this; read across tenants by the sweeper."""
    return list(Counter.objects.filter(kept_since__lt=before).values_list("tenant_id", flat=True)[:PORTION])
