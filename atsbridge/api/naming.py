"""What a request names: ids as machines know them, the provider's or ours, → the provider's."""

import re
from typing import Any

import msgspec

from atsbridge.actions.wrong import Wrong
from atsbridge.connections.models import Connection
from atsbridge.records import queries
from connectors.unified.actions import BY_SLUG

STRANGE = re.compile(r"[^\w.:-]|\.\.", re.ASCII)
"""What no id of somebody unknown here may hold, for it becomes a part of an address there."""


def named(connection: Connection, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """What an action is told, each record by the provider's id. One that was never seen here may be new there; raises
    Wrong for what cannot be an id."""
    found = {
        name: _remote(connection, model, name, given[name]) for name, model in _references(kind) if given.get(name)
    }
    return given | found


def _references(kind: str) -> list[tuple[str, str]]:
    fields = msgspec.inspect.type_info(BY_SLUG[kind])
    assert isinstance(fields, msgspec.inspect.StructType)
    return [(field.encode_name, ref) for field in fields.fields if (ref := _ref(field.type))]


def _ref(kind: msgspec.inspect.Type) -> str:
    return (kind.extra or {}).get("ref", "") if isinstance(kind, msgspec.inspect.Metadata) else ""


def _remote(connection: Connection, model: str, name: str, given: str) -> str:
    record = queries.find(queries.records(connection, model, deleted=True), connection, model, given)
    if record:
        return record.remote_id
    if model not in ("application_stage", "rejection_reason") and STRANGE.search(given):
        raise Wrong(f"{name}: this is the id of nothing")
    return given
