"""Events of the feed as sentences: "Ada Lovelace moved from Applied to Interview – Baker, CATS, by sync 12"."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from atsbridge.connections.models import Connection
from atsbridge.dashboard.causes import Causes
from atsbridge.records import listing
from atsbridge.records.models import NONE, Change, Record
from connectors.unified import BY_SLUG

ICONS = {
    "created": "plus-circle", "updated": "pencil-square", "deleted": "minus-circle", "stage_changed": "arrow-right",
    "hired": "check-circle", "rejected": "x-circle", "listed": "list-bullet", "narrowed": "funnel",
    "finished": "arrow-path",
}  # fmt: skip
STATES_SAID = {
    "linked": "was linked",
    "active": "is active again",
    "paused": "was paused",
    "needs_relink": "needs a new key",
    "unlinking": "was unlinked",
}
ENDS = {
    "succeeded": "finished",
    "partial": "finished in part",
    "failed": "failed",
    "cancelled": "was cancelled",
}
FIELDS = 4
"""Fields of a change that are named; of more it says how many there are."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event as a timeline takes it."""

    icon: str
    words: str
    by: str
    when: datetime


class Happenings:
    """Some events told: what they name is looked up for all of them together."""

    def __init__(self, slug: str, events: Sequence[Change], connections: Iterable[Connection]) -> None:
        self.slug, self.events = slug, events
        self.connections = {each.pk: each for each in connections}
        self.causes = Causes(slug, events)
        self.alive = listing.shown(list(self.connections.values()))
        self.records = self._records({event.record for event in events} - {NONE})
        named = {key for row in self.records.values() if row.model == "application" for key in (row.candidate, row.job)}
        named |= {key for event in events for key in (event.job, event.stage, event.from_stage)}
        self.records |= self._records(named - {NONE} - self.records.keys())

    def sentences(self) -> list[Happening]:
        """All of them, in their order."""
        return [self._told(event) for event in self.events]

    def _told(self, event: Change) -> Happening:
        icon = ICONS.get(event.kind.rpartition(".")[2], "link")
        parts = [self._job(event)]
        parts += [self._connection(event)] if not event.kind.startswith("connection.") else []
        parts += [self.causes.by(event)] if event.kind != "sync.finished" else []
        tail = format_html_join(", ", "{}", ((part,) for part in parts if part))
        return Happening(icon, self._words(event), tail, event.at)

    def _words(self, event: Change) -> str:
        kind, _, word = event.kind.partition(".")
        if kind == "connection":
            reason = _values(event.after).get("reason")
            said = format_html("{} {}", self._connection(event), STATES_SAID.get(word, word))
            return format_html("{}: {}", said, reason) if reason else said
        if event.kind == "sync.finished":
            return self._finished(event)
        if word == "listed":
            model, count = BY_SLUG[event.model], _values(event.after).get("count", 0)
            return format_html("Read for the first time: {} {}", f"{count:,}", model.plural.replace("_", " "))
        if word == "narrowed":
            model, count = BY_SLUG[event.model], _values(event.after).get("count", 0)
            return format_html("Only ours are read: {} {} are left", f"{count:,}", model.plural.replace("_", " "))
        return format_html("{} {}", self._who(event), self._did(event))

    def _finished(self, event: Change) -> str:
        values = _values(event.after)
        counts = list((values.get("counts") or {}).values())
        said = [f"{total:,} {name}" for name in ("created", "changed", "deleted") if (total := _total(counts, name))]
        address, ended = reverse("run", args=[self.slug, event.cause_id]), ENDS.get(values.get("state", ""), "ended")
        words = f"{ended}: {', '.join(said)}" if said else ended
        return format_html('<a href="{}">Sync {}</a> {}', address, f"{values.get('run', 0):,}", words)

    def _did(self, event: Change) -> str:
        one = self.connections.get(event.connection_id)
        name = one.speaks.name if one else "the ATS"
        match event.kind:
            case "created":
                return "applied" if event.model == "application" else f"appeared in {name}"
            case "deleted":
                return "is no longer in the pipeline" if event.model == "application" else f"was deleted in {name}"
            case "stage_changed":
                return self._moved(event)
            case "hired":
                return "was hired"
            case "rejected":
                return "was declined"
        return _changed(event)

    def _moved(self, event: Change) -> str:
        before, after = self._stage(event.from_stage), self._stage(event.stage)
        if _values(event.after).get("passed"):
            return format_html("passed through <bdi>{}</bdi>", after)
        if event.from_stage == NONE:
            return format_html("moved to <bdi>{}</bdi>", after)
        return format_html("moved from <bdi>{}</bdi> to <bdi>{}</bdi>", before, after)

    def _who(self, event: Change) -> str:
        """The person or job that it is about, with a link to the event's record."""
        row = self.records.get(event.record)
        person = self.records.get(row.candidate) if row and event.model == "application" else row
        words = _called(person, "candidate" if event.model == "application" else event.model, event.remote_id)
        address = reverse("record", args=[self.slug, BY_SLUG[event.model].plural, event.record])
        return format_html('<a href="{}"><b><bdi>{}</bdi></b></a>', address, words) if row else format_html("{}", words)

    def _records(self, ids: Iterable[UUID]) -> dict[UUID, Record]:
        """Records by id, without those of accounts that are being unlinked: no list shows them either."""
        rows = Record.objects.filter(id__in=list(ids) or [NONE], connection__in=self.alive)
        return {row.id: row for row in rows.only("id", "model", "remote_id", "title", "candidate", "job")}

    def _job(self, event: Change) -> str:
        job = self.records.get(event.job)
        return format_html("<bdi>{}</bdi>", job.title) if job and job.title and event.model == "application" else ""

    def _connection(self, event: Change) -> str:
        one = self.connections.get(event.connection_id)
        if one is None:
            return ""
        address = reverse("connection", args=[self.slug, one.pk])
        return format_html('<a href="{}" dir="auto">{}</a>', address, one.label)

    def _stage(self, key: UUID) -> str:
        row = self.records.get(key)
        return row.title if row and row.title else "a stage not read yet" if key != NONE else "no stage"


def _changed(event: Change) -> str:
    if not event.after:
        return "changed"
    fields, names = BY_SLUG[event.model].fields(), _values(event.after)
    labels = [fields[name].label.lower() for name in names if name in fields]
    shown = ", ".join(labels[:FIELDS])
    more = f" and {len(labels) - FIELDS} more" if len(labels) > FIELDS else ""
    return f"changed: {shown}{more}" if labels else "changed"


def _called(row: Record | None, model: str, remote_id: str) -> str:
    label = BY_SLUG[model].label
    if row is None:
        return f"{label} {remote_id}"
    return row.title or f"{label} {row.remote_id}"


def _values(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _total(counts: Iterable[dict[str, int]], name: str) -> int:
    return sum(some.get(name, 0) for some in counts)
