"""How rows become records: which of them are worth mapping, what they make, and how that differs from what is kept.

Everything here runs in the caller's transaction, under the connection's lock (`stamps.hold`); `store` is the way in.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from atsbridge.records import aside, kept, passing, shape
from atsbridge.records.digest import text
from atsbridge.records.ids import record_id
from atsbridge.records.keyed import keyed
from atsbridge.records.models import NONE, Record
from atsbridge.records.rows import Entry, Reader, anchor
from atsbridge.records.stamps import Hold
from atsbridge.records.unsaved import unsaved
from atsbridge.records.writing import Writing
from connectors.base import Resource
from connectors.mapping import WRONG, Made, Mapping, Unreadable

REPLACED = "NUL or broken characters were replaced by \ufffd"


class Glance(NamedTuple):
    """What is looked at of a record to tell whether its row is unchanged."""

    id: UUID
    digest: str
    made: str
    deleted_at: datetime | None
    read_at: datetime


class Storing:
    """The way of some rows, each but once, into the database."""

    def __init__(self, hold: Hold, reader: Reader, resource: Resource) -> None:
        self.hold, self.reader, self.resource = hold, reader, resource
        self.connection = hold.connection
        self.reads = set(hold.connection.reads)
        self.anchor = anchor(resource, self.reads)
        detailed = resource.detail.makes if resource.detail else ()
        self.mappings = {mapping.model: mapping for mapping in reversed((*resource.makes, *detailed))}
        self.writing = Writing(hold)
        self.gate = kept.Gate(hold.connection)
        self.aside = aside.ids(self.connection, resource.slug)
        self.fresh: list[Entry] = []
        self.same: list[Record] = []
        self.handled: set[UUID] = set()
        self.kept: dict[UUID, Record] = {}
        self.absent: set[UUID] = set()

    # Which rows are worth reading

    def read(self, entries: list[Entry], *, again: bool) -> None:
        """Sort out the rows that are unchanged, by a glance at what is kept of them, and map the others."""
        self.gate.look(entry.key for entry in entries)
        entries = [entry for entry in entries if self.gate.admits(self.resource, entry.key)]
        for entry in entries:
            entry.id = self._id(entry)
        known = self._glance(entry.id for entry in entries if entry.id)
        changed: list[Entry] = []
        for entry in entries:
            old = known.get(entry.id) if entry.id else None
            newer = old is not None and old.read_at > entry.started_at  # stored since this page was asked for
            if old and (newer or self._unchanged(entry, old, again)):
                entry.stored.whole &= not newer
                self._seen(entry, old)
            else:
                changed.append(entry)
        ids = {entry.id for entry in changed if entry.id}
        self.kept, self.absent = self._load(ids & known.keys()), ids - known.keys()
        mapped = [entry for entry in changed if self._map(entry, self.kept.get(entry.id) if entry.id else None)]
        self.gate.look_at(one for entry in mapped for one in entry.made)
        for entry in mapped:
            self._take(entry)

    def _unchanged(self, entry: Entry, old: Glance, again: bool) -> bool:
        return not again and not entry.opened and old.deleted_at is None and old.digest == entry.digest

    def _seen(self, entry: Entry, old: Glance) -> None:
        assert self.anchor
        assert entry.key
        also = map(tuple, json.loads(old.made)) if old.made != "[]" else ()
        self._met(entry, ((self.anchor.model.slug, entry.key), *also))
        self._readable(entry)

    def _met(self, entry: Entry, made: Iterable[tuple[str, str]]) -> None:
        self._count_for(entry)
        for model, remote_id in made:
            entry.stored.ids.append((model, remote_id))
            self.writing.count(model, "read")

    def _map(self, entry: Entry, old: Record | None) -> bool:
        """Make a row's records; a row that nobody can read is set aside."""
        if not entry.opened and old and old.detail_read_at:
            entry.details = {name: answer for name, answer in json.loads(old.remote).items() if name}
        sources = {"": entry.row, **entry.details}
        try:
            if self.anchor and not entry.key:
                raise Unreadable("The row carries no id")
            made = self.reader.connector.make(self.resource, sources, self.reader.beside)
        except WRONG as error:  # it is the row's fault, and stops nothing else
            words = str(error) if isinstance(error, Unreadable) else f"{type(error).__name__}: {error}"
            self._set_aside(entry, words, old)
            return False
        entry.made = [one for one in made if one.model.slug in self.reads]
        for one in entry.made:
            one.id = record_id(self.connection.id, one.model.slug, one.remote_id)
        return True

    def _take(self, entry: Entry) -> None:
        """Take in those of a row's records that may be stored."""
        entry.made = self.gate.passes(entry.made)
        entry.also = [[one.model.slug, one.remote_id] for one in entry.made if not self._is_anchor(entry, one)]
        self._met(entry, ((one.model.slug, one.remote_id) for one in entry.made))
        self.fresh.append(entry)
        self._readable(entry)

    def _readable(self, entry: Entry) -> None:
        if entry.key in self.aside:
            aside.taken(self.connection, self.resource.slug, entry.key)

    def _set_aside(self, entry: Entry, reason: str, old: Record | None) -> None:
        """Keep a row for people to look at. It counts as seen, with all that it made when it could still be read."""
        if self.gate.sets_aside(self.resource):
            aside.keep(self.connection, self.resource.slug, entry.key or "", entry.mark, reason, entry.text)
        self._count_for(entry)
        entry.stored.whole = False
        ids = entry.stored.ids
        ids += [(model, remote_id) for model, remote_id in json.loads(old.made)] if old else []
        for mapping in self.resource.makes:
            if entry.key and mapping.each is None and not mapping.shared:
                ids.append((mapping.model.slug, entry.key))
        self.writing.count(self.resource.models[0], "set_aside")

    # What they become

    def write(self) -> None:
        """Compare what was made with what is kept, and write what differs."""
        unfamiliar = [(entry, one) for entry in self.fresh for one in entry.made if not self._is_familiar(one)]
        self.kept |= self._load({one.id for _, one in unfamiliar} - self.kept.keys() - self.absent)
        if unfamiliar:
            self.writing.insert(self._puts(unfamiliar))
        self._replace_owned()
        self._note_reading()
        self._passed()
        self.writing.save()

    def _puts(self, made: Iterable[tuple[Entry, Made]]) -> Iterator[Record]:
        """Put what was made, and give each record that is written."""
        for entry, one in made:
            if one.id not in self.handled:  # else many rows make it, or the provider repeats itself: the first counts
                self.handled.add(one.id)
                self._put(entry, one)
                if one.id in self.writing.records:
                    yield self.writing.records[one.id]

    def _put(self, entry: Entry, one: Made) -> None:
        old = self.kept.get(one.id)
        mapping = self.mappings[one.model]
        self._count_for(entry)
        if one.warnings:
            self.writing.count(one.model.slug, "warned")
        record = self._record(entry, one, mapping, old)
        if old is None or old.deleted_at is not None or self._differs(record, old):
            self.writing.put(record, old)
        elif record.detail_read_at != old.detail_read_at:
            self.same.append(record)
        if mapping.shared:
            self.reader.familiar[one.id] = one.values

    def _is_familiar(self, one: Made) -> bool:
        return self.mappings[one.model].shared and self.reader.familiar.get(one.id) == one.values

    def _differs(self, new: Record, old: Record) -> bool:
        names = ("document", "remote", "made", "owner", "warnings", "wire", "digest")
        opened = old.detail_read_at is None and new.detail_read_at is not None
        return opened or any(getattr(new, name) != getattr(old, name) for name in names)

    def _note_reading(self) -> None:
        """A detail that says what it said before is no new version of its record: only the time of reading moves."""
        if self.same:
            Record.objects.bulk_update(self.same, ["detail_read_at", "read_at"])

    def _record(self, entry: Entry, one: Made, mapping: Mapping, old: Record | None) -> Record:
        document = shape.render(one.values)
        seen = old.first_seen_at if old else self.hold.stamp
        record = unsaved(
            Record,
            id=one.id,
            tenant_id=self.connection.tenant_id,
            connection_id=self.connection.id,
            model=one.model.slug,
            remote_id=one.remote_id,
            document=document,
            first_seen_at=seen,
            read_at=entry.started_at,
            resource=self.resource.slug,
            **shape.columns(self.connection.id, one.remote_id, one.values, seen),
        )
        if mapping.shared or mapping.each is not None:
            record.owner = self._owner(entry, mapping)
            record.remote = text({"": one.own}) if one.own else "{}"
            warnings = one.warnings
        else:
            self._carry(entry, one, record, old)
            warnings = one.warnings + [REPLACED] * entry.warned
        record.warnings = text(warnings) if warnings else "[]"
        self._stage(record, old)
        return record

    def _carry(self, entry: Entry, one: Made, record: Record, old: Record | None) -> None:
        """Give a record the raw answers that it was made from."""
        record.remote = entry.remote
        record.digest = entry.digest
        record.made = text(entry.also) if self._is_anchor(entry, one) else "[]"
        record.detail_read_at = entry.started_at if entry.opened else old.detail_read_at if old else None

    def _owner(self, entry: Entry, mapping: Mapping) -> UUID:
        return entry.id if entry.id and self._is_owned(mapping) else NONE

    def _is_owned(self, mapping: Mapping) -> bool:
        return mapping.owned or (self.resource.detail is not None and mapping in self.resource.detail.makes)

    def _stage(self, record: Record, old: Record | None) -> None:
        """Since when we see an application in its stage."""
        if record.model != "application":
            return
        if old and old.stage == record.stage:
            record.stage_since, record.stage_exact = old.stage_since, old.stage_exact
        else:
            met = old is not None or "application" in self.writing.followed
            record.stage_since, record.stage_exact = self.hold.stamp, met

    def _passed(self) -> None:
        """Announce the stages that a detail's history tells and no look has seen."""
        for entry in self.fresh:
            record = self.writing.records.get(entry.id) if entry.opened and entry.id else None
            if record and record.model == "application":
                sources = {"": entry.row, **entry.details}
                told = passing.steps(self.reader.connector, self.resource, record, sources)
                passing.announce(self.writing, record, told)

    def _replace_owned(self) -> None:
        """What a row or a detail carries whole and no longer names is gone."""
        owners = {entry.id: entry for entry in self.fresh if entry.id and self._carried(entry)}
        named = {one.id for entry in self.fresh for one in entry.made} if owners else set()
        for rows in keyed(owners, by="owner"):
            for record in rows.exclude(owner=NONE).filter(deleted_at__isnull=True):
                owner = owners[record.owner]
                if record.model in self._carried(owner) and record.id not in named:
                    self._count_for(owner)
                    self.writing.delete(record)

    def _carried(self, entry: Entry) -> set[str]:
        """The models of which a row, and the answers of its detail that were given, hold all there are."""
        opened = self.resource.detail.makes if self.resource.detail and entry.details else ()
        given = [m for m in opened if not m.detail or m.detail in entry.details]
        return {m.model.slug for m in (*self.resource.makes, *given) if m.owned or m in given}

    # Small things

    def _count_for(self, entry: Entry) -> None:
        """What is counted from now on belongs to a row's page."""
        self.writing.counts = entry.stored.counts

    def _is_anchor(self, entry: Entry, one: Made) -> bool:
        return self.anchor is not None and one.model is self.anchor.model and one.remote_id == entry.key

    def _id(self, entry: Entry) -> UUID | None:
        return record_id(self.connection.id, self.anchor.model.slug, entry.key) if self.anchor and entry.key else None

    def _glance(self, ids: Iterable[UUID]) -> dict[UUID, Glance]:
        return {row[0]: Glance(*row) for rows in keyed(ids) for row in rows.values_list(*Glance._fields)}

    def _load(self, ids: Iterable[UUID]) -> dict[UUID, Record]:
        return {row.id: row for rows in keyed(ids) for row in rows}
