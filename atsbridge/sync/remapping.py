"""Mapping what is stored anew: after the schema, a mapping or a dialect has changed. It costs no call."""

import json
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from atsbridge.connections.models import Connection
from atsbridge.records import beside, stamps
from atsbridge.records.models import Record
from atsbridge.records.rows import anchor
from atsbridge.records.store import store

PORTION = 100


def remap(connection: Connection) -> tuple[int, dict[str, dict[str, int]]]:
    """Map every stored row of a connection again. Returns the rows read and what changed, by model."""
    rows, counts = 0, dict[str, dict[str, int]]()
    reader = beside.reader(connection)
    for resource in connection.speaks.resources:
        mapping = anchor(resource, connection.reads)
        if mapping is None:
            continue
        for records in _portions(connection, mapping.model.slug, resource.slug):
            with transaction.atomic():
                hold = stamps.hold(connection, "remap")
                for record in records:
                    row = json.loads(record.remote)[""]
                    stored = store(hold, reader, resource, [row], record.read_at, again=True)
                    for model, some in stored.counts.items():
                        counts[model] = dict(Counter(counts.get(model, {})) + Counter(some))
            rows += len(records)
    return rows, counts


def _portions(connection: Connection, model: str, resource: str) -> Iterator[list[Record]]:
    """The live records that carry a list's rows, in portions, by id."""
    last = UUID(int=0)
    mine = Record.objects.filter(connection=connection, model=model, resource=resource, deleted_at__isnull=True)
    while records := list(mine.filter(id__gt=last).order_by("id")[:PORTION]):
        yield records
        last = records[-1].id
