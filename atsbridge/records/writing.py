"""Writing records: one upsert for a page, their events, the related records that are touched, the totals."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from uuid import UUID

from django.db.models import Case, F, Q, When

from atsbridge.records import history
from atsbridge.records.copying import insert
from atsbridge.records.keyed import keyed
from atsbridge.records.models import NONE, Change, Record, Total
from atsbridge.records.stamps import Hold

KEPT = {"id", "tenant", "connection", "model", "remote_id", "first_seen_at"}
UPDATED = [field.name for field in Record._meta.concrete_fields if field.name not in KEPT]


class Writing:
    """What one transaction writes about one connection's records."""

    def __init__(self, hold: Hold) -> None:
        self.hold = hold
        self.records: dict[UUID, Record] = {}
        self.new: set[UUID] = set()
        self.events: list[Change] = []
        self.touched: set[UUID] = set()
        self.renamed: set[UUID] = set()
        self.totals: Counter[str] = Counter()
        self.counts: dict[str, dict[str, int]] = {}

    def count(self, model: str, what: str, by: int = 1) -> None:
        """Count what a page did, whose `counts` stand here: read, created, changed, deleted, set_aside, warned."""
        mine = self.counts.setdefault(model, {})
        mine[what] = mine.get(what, 0) + by

    def put(self, record: Record, old: Record | None) -> None:
        """Write a record that came back, or differs in its values or its raw answer, or that is new and `insert`ed."""
        record.changed_at = record.touched_at = self.hold.stamp
        self.records[record.id] = record
        if old is None:
            self.new.add(record.id)
        if old is None or old.deleted_at is not None:
            self._arrived(record, old)
        elif old.document != record.document:
            self.events += history.updated(self.hold, record, old)
            self.count(record.model, "changed")
        else:
            return
        self._touch(record, old)

    def _arrived(self, record: Record, old: Record | None) -> None:
        self.totals[record.model] += 1
        self.count(record.model, "created" if old is None else "changed")
        if old is not None or record.model in self.followed or self.hold.connection.announce_each:
            self.events.append(history.event(self.hold, record, "created", "{}", record.document))

    @cached_property
    def followed(self) -> frozenset[str]:
        """The models that readers follow by now, so that each new record of them is an event."""
        return history.followed(self.hold.connection)

    def delete(self, record: Record) -> None:
        """Mark a record deleted; what hangs on it goes with it."""
        record.deleted_at = record.changed_at = record.touched_at = self.hold.stamp
        self.records[record.id] = record
        self.events.append(history.event(self.hold, record, "deleted"))
        self.totals[record.model] -= 1
        self.count(record.model, "deleted")
        self._touch(record, None)

    def _touch(self, record: Record, old: Record | None) -> None:
        if record.model == "application":
            self.touched |= {record.candidate, old.candidate if old else NONE} - {NONE}
        elif record.model == "candidate":
            self.renamed.add(record.id)
        elif record.model == "job_stage" and (old is None or old.deleted_at or record.deleted_at):
            self.touched.add(record.job)

    def insert(self, records: Iterator[Record]) -> None:
        """Insert the new ones of some records that are put while this goes through them."""
        _ = self.followed  # asked before rows flow: the database answers nothing until they are in
        insert(Record, (record for record in records if record.id in self.new))

    def save(self) -> None:
        """Write the rest: changed rows, touches, totals, events. Nothing is written where nothing changed."""
        if not self.records:
            return
        changed = [self.records[key] for key in self.records if key not in self.new]
        if changed:
            Record.objects.bulk_create(
                changed, update_conflicts=True, unique_fields=["id"], update_fields=UPDATED, batch_size=500
            )
        self._save_touches()
        self._save_totals()
        history.save(self.events)

    def _save_touches(self) -> None:
        stale = Q(touched_at__lt=self.hold.stamp)
        for rows in keyed(self.touched - self.records.keys()):
            rows.filter(stale).update(touched_at=self.hold.stamp)
        for rows in keyed(self.renamed, by="candidate"):
            rows.filter(stale, model="application").update(touched_at=self.hold.stamp)

    def _save_totals(self) -> None:
        add_totals(self.hold, {model: change for model, change in self.totals.items() if change})


def add_totals(hold: Hold, changes: Mapping[str, int]) -> None:
    """Keep the counts of a connection's live records, by model."""
    if not changes:
        return
    change = Case(*(When(model=model, then=by) for model, by in changes.items()))
    mine = Total.objects.filter(connection=hold.connection, model__in=changes)
    if mine.update(count=F("count") + change) < len(changes):
        known = set(mine.values_list("model", flat=True))
        Total.objects.bulk_create(
            Total(tenant_id=hold.connection.tenant_id, connection=hold.connection, model=model, count=by)
            for model, by in changes.items()
            if model not in known
        )
