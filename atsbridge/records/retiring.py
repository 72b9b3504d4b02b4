"""Deleting records, and what hangs on them."""

from collections.abc import Iterable
from uuid import UUID

from atsbridge.records.models import Record
from atsbridge.records.stamps import Hold
from atsbridge.records.writing import Writing, chunks


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
    return {model: dict(counts) for model, counts in writing.counts.items()}
