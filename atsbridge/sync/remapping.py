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
                    for model, some in stored.counts.items():
                        counts[model] = dict(Counter(counts.get(model, {})) + Counter(some))
            rows += len(portion)
    return rows, counts


def _portions(connection: Connection, resource: Resource) -> Iterator[list[tuple[Row, datetime]]]:
    """A list's rows, each with when it was read: those that records carry in portions, then those set aside."""
    mapping, last = anchor(resource, connection.reads), UUID(int=0)
    if mapping is None:
        return
    mine = Record.objects.filter(
        connection=connection, model=mapping.model.slug, resource=resource.slug, deleted_at__isnull=True
    )
    while records := list(mine.filter(id__gt=last).order_by("id")[:PORTION]):
        yield [(json.loads(record.remote)[""], record.read_at) for record in records]
        last = records[-1].id
    aside = SetAside.objects.filter(connection=connection, resource=resource.slug)
    yield [(json.loads(one.row), one.at) for one in aside]
