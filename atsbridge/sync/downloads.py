"""A record's files, read live and streamed: behind an address of ours that is signed and ends.

The provider's own links die within minutes, or need the key. Ours names a record; whoever has it may read that file for
an hour or two, or for as long as was asked for, and nothing else.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django_scopes import scope

from atsbridge.connections import states
from atsbridge.connections.opening import opened
from atsbridge.records.models import Record
from atsbridge.tenants.models import Tenant
from connectors import kinds, streaming
from connectors.errors import AuthFailed, NotFound, PlanRequired

LIFE = 3600
"""Seconds for which an address opens a file at least where nothing else is asked for, and twice as long at most: it
changes once in so many. Both are less where no address may last so long."""
ROOT = "files"

type Ticket = tuple[UUID, UUID, int]
"""Tenant, record, and the second until which they may be read."""


class Unknown(Exception):
    """An address that is none of ours, or has ended."""


@dataclass(slots=True)
class Download:
    """A file on its way: its name, the type that its beginning shows, its bytes."""

    name: str
    content_type: str
    pieces: Iterator[bytes]


def link(tenant_id: UUID, record_id: UUID, seconds: int | None = None) -> str:
    """The address of a file that opens it for so many seconds; without them the same for everybody who asks within the
    hour."""
    now, life = int(time.time()), max(1, min(LIFE, settings.FILE_LINK_SECONDS // 2))
    until = now + seconds if seconds else (now // life + 2) * life
    return f"{settings.PUBLIC_URL}/{ROOT}/{_signer().sign(f'{tenant_id.hex}.{record_id.hex}.{until}')}"


def ticket(address: str) -> Ticket:
    """Which file an address opens, whole or its last part; raises Unknown."""
    try:
        tenant, record, until = _signer().unsign(address.rpartition("/")[2]).split(".")
    except (BadSignature, ValueError) as error:
        raise Unknown("This is no address of a file. Read the record again, its file_url has one.") from error
    if int(until) < time.time():
        raise Unknown("This address has ended. Read the record again, its file_url has a new one.")
    return UUID(tenant), UUID(record), int(until)


def download(tenant_id: UUID, record_id: UUID) -> Download:
    """A file, of which the beginning has come. Raises NotFound, and whatever its provider says."""
    stream = _stream(tenant_id, record_id)
    name = next(stream).decode()
    first = next(stream, b"")
    return Download(name, _type(first), _rest(first, stream))


def _stream(tenant_id: UUID, record_id: UUID) -> Iterator[bytes]:
    """A file's name, then its bytes. What goes on after the request has been answered opens its scope itself."""
    with scope(tenant=Tenant(pk=tenant_id)):
        record = Record.objects.select_related("connection").filter(pk=record_id, model="attachment").first()
        owner = Record.objects.filter(pk=record.owner).first() if record else None
        if record is None or owner is None or record.deleted_at or record.connection.state != "active":
            raise NotFound("This file is not there any more, or its connection rests")
        with _doubting(record), opened(
            record.connection, by="download", by_id=record.pk, purpose="person", seconds=settings.FILE_SECONDS
        ) as connector:  # fmt: skip
            place = connector.file(record.remote_id, owner.remote_id)
            yield record.title.encode()
            yield from streaming.pieces(connector, place, settings.FETCH_INSIDE)


@contextmanager
def _doubting(record: Record) -> Iterator[None]:
    try:
        yield
    except (AuthFailed, PlanRequired):
        states.refused(record.connection)
        raise


def _type(first: bytes) -> str:
    """The type of what begins so; what could run a script is bytes and nothing else."""
    try:
        return kinds.of(first[: kinds.HEAD])
    except kinds.Active:
        return kinds.BYTES


def _rest(first: bytes, stream: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from stream


def _signer() -> Signer:
    return Signer(salt="atsbridge.files")
