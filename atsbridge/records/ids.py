"""Ids of records: computed, never looked up."""

import uuid
from functools import lru_cache

from atsbridge.records.models import NONE


@lru_cache(maxsize=4096)
def record_id(connection_id: uuid.UUID, model: str, remote_id: str) -> uuid.UUID:
    """Our id of a provider's record: the same after every relink, known before the record arrives."""
    return uuid.uuid5(connection_id, f"{model}:{remote_id}")


def reference(connection_id: uuid.UUID, model: str, remote_id: str | None) -> uuid.UUID:
    """Our id of what a record refers to, NONE where it refers to nothing."""
    return record_id(connection_id, model, remote_id) if remote_id else NONE
