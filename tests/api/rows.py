"""Whole record rows for tests, as the store writes them, and a tenant with a connection and a key to hang them on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.utils import timezone
from django_scopes import scope

from atsbridge.connections.models import Connection
from atsbridge.records import shape
from atsbridge.records.ids import record_id
from atsbridge.records.models import Record
from atsbridge.tenants import keys
from atsbridge.tenants.models import Tenant
from connectors import unified

START = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
"""When the first row of a test became readable; each further row comes a second later."""


@dataclass
class Account:
    """One connection with its tenant and a key; `put` writes a row."""

    tenant: Tenant
    connection: Connection
    key: str
    clock: datetime = field(default=START)

    def put(self, model: str, remote_id: str, *, remote: dict[str, Any] | None = None, **values: Any) -> Record:
        """Write a record as the store does: made columns, document, wire text. `row` holds columns set by hand."""
        row: dict[str, Any] = values.pop("row", {})
        record = self.made(model, remote_id, remote=remote, row=row, **values)
        with scope(tenant=self.tenant):
            record.save(force_insert=True)
        return record

    def made(self, model: str, remote_id: str, *, remote: dict[str, Any] | None = None, **values: Any) -> Record:
        """The same, not yet saved."""
        row: dict[str, Any] = values.pop("row", {})
        made = unified.BY_SLUG[model](**values)
        document = shape.render(made)
        self.clock += timedelta(seconds=1)
        given = {
            "changed_at": self.clock,
            "touched_at": self.clock,
            "first_seen_at": self.clock,
            "read_at": self.clock,
            "remote": msgspec.json.encode(remote or {}).decode(),
        } | shape.columns(self.connection.id, remote_id, made, self.clock)
        return Record(
            id=record_id(self.connection.id, model, remote_id),
            tenant=self.tenant,
            connection=self.connection,
            model=model,
            remote_id=remote_id,
            document=document,
            **(given | row),
        )

    def id(self, model: str, remote_id: str) -> str:
        """Our own id of one of its records."""
        return str(record_id(self.connection.id, model, remote_id))


def account(name: str = "Acme", connector: str = "homerun") -> Account:
    """A tenant with one linked account and a key that may read."""
    tenant, _ = Tenant.objects.get_or_create(name=name, slug=name.lower())
    with scope(tenant=tenant):
        connection = Connection.objects.create(
            tenant=tenant,
            connector=connector,
            label=f"{name} {connector}",
            fingerprint=f"{name} {connector}",
            reads=list(connector_reads()),
            created_at=timezone.now(),
        )
        _, key = keys.create(tenant, "test", can_write=False)
    return Account(tenant, connection, key)


def connector_reads() -> tuple[str, ...]:
    """Every model."""
    return tuple(model.slug for model in unified.MODELS)


def page(*rows: dict[str, Any], partial: bool = False) -> dict[str, Any]:
    """The envelope of a list that fits on one page."""
    return {
        "result": list(rows),
        "next_cursor": None,
        "prev_cursor": None,
        "result_count": len(rows),
        "is_partial_response": partial,
    }
