"""Rows as the store writes them, without a provider: for tests of what is shown and asked."""

import json
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django_scopes import scope

import connectors
from atsbridge.connections.models import Connection
from atsbridge.records import beside, history, shape, stamps
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record, Total
from atsbridge.records.store import Stored, store
from atsbridge.tenants.models import Tenant
from connectors import unified


def connect(tenant: Tenant, slug: str = "homerun", **fields: Any) -> Connection:
    """A linked account without credentials that reads everything it can."""
    speaks = connectors.get(slug)
    with scope(tenant=tenant):
        count = Connection.objects.count()
        given = {"label": speaks.name, "fingerprint": f"{slug} {count}", "reads": list(speaks.reads()), **fields}
        return Connection.objects.create(tenant=tenant, connector=slug, **given)


def row(connection: Connection, model: str, remote_id: str, values: dict[str, Any], **columns: Any) -> Record:
    """One record, not yet saved, with every column that follows from its values, and `columns` as they are given."""
    now = timezone.now()
    made = msgspec.convert(values, unified.BY_SLUG[model])
    document = shape.render(made)
    found = shape.columns(connection.id, remote_id, made, columns.get("first_seen_at", now))
    moments = dict.fromkeys(("changed_at", "touched_at", "first_seen_at", "read_at"), now)
    return Record(
        id=record_id(connection.id, model, remote_id), tenant_id=connection.tenant_id, connection=connection,
        model=model, remote_id=remote_id, document=document, **{**moments, **found, **columns},
    )  # fmt: skip


def make(connection: Connection, model: str, remote_id: str, *, columns: Any = None, **values: Any) -> Record:
    """One record in the database: `make(connection, "candidate", "17", first_name="Ada")`."""
    return many(connection, model, [(remote_id, values)], **(columns or {}))[0]


def many(connection: Connection, model: str, values: list[tuple[str, dict[str, Any]]], **columns: Any) -> list[Record]:
    """Many records of one model at once, and their total."""
    with scope(tenant=connection.tenant):
        rows = [row(connection, model, remote_id, each, **columns) for remote_id, each in values]
        Record.objects.bulk_create(rows, batch_size=500)
        total, _ = Total.objects.get_or_create(connection=connection, model=model, tenant=connection.tenant)
        total.count += sum(each.deleted_at is None for each in rows)
        total.save()
    return rows


def stored(
    connection: Connection, resource: str, *rows: dict[str, Any], details: dict[str, Any] | None = None,
    at: datetime | None = None, cause: str = "run", cause_id: Any = None, first: bool = False,
) -> Stored:  # fmt: skip
    """What a page of a provider's list becomes; `first` in a first pass, whose records are no events."""
    with scope(tenant=connection.tenant), transaction.atomic():
        hold = stamps.hold(connection, cause, cause_id)
        list_ = connection.speaks.resource(resource)
        for model in () if first else list_.models:
            history.listed(hold, model)
        return store(hold, beside.reader(connection), list_, rows, at or timezone.now(), details)


def document(record: Record) -> dict[str, Any]:
    """A record's unified values."""
    found: dict[str, Any] = json.loads(record.document)
    return found
