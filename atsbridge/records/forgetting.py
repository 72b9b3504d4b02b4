"""Emptying what was deleted: some days later nobody can read here any more what a record said.

What stays of a record are its ids and times, so that readers of deleted records still meet it and it keeps its id if
the provider shows it again: then it is filled anew and its events go on. What is not about a person keeps its name and
what it refers to as well, because living records are still called after it. Emptying makes no event and moves neither
`changed_at` nor `touched_at`: the deletion was announced, and a machine that reads deleted records too is not woken.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from atsbridge.records import shape
from atsbridge.records.models import Change, Record, SetAside
from atsbridge.records.stamps import Hold
from atsbridge.tenants import counter
from connectors.unified import BY_SLUG, Model
from connectors.unified.dialects import truto
from connectors.values import convert

PORTION = 200
EVENTS = 1000
STAYS = (
    "id", "tenant_id", "connection_id", "model", "remote_id", "resource", "owner", "read_at", "changed_at",
    "touched_at", "created_at", "first_seen_at", "detail_read_at", "deleted_at",
)  # fmt: skip
"""The columns that an emptied record keeps; every other one is emptied."""
EMPTIED = [field.name for field in Record._meta.concrete_fields if field.attname not in STAYS]

type Gone = Mapping[str, list[str]]
"""`{model: [remote id, …]}` of the records that were emptied."""


def due(before: datetime, most: int = 100) -> list[tuple[UUID, UUID]]:
    """(tenant, connection) of what was deleted before and is not empty yet; read across tenants by the sweeper."""
    rows = _unemptied(before).order_by().values_list("tenant_id", "connection_id").distinct()
    return list(rows[:most])


def empty(hold: Hold, before: datetime) -> Gone:
    """Empty a portion of the records that were deleted before: values, raw answers, events, rows set aside.

    Runs in the caller's transaction, under the connection's lock. Nothing is left to empty where nothing is returned.
    """
    rows = _unemptied(before).filter(connection=hold.connection).order_by("deleted_at")
    return empty_these(hold, list(rows.only(*STAYS, "document")[:PORTION]), before)


def empty_these(hold: Hold, records: list[Record], before: datetime) -> Gone:
    """Empty some deleted records, with their events and the rows that were set aside of them, or before of nobody."""
    Record.objects.bulk_create(
        map(_emptied, records), update_conflicts=True, unique_fields=["id"], update_fields=EMPTIED
    )
    events = Change.objects.filter(~Q(before="") | ~Q(after=""), record__in=[record.id for record in records])
    events.update(before="", after="")
    gone: dict[str, list[str]] = {}
    for record in records:
        gone.setdefault(record.model, []).append(record.remote_id)
    _forget_rows(hold, gone, before)
    return gone


def empty_events(connection_id: UUID) -> int:
    """Empty a portion of the events of a connection that goes, and delete those that are in no feed; how many there
    were. What stays keeps its number, kind, ids and time, so that a reader of the feed misses no number.
    """
    mine = Change.objects.filter(connection=connection_id)
    tenant_id = mine.values_list("tenant_id", flat=True).first()
    forgotten = counter.read(tenant_id)[1] if tenant_id else 0
    outside = mine.filter(Q(number__isnull=True) | Q(number__lte=forgotten))
    telling = mine.filter(~Q(before="") | ~Q(after=""), number__gt=forgotten)
    ids = [list(rows.order_by().values_list("pk", flat=True)[:EVENTS]) for rows in (outside, telling)]
    outside.filter(pk__in=ids[0]).delete()
    telling.filter(pk__in=ids[1]).update(before="", after="")
    return sum(map(len, ids))


def _unemptied(before: datetime) -> Any:
    return Record.objects.filter(deleted_at__lt=before, emptied_at__isnull=True)


def _emptied(record: Record) -> Record:
    """The record with what stays of it; what is not named here takes its column's empty default."""
    return Record(**{**_left(record), **{name: getattr(record, name) for name in STAYS}, "emptied_at": timezone.now()})


def _left(record: Record) -> dict[str, Any]:
    """What is left of a record's values, and the columns that follow from them."""
    model = BY_SLUG[record.model]
    if model.personal:
        return {"document": "{}", "wire": truto.wire(record.model, record.remote_id, {})}
    values = convert(_named(model, json.loads(record.document)), model)
    document = shape.render(values)
    columns = shape.columns(record.connection_id, record.remote_id, values, record.first_seen_at)
    return {"document": document, **columns}


def _named(model: type[Model], document: dict[str, Any]) -> dict[str, Any]:
    kept = (name for name, field in model.fields().items() if field.title or field.ref or not field.nullable)
    return {name: document[name] for name in kept if name in document}


def _forget_rows(hold: Hold, gone: Gone, before: datetime) -> None:
    """Forget the rows set aside that would have made these records; one without an id, if nothing lists it any more."""
    aside = SetAside.objects.filter(connection=hold.connection)
    for resource in hold.connection.speaks.resources:
        ids = [remote_id for model in resource.own for remote_id in gone.get(model, ())]
        aside.filter(resource=resource.slug, remote_id__in=ids).delete()
    aside.filter(remote_id="", met_at__lt=before).delete()
