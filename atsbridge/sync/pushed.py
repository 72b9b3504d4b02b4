"""Whether a row that a provider sent by itself may be stored as it is. Everything here runs in one transaction."""

import json
from typing import Any

from atsbridge.connections.models import Connection
from atsbridge.records import beside, stamps
from atsbridge.records.models import Record, SetAside
from atsbridge.records.rows import Reader, anchor, entered
from atsbridge.records.store import store
from atsbridge.sync import walking
from atsbridge.sync.models import Arrival
from connectors.base import Resource
from connectors.hooks import Hint, Hooks
from connectors.mapping import Row

type Verdict = tuple[str, ...]
"""The arrival's end and why; LOOK where only the record's own address can tell."""

LOOK: Verdict = ()
STORED: Verdict = ("handled",)


def take(arrival: Arrival, resource: Resource, hint: Hint) -> Verdict:
    """Store the row of a hint where it is newer than what is kept, in the caller's transaction."""
    speaks = arrival.connection.speaks.hooks
    if hint.gone or hint.row is None or speaks is None:
        return LOOK
    hold = stamps.hold(arrival.connection, "webhook", arrival.id)
    walking.demand_active(hold.connection)
    old = _kept(hold.connection, resource).filter(remote_id=hint.remote_id).first()
    if old and old.read_at > arrival.received_at:
        return "ignored", "The record was read since it came"
    if resource.keeps and not resource.keeps(hint.row):
        return LOOK if old else ("ignored", "It is none of ours")
    row = _listed(hold.connection, speaks, resource, hint.row, old)
    if row is None:
        return LOOK
    reader = beside.reader(hold.connection)
    verdict = _unknown(arrival, hint) if old is None else _against(speaks, reader, resource, row, old)
    if verdict == STORED:
        store(hold, reader, resource, [row], arrival.received_at)
    return verdict


def _kept(connection: Connection, resource: Resource) -> Any:
    mapping = anchor(resource, connection.reads)
    assert mapping
    return Record.objects.filter(connection=connection, model=mapping.model.slug, resource=resource.slug)


def _listed(connection: Connection, speaks: Hooks, resource: Resource, row: Row, old: Record | None) -> Row | None:
    """The row as the list would show it, else its next walk would find it changed. Judged by the record's last row, or
    by another one of the list.
    """
    sample = old or _kept(connection, resource).filter(deleted_at__isnull=True).order_by("-touched_at").first()
    return speaks.listed(resource, row, _row(sample)) if sample else None


def _row(record: Record) -> Row:
    row: Row = json.loads(record.remote).get("", {})
    return row


def _unknown(arrival: Arrival, hint: Hint) -> Verdict:
    """A record that is not kept: a new one, unless its end came before its beginning, or it could not be read once."""
    mine = Arrival.objects.filter(connection=arrival.connection, subject=arrival.subject, gone=True)
    aside = SetAside.objects.filter(connection=arrival.connection, resource=hint.resource, remote_id=hint.remote_id)
    return LOOK if mine.exists() or aside.exists() else STORED


def _against(speaks: Hooks, reader: Reader, resource: Resource, row: Row, old: Record) -> Verdict:
    """The sent row against the kept one, by the provider's own times: compared as instants, spelled as they may be."""
    sent_at, kept_at = speaks.changed_at(row), speaks.changed_at(_row(old))
    if old.deleted_at is not None or sent_at is None or kept_at is None:
        return LOOK
    if sent_at < kept_at:
        return "ignored", "What is stored is newer"
    if sent_at > kept_at:
        return STORED
    same = entered(reader, resource, None, row, old.read_at, None).mark == json.loads(old.digest).get("")
    return ("ignored", "It is stored already") if same else LOOK
