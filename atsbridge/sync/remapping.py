"""Mapping what is stored anew: after the schema, a mapping or a dialect has changed, or somebody said what an account's
statuses mean. It costs no call."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records import beside, stamps
from atsbridge.records.models import Record, SetAside
from atsbridge.records.rows import Reader, anchor
from atsbridge.records.store import store
from atsbridge.sync import walking
from atsbridge.sync.models import Run, Walk
from connectors.base import Resource

PORTION = 100


def remap(connection: Connection) -> tuple[int, dict[str, dict[str, int]]]:
    """Map every stored row of a connection again, those set aside too. Returns the rows read and counts by model."""
    rows, counts = 0, dict[str, dict[str, int]]()
    reader = beside.reader(connection)
    for resource in connection.speaks.resources:
        last = UUID(int=0)
        while portion := _portion(connection, resource, last):
            with transaction.atomic():
                hold = stamps.hold(connection, "remap")
                _add(counts, _stored(hold, reader, resource, portion, again=True))
            rows, last = rows + len(portion), portion[-1].id
    for one in _aside(connection):
        _add(counts, _take(one)[0])
        rows += 1
    return rows, counts


def advance(run: Run, spend: Callable[[], None]) -> None:
    """Map a connection's stored rows anew as people say now that its statuses mean, from where the run left off."""
    for walk in _walks(run):
        resource = run.connection.speaks.resource(walk.resource)
        while walk.state != "walked":
            _next(run, walk, resource)
            spend()


def _walks(run: Run) -> list[Walk]:
    """One for each list that is stored, made when the run begins; what people say after that needs another run."""
    if not run.walks.exists():
        Connection.objects.filter(pk=run.connection_id).update(remap_due=False)
        for position, resource in enumerate(run.connection.speaks.resources):
            if anchor(resource, run.connection.reads):
                mine = {"tenant_id": run.tenant_id, "position": position, "how": "stored"}
                Walk.objects.create(run=run, resource=resource.slug, place={"last": str(UUID(int=0))}, **mine)
    return list(run.walks.exclude(state="walked"))


def _next(run: Run, walk: Walk, resource: Resource) -> None:
    with transaction.atomic():
        hold = stamps.hold(run.connection, "settings", run.id)
        walking.demand_active(hold.connection)
        portion = _portion(hold.connection, resource, UUID(walk.place["last"]))
        counts = _stored(hold, beside.reader(hold.connection), resource, portion, again=False)
        walk.started_at = walk.started_at or timezone.now()
        walk.rows_read += len(portion)
        if portion:
            walk.state, walk.place = "walking", {"last": str(portion[-1].id)}
        else:
            walk.state, walk.ended_at = "walked", timezone.now()
        walk.save()
        walking.count(run, counts)


def _stored(
    hold: stamps.Hold, reader: Reader, resource: Resource, portion: list[Record], *, again: bool
) -> dict[str, dict[str, int]]:
    """Map some records' rows, those together that were read together; the counts by model."""
    counts: dict[str, dict[str, int]] = {}
    by_time = sorted(portion, key=lambda record: record.read_at)
    for read_at, together in groupby(by_time, key=lambda record: record.read_at):
        rows = [json.loads(record.remote)[""] for record in together]
        _add(counts, store(hold, reader, resource, rows, read_at, again=again).counts)
    return counts


def take(row: SetAside) -> str:
    """Map a row anew that was set aside. Returns why it still cannot be read, "" where it could be."""
    return _take(row)[1]


def _take(row: SetAside) -> tuple[dict[str, dict[str, int]], str]:
    connection, resource = row.connection, row.connection.speaks.resource(row.resource)
    aside = SetAside.objects.filter(connection=connection, resource=row.resource)
    with transaction.atomic():
        hold = stamps.hold(connection, "remap")
        aside.filter(pk=row.pk).delete()
        stored = store(hold, beside.reader(connection), resource, [json.loads(row.row)], row.at, again=True)
        if not any("set_aside" in counts for counts in stored.counts.values()):
            return stored.counts, ""
        again = aside.latest("pk")
        aside.filter(pk=again.pk).update(at=row.at, met_at=row.met_at)
    return stored.counts, again.reason


def _aside(connection: Connection) -> Iterator[SetAside]:
    """The rows that are set aside now, one after the other."""
    rows, last = SetAside.objects.filter(connection=connection).select_related("connection").order_by("pk"), 0
    newest = max(rows.reverse().values_list("pk", flat=True)[:1], default=0)
    while portion := list(rows.filter(pk__gt=last, pk__lte=newest)[:PORTION]):
        yield from portion
        last = portion[-1].pk


def _add(counts: dict[str, dict[str, int]], more: dict[str, dict[str, int]]) -> None:
    for model, some in more.items():
        counts[model] = dict(Counter(counts.get(model, {})) + Counter(some))


def _portion(connection: Connection, resource: Resource, last: UUID) -> list[Record]:
    """The next records whose rows a list has brought, in the order of their ids."""
    mapping = anchor(resource, connection.reads)
    if mapping is None:
        return []
    mine = Record.objects.filter(
        connection=connection, model=mapping.model.slug, resource=resource.slug, deleted_at__isnull=True
    )
    return list(mine.filter(id__gt=last).only("id", "remote", "read_at").order_by("id")[:PORTION])
