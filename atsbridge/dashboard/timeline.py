"""What happened to a record, newest first: first seen, each change with before and after, and what brought it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html

from atsbridge.dashboard.columns import cell
from atsbridge.dashboard.words import EMPTY, line
from atsbridge.records.models import Change, Record
from atsbridge.records.references import Documents, References
from atsbridge.sync.models import Run
from connectors.unified import BY_SLUG

SHOWN = 50
LETTERS = 300
"""Characters of a value before or after a change that are shown."""
KINDS = {
    "created": ("plus-circle", "First seen"),
    "updated": ("pencil-square", "Changed in {}"),
    "deleted": ("minus-circle", "Deleted in {}"),
    "revived": ("arrow-uturn-left", "Came back in {}"),
}
CAUSES = {
    "detail": "when the record was opened",
    "remap": "read anew by a newer mapping",
    "unlink": "the account was unlinked",
}


@dataclass(frozen=True, slots=True)
class Altered:
    """One field before and after; None is absence."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, as `components/timeline.html` takes it."""

    icon: str
    words: str
    when: datetime
    by: str = ""
    changes: list[Altered] = field(default_factory=list)
    tone: str = ""


class Timeline:
    """The change events of one record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.changes = list(Change.objects.filter(record=record.id).order_by("-id")[:SHOWN])
        runs = {change.cause_id for change in self.changes if change.cause == "run" and change.cause_id}
        self.runs: dict[UUID | None, int] = dict(Run.objects.filter(id__in=runs).values_list("id", "number"))

    def documents(self) -> Documents:
        """The values before and after, whose references are wanted by name."""
        model = BY_SLUG[self.record.model]
        updates = [change for change in self.changes if change.kind == "updated"]
        texts = [text for change in updates for text in (change.before, change.after) if text]
        return [(self.record.connection_id, model, json.loads(text)) for text in texts]

    def entries(self, slug: str, references: References) -> list[Entry]:
        """All of it, newest first; `slug` is the tenant's."""
        found = [self._entry(slug, change, references) for change in self.changes]
        if self.record.detail_read_at:
            found.append(Entry("arrow-down-tray", "Detail read", self.record.detail_read_at))
        if len(self.changes) < SHOWN and not any(change.kind == "created" for change in self.changes):
            found.append(Entry("plus-circle", "First seen", self.record.first_seen_at, "by the first sync"))
        if self.record.emptied_at:
            found.append(Entry("archive-box-x-mark", "Values and raw answers emptied", self.record.emptied_at))
        return sorted(found, key=lambda entry: entry.when, reverse=True)

    def _entry(self, slug: str, change: Change, references: References) -> Entry:
        icon, words = KINDS.get(change.kind, ("pencil-square", change.kind))
        altered = list(self._altered(change, references)) if change.kind == "updated" and change.after else []
        return Entry(icon, words.format(self.record.connection.speaks.name), change.at, self._by(slug, change), altered)

    def _by(self, slug: str, change: Change) -> str:
        number = self.runs.get(change.cause_id)
        if change.cause == "run" and number:
            return format_html(
                'found by <a href="{}">run {}</a>', reverse("run", args=[slug, change.cause_id]), f"{number:,}"
            )
        return CAUSES.get(change.cause, "")

    def _altered(self, change: Change, references: References) -> Iterable[Altered]:
        before, after = json.loads(change.before), json.loads(change.after)
        for name, shape in BY_SLUG[change.model].fields().items():
            old, new = (self._said(name, values, references) for values in (before, after))
            if (name in before or name in after) and (old, new) != (None, None):
                yield Altered(shape.label, old, new)

    def _said(self, name: str, values: dict[str, Any], references: References) -> str | None:
        shape = BY_SLUG[self.record.model].fields()[name]
        shown = cell(self.record.connection_id, shape, values, references)
        if shown.references:
            return ", ".join(each.title for each in shown.references)
        if shown.value in EMPTY:
            return None
        words = line(shown.value)
        return words if len(words) <= LETTERS else words[:LETTERS] + " …"
