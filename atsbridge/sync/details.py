"""Reading one record's detail because somebody waits for it."""

import json
import time
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from atsbridge.connections import states
from atsbridge.connections.opening import opened
from atsbridge.records import beside, retiring, stamps
from atsbridge.records.models import Record
from atsbridge.records.store import store
from atsbridge.sync import bells
from atsbridge.sync.models import Reading
from connectors.base import Resource
from connectors.errors import AuthFailed, ConnectorError, NotFound, PlanRequired, RateLimited
from connectors.mapping import Row, Sources

FRESH = timedelta(minutes=10)


def home(record: Record) -> Resource | None:
    """The list whose detail this record has, None where it has none."""
    resource = record.connection.speaks.home(record.model)
    return resource if resource and resource.detail else None


def wanted(record: Record) -> bool:
    """Whether a detail exists that is unread or older than ten minutes, and may be read now."""
    if record.deleted_at is not None or record.connection.state != "active" or home(record) is None:
        return False
    return record.detail_read_at is None or record.detail_read_at < timezone.now() - FRESH


def ask(record: Record) -> Reading:
    """Ask for a record's detail, or join who asked already."""
    reading = Reading.objects.filter(record=record.id, ended_at__isnull=True).first()
    if reading is None:
        try:
            with transaction.atomic():
                reading = Reading.objects.create(
                    tenant_id=record.tenant_id, connection=record.connection, record=record.id
                )
        except IntegrityError:
            reading = Reading.objects.get(record=record.id, ended_at__isnull=True)
        transaction.on_commit(lambda: bells.ring_reading(reading))
    return reading


def waited(record: Record, seconds: float = 10) -> bool:
    """Wait for a fresh detail where one is wanted, at most so long. Returns whether it has come."""
    if not wanted(record):
        return True
    reading = ask(record)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        reading.refresh_from_db()
        if reading.ended_at is not None:
            return reading.state == "done"
        time.sleep(0.05)
    return False


def read(reading_id: UUID) -> None:
    """Read one detail and store it; what went wrong stands in the reading."""
    if not Reading.objects.filter(pk=reading_id, state="waiting").update(state="reading", rung_at=timezone.now()):
        return
    reading = Reading.objects.select_related("connection").get(pk=reading_id)
    record = Record.objects.select_related("connection").filter(pk=reading.record).first()
    try:
        if record:
            _read(record, reading)
        _end(reading, "done")
    except (AuthFailed, PlanRequired) as refused:
        states.refused(reading.connection)
        _end(reading, "failed", refused.message)
    except RateLimited as limited:
        _wait(reading, limited)
    except ConnectorError as error:
        _end(reading, "failed", error.message)


def _wait(reading: Reading, limited: RateLimited) -> None:
    """Read it when the limit allows; the sweeper rings then. Nobody waits for longer than a detail stays fresh."""
    if timedelta(seconds=limited.wait) > FRESH:
        _end(reading, "failed", limited.message)
    else:
        reading.state, reading.rung_at = "waiting", timezone.now() + timedelta(seconds=limited.wait)
        reading.save(update_fields=["state", "rung_at"])


def _read(record: Record, reading: Reading) -> None:
    resource = home(record)
    if resource is None:
        return
    started = timezone.now()
    with opened(record.connection, by="detail", by_id=reading.id, purpose="person") as connector:
        try:
            sources = connector.detail(resource, record.remote_id)
        except NotFound:
            if connector.row(resource, record.remote_id) is not None:
                raise  # a part of the detail is missing, not the record
            _gone(record, resource, reading)
            return
        row = _row(resource, record, sources)
    with transaction.atomic():
        hold = stamps.hold(record.connection, "detail", reading.id)
        store(hold, beside.reader(record.connection), resource, [row], started, details=dict(sources))


def _row(resource: Resource, record: Record, sources: Sources) -> Row:
    """The list row as the detail knows it now, else as it was stored."""
    assert resource.detail
    kept: Row = json.loads(record.remote)[""]
    row = resource.detail.row({"": kept, **sources}) if resource.detail.row else None
    return kept if row is None else row


def _gone(record: Record, resource: Resource, reading: Reading) -> None:
    """The record's own address no longer knows it: it is deleted, with everything that its row made."""
    mates = Record.objects.filter(
        connection=record.connection, remote_id=record.remote_id, model__in=resource.own, resource=resource.slug
    )
    with transaction.atomic():
        hold = stamps.hold(record.connection, "detail", reading.id)
        retiring.retire(hold, mates.values_list("id", flat=True))


def _end(reading: Reading, state: str, error: str = "") -> None:
    reading.state, reading.error, reading.ended_at = state, error[:500], timezone.now()
    reading.save(update_fields=["state", "error", "ended_at"])
