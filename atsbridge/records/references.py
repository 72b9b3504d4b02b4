"""What records refer to, by name: one look-up for a whole page, whatever it holds."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Record
from connectors import unified
from connectors.unified import Field

TITLED = {model.slug for model in unified.MODELS if any(field.title for field in model.fields().values())}
"""The models that have a name of their own; the others are called after what they join."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference to a record. seen: it was read; else it dangles, and its title is the provider's id."""

    id: UUID
    model: str
    remote_id: str
    title: str
    seen: bool = False
    deleted: bool = False

    @property
    def plural(self) -> str:
        """The model's name in addresses."""
        return unified.BY_SLUG[self.model].plural


type Documents = Iterable[tuple[UUID, type[unified.Model], dict[str, Any]]]
"""(connection id, model, unified values) of each record whose references are wanted."""


class References:
    """The references of some documents, and the records that they name."""

    def __init__(self, documents: Documents) -> None:
        wanted = {
            record_id(connection, field.ref, remote_id)
            for connection, model, values in documents
            for field in model.fields().values()
            for remote_id in named(field, values.get(field.name))
        }
        self.known = _load(wanted)
        joined = {each for row in self.known.values() if row.model not in TITLED for each in (row.candidate, row.job)}
        self.joined = _load(joined - {NONE} - self.known.keys())

    def of(self, connection: UUID, field: Field, value: Any) -> list[Reference]:
        """What a field's value names."""
        return [self._one(connection, field.ref, remote_id) for remote_id in named(field, value)]

    def title(self, record: Record, values: dict[str, Any]) -> str:
        """What a record is called: its own name, else the names of the first two that it joins, else nothing."""
        if record.title or record.model in TITLED:
            return record.title
        fields = [field for field in unified.BY_SLUG[record.model].fields().values() if field.ref and field.listed][:2]
        joined = [self.of(record.connection_id, field, values.get(field.name)) for field in fields]
        return " – ".join(reference.title for references in joined for reference in references)

    def _one(self, connection: UUID, model: str, remote_id: str) -> Reference:
        id_ = record_id(connection, model, remote_id)
        row = self.known.get(id_)
        if row is None:
            return Reference(id_, model, remote_id, remote_id)
        return Reference(id_, model, remote_id, self._called(row), seen=True, deleted=row.deleted_at is not None)

    def _called(self, row: Record) -> str:
        if row.title or row.model in TITLED:
            return row.title or f"No name ({row.remote_id})"
        rows = (self.known.get(each) or self.joined.get(each) for each in (row.candidate, row.job))
        return " – ".join(other.title for other in rows if other) or row.remote_id


def named(field: Field, value: Any) -> list[str]:
    """The remote ids that a field's value names."""
    if not field.ref or not value:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def documents(records: Iterable[Record]) -> list[tuple[UUID, type[unified.Model], dict[str, Any]]]:
    """The documents of some records."""
    return [(row.connection_id, unified.BY_SLUG[row.model], json.loads(row.document)) for row in records]


def _load(ids: Iterable[UUID]) -> dict[UUID, Record]:
    wanted = list(ids)
    rows = Record.objects.filter(id__in=wanted).only(
        "id", "model", "remote_id", "title", "candidate", "job", "deleted_at"
    )
    return {row.id: row for row in rows} if wanted else {}
