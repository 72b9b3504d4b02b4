"""Deleting records, and what hangs on them."""

from collections.abc import Iterable
from uuid import UUID

from atsbridge.records import forgetting, kept
from atsbridge.records.keyed import chunks
from atsbridge.records.models import Record
from atsbridge.records.stamps import Hold
from atsbridge.records.writing import Writing

PORTION = 200


def retire(hold: Hold, ids: Iterable[UUID]) -> dict[str, dict[str, int]]:
    """Mark records deleted, with what they own (a job's stages, a person's files and notes); the counts by model.

    Runs in the caller's transaction, under the connection's lock.
    """
    writing = Writing(hold)
    mine = Record.objects.filter(connection=hold.connection, deleted_at__isnull=True)
    for some in chunks(set(ids)):
        for record in [*mine.filter(id__in=some), *mine.filter(owner__in=some)]:
            if record.id not in writing.records:
                writing.delete(record)
    writing.save()
    return writing.counts


def dismiss(hold: Hold) -> tuple[int, dict[str, dict[str, int]]]:
    """Retire and empty a portion of what is not ours, without an event of each: how many records, the counts by model.

    Runs in the caller's transaction, under the connection's lock.
    """
    writing = Writing(hold)
    records = list(kept.strangers(hold.connection)[:PORTION])
    for record in records:
        if record.deleted_at is None:
            writing.delete(record)
    writing.events.clear()  # one announcement tells of them all
    writing.save()
    forgetting.empty_these(hold, records, hold.stamp)
    return len(records), writing.counts
