"""Change events: what changed, when it became readable here, and what brought it; they are the feed of `GET /events`.

`created`, `updated` and `deleted`, applied in order, give every record of the feed's models as it is now: `created`
carries the whole document, `updated` each field that differs (null where it went empty; a field that `after` lacks is
gone), `deleted` nothing. A record that comes back is created again. The other kinds say more and change nothing.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from atsbridge.connections.models import Connection
from atsbridge.records import stamps
from atsbridge.records.copying import insert
from atsbridge.records.models import NONE, Change, Record, Total
from atsbridge.records.stamps import Hold
from atsbridge.records.unsaved import unsaved
from atsbridge.tenants import counter

FEED = ("job", "candidate", "application")
"""The models whose events have a number; those of the others stand in the records' timelines only."""
OUTCOMES = {"HIRED": "hired", "DECLINED": "rejected"}


def event(hold: Hold, record: Record, kind: str, before: str = "{}", after: str = "{}") -> Change:
    """One event, not yet saved. `before` and `after` are whole documents; only the fields that differ are kept."""
    if before != "{}":
        before, after = map(text, differing(before, after))
    applied = record.model == "application"
    return _change(
        hold,
        kind,
        model=record.model,
        record=record.id,
        remote_id=record.remote_id,
        job=record.id if record.model == "job" else record.job if applied else NONE,
        stage=record.stage if applied else NONE,
        before=before,
        after=after,
    )


def updated(hold: Hold, record: Record, old: Record) -> Iterator[Change]:
    """The events of a record whose values differ: the update, and what it means for an application."""
    change = event(hold, record, "updated", old.document, record.document)
    yield change
    if record.model != "application":
        return
    was, now = json.loads(old.document), json.loads(record.document)
    if old.stage != record.stage:
        change.from_stage = old.stage
        yield moved(hold, record, was.get("current_stage_id"), now.get("current_stage_id"), old.stage)
    if was.get("outcome") != now.get("outcome") and now.get("outcome") in OUTCOMES:
        told = event(hold, record, OUTCOMES[now["outcome"]])
        told.before, told.after = text({"outcome": was.get("outcome")}), text({"outcome": now["outcome"]})
        yield told


def moved(hold: Hold, record: Record, before: str | None, after: str | None, from_stage: UUID) -> Change:
    """An application went from one stage to another. when: the provider's time where it is known, else ours."""
    told = event(hold, record, "stage_changed")
    told.from_stage = from_stage
    told.before = text({"current_stage_id": before})
    told.after = text({"current_stage_id": after, "when": hold.stamp, "passed": False})
    return told


def listed(hold: Hold, model: str) -> None:
    """Say once that a model's first pass has ended: from now on a reader lists it and follows."""
    total, _ = Total.objects.get_or_create(
        connection=hold.connection, model=model, defaults={"tenant_id": hold.connection.tenant_id}
    )
    if total.listed_at is None:
        Total.objects.filter(pk=total.pk).update(listed_at=hold.stamp)
        note(hold, f"{model}.listed", model=model, after={"count": total.count})


def followed(connection: Connection) -> frozenset[str]:
    """The models whose first pass has ended, and those that only details make: none of them is listed by us."""
    rows = Total.objects.filter(connection=connection, listed_at__isnull=False)
    lists = {model for resource in connection.speaks.resources for model in resource.models}
    return frozenset(connection.reads) - lists | frozenset(rows.values_list("model", flat=True))


def note(hold: Hold, kind: str, *, model: str = "", before: Any = None, after: Any = None) -> None:
    """Make an event that is about no record."""
    save([_change(hold, kind, model=model, before=text(before or {}), after=text(after or {}))])


def announce_state(hold: Hold) -> None:
    """Say in which state a connection is, where that was not said yet; its first word is `connection.linked`."""
    connection = hold.connection
    if connection.announced == connection.state:
        return
    after = {"state": connection.state, "reason": connection.reason or None}
    kind = f"connection.{connection.state if connection.announced else 'linked'}"
    note(hold, kind, before={"state": connection.announced or None}, after=after)
    connection.announced = connection.state
    connection.save(update_fields=["announced"])


def state_changed(connection: Connection, cause: str = "settings", cause_id: UUID | None = None) -> None:
    """The same, in a transaction of its own."""
    with transaction.atomic():
        announce_state(stamps.hold(connection, cause, cause_id))


def differing(before: str, after: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of two documents that differ, with their values in each."""
    old, new = json.loads(before), json.loads(after)
    names = [n for n in {**old, **new} if (n in old, old.get(n)) != (n in new, new.get(n))]
    return {n: old[n] for n in names if n in old}, {n: new[n] for n in names if n in new}


def save(events: Iterable[Change]) -> None:
    """Keep events in the order in which they were made, and number those of the feed: last in a transaction."""
    kept = list(events)
    told = [each for each in kept if each.model in FEED or each.record == NONE]
    if told:
        for number, each in enumerate(told, counter.take(told[0].tenant_id, len(told))):
            each.number = number
    insert(Change, kept)


def _change(hold: Hold, kind: str, **fields: Any) -> Change:
    return unsaved(
        Change,
        tenant_id=hold.connection.tenant_id,
        connection_id=hold.connection.id,
        kind=kind,
        at=hold.stamp,
        cause=hold.cause,
        cause_id=hold.cause_id,
        **fields,
    )


def text(values: Any) -> str:
    """Values as the JSON text of an event."""
    return msgspec.json.encode(values).decode()
