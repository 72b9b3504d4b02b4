"""One row of a provider's list on its way into the database: cleaned, digested, named."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from atsbridge.connections.models import Connection
from atsbridge.records.digest import clean, digest
from connectors.base import Connector, Resource
from connectors.mapping import Made, Mapping, Row, as_id
from connectors.unified.dialects import truto


@dataclass(slots=True)
class Reader:
    """How a connection's rows are read now: its connector, what is known beside them, and a mark of both."""

    connector: type[Connector]
    beside: dict[str, Any]
    version: str

    @classmethod
    def of(cls, connection: Connection, answers: dict[str, Any], mark: str) -> "Reader":
        """The reader of a connection; `mark` is the digest of the answers beside the rows."""
        connector = connection.speaks
        return cls(connector, answers, f"{connector.version()} {truto.VERSION} {mark} {sorted(connection.reads)}")


@dataclass(slots=True)
class Entry:
    """One row on its way: its anchor's id, its digest, its detail, and whether that detail was read just now."""

    row: Row
    started_at: datetime
    key: str | None = None
    mark: str = ""
    warned: bool = False
    opened: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    also: list[list[str]] = field(default_factory=list)


def anchor(resource: Resource, reads: Iterable[str] | None = None) -> Mapping | None:
    """The mapping whose record carries a list's row: one to one, same id; None where rows are only cut up."""
    own = (m for m in resource.makes if m.each is None and not m.shared)
    return next((m for m in own if reads is None or m.model.slug in reads), None)


def entered(
    reader: Reader,
    resource: Resource,
    anchored: Mapping | None,
    row: Row,
    started_at: datetime,
    details: dict[str, Any] | None,
) -> Entry:
    """A row made storable: signed links blanked, refused characters replaced, digested."""
    cleaned, warned = clean(reader.connector.storable(resource, row))
    found = Entry(cleaned, started_at, warned=warned, opened=details is not None)
    found.details = clean({name: _storable(reader, resource, each) for name, each in (details or {}).items()})[0]
    found.mark = digest(cleaned, reader.version, instants=reader.connector.mixed_offsets)
    if anchored:
        found.key = as_id(anchored.remote_id.read({"": cleaned}, reader.beside))
    return found


def _storable(reader: Reader, resource: Resource, answer: Any) -> Any:
    return reader.connector.storable(resource, answer) if isinstance(answer, dict) else answer
