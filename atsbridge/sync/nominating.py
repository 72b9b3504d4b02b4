"""Naming the records that were not met where they have to stand. A name deletes nothing; `deletions.py` does."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from atsbridge.records import standing
from atsbridge.records.models import Record
from atsbridge.sync.models import Nomination, Run
from connectors.base import Resource
from connectors.paths import at
from connectors.values import instant


def name(run: Run, resource: Resource | None, ids: Iterable[UUID], asked_at: datetime, *, proved: bool = False) -> None:
    """Name some records of a list, and what else their rows made, unless they were read after an instant.

    Naming twice in one run, after a crash, changes nothing; a name from an earlier run gets one miss more.
    """
    own, now = resource.own if resource else (), timezone.now()
    records = list(standing.rows(run.connection, ids, own, asked_at).only("id", "model", "remote_id", "remote"))
    known = Nomination.objects.filter(record__in=[record.id for record in records])
    known.exclude(run=run).update(run=run, misses=F("misses") + 1, asked=False, proved=proved, since=now)
    Nomination.objects.bulk_create(
        [
            Nomination(
                tenant_id=run.tenant_id,
                connection=run.connection,
                run=run,
                record=record.id,
                model=record.model,
                remote_id=record.remote_id,
                proved=proved,
                expired=expired(resource, record),
            )
            for record in records
        ],
        ignore_conflicts=True,
    )


def expired(resource: Resource | None, record: Record) -> bool:
    """Whether the provider had to forget a row by now."""
    if resource is None or not resource.expires:
        return False
    row: Any = json.loads(record.remote).get("")
    try:
        until = instant(at(row, resource.expires))
    except ValueError:
        return False
    return until is not None and until < timezone.now()
