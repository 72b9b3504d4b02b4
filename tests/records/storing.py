"""Storing a few rows as a run does, and finding what came of them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records import beside, history, stamps
from atsbridge.records.models import Record
from atsbridge.records.store import store


def put(account: Connection, resource: str, *rows: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
    """Store one page, as a run that is not the first does."""
    with transaction.atomic():
        hold = stamps.hold(account, "run")
        for model in account.speaks.resource(resource).models:
            history.listed(hold, model)
        reader = beside.reader(account)
        stored = store(hold, reader, account.speaks.resource(resource), rows, at or timezone.now())
    return stored.counts


def one(model: str, remote_id: object) -> Record:
    return Record.objects.get(model=model, remote_id=str(remote_id))
