"""Change events: what changed in a record, and when it became readable here."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from atsbridge.records.models import Change, Record
from atsbridge.records.stamps import Hold


def event(hold: Hold, record: Record, kind: str, before: str = "{}", after: str = "{}") -> Change:
    """One event, not yet saved. `before` and `after` are whole documents; only the fields that differ are kept."""
    old, new = differing(before, after)
    return Change(
        tenant_id=record.tenant_id,
        connection_id=record.connection_id,
        model=record.model,
        record=record.id,
        kind=kind,
        at=hold.stamp,
        before=msgspec.json.encode(old).decode(),
        after=msgspec.json.encode(new).decode(),
        cause=hold.cause,
        cause_id=hold.cause_id,
    )


def listed(hold: Hold, model: str) -> Change:
    """The one event of a first pass that ended: from now on a reader lists this model and follows."""
    return Change.objects.create(
        tenant_id=hold.connection.tenant_id,
        connection=hold.connection,
        model=model,
        record=hold.connection.id,
        kind="listed",
        at=hold.stamp,
        cause=hold.cause,
        cause_id=hold.cause_id,
    )


def differing(before: str, after: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of two documents that differ, with their values in each."""
    old, new = json.loads(before), json.loads(after)
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {n: old.get(n) for n in names if n in old}, {n: new.get(n) for n in names if n in new}


def save(events: Iterable[Change]) -> None:
    """Keep events in the order in which they were made."""
    Change.objects.bulk_create(events, batch_size=500)
