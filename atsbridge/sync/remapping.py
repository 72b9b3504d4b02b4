"""Mapping what is stored anew: after the schema, a mapping or a dialect has changed. It costs no call."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from atsbridge.connections.models import Connection
from atsbridge.records import beside, stamps
from atsbridge.records.models import Record, SetAside
from atsbridge.records.rows import anchor
from atsbridge.records.store import store
from connectors.base import Resource
from connectors.mapping import Row

PORTION = 100


def remap(connection: Connection) -> tuple[int, dict[str, dict[str, int]]]:
    """Map every stored row of a connection again, those set aside too. Returns the rows read and counts by model."""
    rows, counts = 0, dict[str, dict[str, int]]()
    reader = beside.reader(connection)
    for resource in connection.speaks.resources:
        for portion in _portions(connection, resource):
            with transaction.atomic():
                hold = stamps.hold(connection, "remap")
                for row, read_at in portion:
                    stored = store(hold, reader, resource, [row], read_at, again=True)
                    _add(counts, stored.counts)
            rows += len(portion)
    for one in _aside(connection):
        _add(counts, _take(one)[0])
        rows += 1
    return rows, counts


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


def _portions(connection: Connection, resource: Resource) -> Iterator[list[tuple[Row, datetime]]]:
    """A list's rows in portions, each with when it was read."""
    mapping, last = anchor(resource, connection.reads), UUID(int=0)
    if mapping is None:
        return
    mine = Record.objects.filter(
        connection=connection, model=mapping.model.slug, resource=resource.slug, deleted_at__isnull=True
    )
    while records := list(mine.filter(id__gt=last).order_by("id")[:PORTION]):
        yield [(json.loads(record.remote)[""], record.read_at) for record in records]
        last = records[-1].id
