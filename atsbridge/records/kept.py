"""What is read where a connection reads only what we created: candidates and applications that our actions made, or
that somebody named. What belongs to anybody else is neither stored nor kept, whatever brings it.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from atsbridge.connections.models import Connection
from atsbridge.records.ids import record_id
from atsbridge.records.models import NONE, Kept, Record, SetAside
from atsbridge.records.rows import anchor
from connectors.base import Resource
from connectors.mapping import Made

PEOPLE = ("candidate", "application")
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=30)
"""How long whoever was never seen is not asked for, after the first time and at the most."""


def keep(connection: Connection, found: Iterable[tuple[str, str]], by: str, by_id: UUID | None = None) -> None:
    """Keep candidates and applications, (model, remote id), from now on; what is kept already stays as it was."""
    rows = [
        Kept(
            tenant_id=connection.tenant_id,
            connection=connection,
            model=model,
            remote_id=remote_id,
            record=record_id(connection.pk, model, remote_id),
            by=by,
            by_id=by_id,
        )
        for model, remote_id in found
        if model in PEOPLE
    ]
    Kept.objects.bulk_create(rows, ignore_conflicts=True)


def of_people(resource: Resource) -> bool:
    """Whether a list's rows are candidates or applications."""
    return bool({*PEOPLE} & {*resource.own})


def names_people(resource: Resource) -> bool:
    """Whether they only tell of some, as notes do."""
    return not of_people(resource) and any(mapping.model.personal for mapping in resource.makes)


def wanted(connection: Connection, resource: Resource, remote_ids: Sequence[str]) -> list[str]:
    """Those of some rows that may be read."""
    if not connection.only_ours or not of_people(resource):
        return list(remote_ids)
    mine = Kept.objects.filter(connection=connection, model__in=resource.own, remote_id__in=remote_ids)
    known = set(mine.values_list("remote_id", flat=True))
    return [remote_id for remote_id in remote_ids if remote_id in known]


def following(connection: Connection, resource: Resource, after: str, most: int) -> list[str]:
    """The next ids of a list's rows that are to be read: not those of records that were deleted."""
    rows = _standing(connection, resource)
    return list(rows.filter(remote_id__gt=after).order_by("remote_id").values_list("remote_id", flat=True)[:most])


def count(connection: Connection, resource: Resource) -> int:
    """How many these are in all."""
    return _standing(connection, resource).count()


def _standing(connection: Connection, resource: Resource) -> "QuerySet[Kept]":
    mapping = anchor(resource, connection.reads)
    mine = Kept.objects.filter(connection=connection, model=mapping.model.slug if mapping else "")
    gone = Record.objects.filter(connection=connection, deleted_at__isnull=False)
    waits = Q(misses__gt=0, ask_at__gt=timezone.now()) & ~Q(record__in=_stored(connection))
    return mine.exclude(record__in=gone.values("id")).exclude(waits)


def _stored(connection: Connection) -> "QuerySet[Record]":
    return Record.objects.filter(connection=connection, model__in=PEOPLE).only("id")


def missed(connection: Connection, resource: Resource, remote_ids: Sequence[str]) -> None:
    """Some were asked for and are not there. Those that were never stored wait for longer each time, up to a month."""
    mine = Kept.objects.filter(connection=connection, model__in=resource.own, remote_id__in=remote_ids)
    rows = list(mine.exclude(record__in=_stored(connection)))
    for row in rows:
        row.misses += 1
        row.ask_at = timezone.now() + min(SHORTEST * 2 ** min(row.misses - 1, 10), LONGEST)
    Kept.objects.bulk_update(rows, ["misses", "ask_at"])


def strangers(connection: Connection) -> "QuerySet[Record]":
    """The records that tell of anybody else and are not empty yet."""
    mine = Kept.objects.filter(connection=connection).values("record")
    theirs = Q(model__in=PEOPLE) & ~Q(id__in=mine)
    of_person = ~Q(model__in=PEOPLE) & ~Q(candidate=NONE) & ~Q(candidate__in=mine)
    of_application = ~Q(model__in=PEOPLE) & Q(candidate=NONE) & ~Q(application=NONE) & ~Q(application__in=mine)
    found = Record.objects.filter(connection=connection, emptied_at__isnull=True)
    return found.filter(theirs | of_person | of_application).order_by("id")


def forget_rows(connection: Connection) -> None:
    """Forget the rows set aside that may tell of anybody else."""
    for resource in connection.speaks.resources:
        aside = SetAside.objects.filter(connection=connection, resource=resource.slug)
        if of_people(resource):
            mine = Kept.objects.filter(connection=connection, model__in=resource.own)
            aside.exclude(remote_id__in=mine.values("remote_id")).delete()
        elif names_people(resource):
            aside.delete()


class Gate:
    """What of a page may be stored; asked under the connection's lock, first for what the page names (`look`)."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.on = connection, connection.only_ours
        self.kept: set[tuple[str, str]] = set()

    def look(self, remote_ids: Iterable[str | None]) -> None:
        """Find out who of some candidates and applications is kept: one question a page, however many are kept."""
        if self.on:
            ids = {each for each in remote_ids if each}
            mine = Kept.objects.filter(connection=self.connection, model__in=PEOPLE, remote_id__in=ids)
            self.kept |= set(mine.values_list("model", "remote_id"))

    def look_at(self, made: Iterable[Made]) -> None:
        """The same of what records are about, and of themselves."""
        some = list(made) if self.on else []
        about = [getattr(one.values, field, None) for one in some for field in ("candidate_id", "application_id")]
        self.look([*about, *(one.remote_id for one in some if one.model.slug in PEOPLE)])

    def admits(self, resource: Resource, remote_id: str | None) -> bool:
        """Whether a row may be looked into."""
        known = any((model, remote_id) in self.kept for model in resource.own)
        return not self.on or not of_people(resource) or known

    def sets_aside(self, resource: Resource) -> bool:
        """Whether a row that nobody could read may be kept for people to look at: it was admitted, and tells of nobody
        else.
        """
        return not self.on or not names_people(resource)

    def passes(self, made: Iterable[Made]) -> list[Made]:
        """Those of a row's records that may be stored; the person of a kept application is kept from now on."""
        some = list(made)
        if not self.on:
            return some
        named = (_candidate(one) for one in some if one.model.slug == "application" and self._is_ours(one))
        new = {("candidate", remote_id) for remote_id in named if remote_id} - self.kept
        keep(self.connection, new, "application")
        self.kept |= new
        return [one for one in some if self._is_ours(one)]

    def _is_ours(self, one: Made) -> bool:
        if one.model.slug in PEOPLE:
            return (one.model.slug, one.remote_id) in self.kept
        candidate, application = _candidate(one), getattr(one.values, "application_id", None)
        if candidate:
            return ("candidate", candidate) in self.kept
        return not application or ("application", application) in self.kept


def _candidate(one: Made) -> Any:
    return getattr(one.values, "candidate_id", None)
