"""One row of a provider's list on its way into the database: cleaned, digested, named."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from atsbridge.connections.models import Connection
from atsbridge.records.digest import clean, digest, text
from connectors.base import Connector, Resource
from connectors.declarations import MEANINGS
from connectors.mapping import Made, Mapping, Row, as_id
from connectors.unified import Model
from connectors.unified.dialects import truto


@dataclass(slots=True)
class Reader:
    """How a connection's rows are read now: its connector, what is known beside them, and a mark of both.

    meanings: what people said, then, that the account's statuses mean.

    familiar: what many rows make and a page found stored as it is, by our id, so that the next pages pass it by.
    """

    connector: type[Connector]
    beside: dict[str, Any]
    version: str
    meanings: dict[str, Any]
    familiar: dict[UUID, Model] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection, answers: dict[str, Any], mark: str) -> "Reader":
        """The reader of a connection; `mark` is the digest of the answers beside the rows."""
        connector, meanings = connection.speaks, connection.meanings
        version = f"{connector.version()} {truto.VERSION} {mark} {sorted(connection.reads)}"
        if meanings:
            answers, version = answers | {MEANINGS: meanings}, f"{version} {text(meanings)}"
        return cls(connector, answers, version, meanings)


@dataclass(slots=True)
class Stored:
    """What a page came to: the ids of the records that its rows made, `[(model, remote id)]`, and counts by model.

    whole: every row of it stands here as the page has it; none was set aside, or known in a newer version. mark: what
    such a page is known by, if it is read again.
    """

    ids: list[tuple[str, str]] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    whole: bool = True
    mark: str = ""


@dataclass(slots=True)
class Entry:
    """One row on its way: as JSON too, its anchor's id at the provider and here, its digest, its detail, whether that
    detail was read just now, and what its page comes to."""

    row: Row
    encoded: bytes
    started_at: datetime
    key: str | None = None
    id: UUID | None = None
    mark: str = ""
    warned: bool = False
    opened: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    also: list[list[str]] = field(default_factory=list)
    stored: Stored = field(default_factory=Stored)

    @property
    def text(self) -> str:
        """As JSON text."""
        return self.encoded.decode()

    @property
    def digest(self) -> str:
        """What its record keeps of it, to tell whether it is unchanged."""
        return f'{{"":"{self.mark}"}}'

    @property
    def remote(self) -> str:
        """The raw answers that its records are made from, by source, as JSON text."""
        return text({"": self.row, **self.details}) if self.details else f'{{"":{self.text}}}'


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
    ready = clean(reader.connector.storable(resource, row))
    found = Entry(ready.answer, ready.encoded, started_at, warned=ready.replaced, opened=details is not None)
    if details:
        found.details = clean({name: _storable(reader, resource, each) for name, each in details.items()}).answer
    found.mark = digest(ready.encoded, reader.version, instants=reader.connector.mixed_offsets)
    if anchored:
        found.key = as_id(anchored.remote_id.read({"": found.row}, reader.beside))
    return found


def _storable(reader: Reader, resource: Resource, answer: Any) -> Any:
    return reader.connector.storable(resource, answer) if isinstance(answer, dict) else answer
