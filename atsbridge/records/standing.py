"""What a connection's live records say about the provider's lists: which rows should still stand there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from atsbridge.connections.models import Connection
from atsbridge.records import aside
from atsbridge.records.ids import record_id
from atsbridge.records.keyed import keyed
from atsbridge.records.models import NONE, Record
from atsbridge.records.rows import anchor
from connectors.base import Resource

CHUNK = 2000


def numbered(connection: Connection, resource: Resource, above: int, most: int) -> list[tuple[int, UUID]]:
    """The next records of a list's rows by their ids, which are numbers: (number, our id), those above a number."""
    mapping = anchor(resource, connection.reads)
    if mapping is None:
        return []
    digits = str(above)
    rows = _live(connection).filter(model=mapping.model.slug, resource=resource.slug)
    longer = rows.alias(digits=Length("remote_id")).filter(digits__gt=len(digits))
    equal = rows.alias(digits=Length("remote_id")).filter(digits=len(digits), remote_id__gt=digits)
    found: list[tuple[int, UUID]] = []
    for part in (equal.order_by("remote_id"), longer.order_by("digits", "remote_id")):
        some = part.values_list("remote_id", "id")[: most - len(found)]
        found += [(int(remote_id), key) for remote_id, key in some if _is_number(remote_id)]
    return found


def highest(connection: Connection, resource: Resource, seen_by: datetime) -> int:
    """The highest id, a number, of a list's rows that were known by then, deleted ones included; 0 for none."""
    mapping = anchor(resource, connection.reads)
    if mapping is None:
        return 0
    rows = Record.objects.filter(
        connection=connection, model=mapping.model.slug, resource=resource.slug, first_seen_at__lte=seen_by
    )
    last = rows.alias(digits=Length("remote_id")).order_by("-digits", "-remote_id").values_list("remote_id", flat=True)
    return next((int(one) for one in last[:1] if _is_number(one)), 0)


def open_jobs(connection: Connection, after: str, most: int) -> list[str]:
    """The provider's ids of open jobs in order, those after one."""
    rows = _live(connection).filter(model="job", status="OPEN", remote_id__gt=after)
    return list(rows.order_by("remote_id").values_list("remote_id", flat=True)[:most])


def on_open_jobs(connection: Connection, read_before: datetime) -> Iterator[tuple[UUID, str]]:
    """The applications to open jobs that were last read before an instant: (our id, the provider's)."""
    jobs = _live(connection).filter(model="job", status="OPEN", read_at__lt=read_before).values("id")
    rows = _live(connection).filter(model="application", job__in=jobs, read_at__lt=read_before)
    return rows.values_list("id", "remote_id").iterator(chunk_size=CHUNK)


def left_alone(connection: Connection, resource: Resource, remote_id: str) -> list[str]:
    """The provider's ids of live applications whose person or job, a row of a list, is deleted."""
    rows = Record.objects.filter(connection=connection, resource=resource.slug, remote_id=remote_id)
    gone = list(rows.filter(deleted_at__isnull=False, model__in=("candidate", "job")).values_list("id", flat=True))
    mine = _live(connection).filter(Q(candidate__in=gone) | Q(job__in=gone), model="application")
    return list(mine.order_by("id").values_list("remote_id", flat=True)) if gone else []


def unowned(connection: Connection, model: str, read_before: datetime) -> Iterator[tuple[UUID, str]]:
    """A model's records that stand for themselves, last read before an instant: (our id, the provider's)."""
    rows = _live(connection).filter(model=model, owner=NONE, read_at__lt=read_before)
    return rows.values_list("id", "remote_id").iterator(chunk_size=CHUNK)


def rows(connection: Connection, ids: Iterable[UUID], own: Sequence[str], read_before: datetime) -> "QuerySet[Record]":
    """Some live records, with the others that their rows made, unless they were read since an instant.

    own: the models of which a row makes one record each, under its own id.
    """
    live = _live(connection).filter(read_at__lt=read_before)
    named = live.filter(id__in=list(ids))
    if len(own) > 1:
        mates = named.values("remote_id")
        return live.filter(model__in=own, remote_id__in=list(mates.values_list("remote_id", flat=True)))
    return named


def unchanged(connection: Connection, resource: Resource, remote_ids: Iterable[str], since: datetime) -> bool:
    """Whether the records of some rows all stand as they did at a stamp, and none of these rows is set aside."""
    mapping = anchor(resource, connection.reads)
    if mapping is None or not aside.ids(connection, resource.slug).isdisjoint(remote_ids):
        return False
    ids = {record_id(connection.pk, mapping.model.slug, remote_id) for remote_id in remote_ids}
    standing = (some.filter(deleted_at__isnull=True, changed_at__lte=since).count() for some in keyed(ids))
    return sum(standing) == len(ids)


def _live(connection: Connection) -> "QuerySet[Record]":
    return Record.objects.filter(connection=connection, deleted_at__isnull=True)


def _is_number(remote_id: str) -> bool:
    return remote_id.isascii() and remote_id.isdecimal() and not remote_id.startswith("0")
