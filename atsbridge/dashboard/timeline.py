"""What happened to a record, newest first: first seen, each change with before and after, and what brought it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from atsbridge.dashboard.causes import Causes
from atsbridge.dashboard.columns import cell
from atsbridge.dashboard.words import EMPTY, field_words
from atsbridge.records import passing
from atsbridge.records.models import Change, Record
from atsbridge.records.passing import Step
from atsbridge.records.references import Documents, References
from connectors.unified import BY_SLUG

SHOWN = 50
STAGE = "current_stage_id"
LETTERS = 300
"""Characters of a value before or after a change that are shown."""
KINDS = {
    "created": ("plus-circle", "First seen"),
    "updated": ("pencil-square", "Changed in {}"),
    "deleted": ("minus-circle", "Deleted in {}"),
}
BACK = ("arrow-uturn-left", "Came back in {}")


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
    """The change events of one record, and the steps that only the provider's own history tells."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.changes = list(Change.objects.filter(record=record.id, kind__in=KINDS).order_by("-id")[:SHOWN])
        self.steps = passing.unsaid(record) if record.model == "application" and not record.emptied_at else []

    def documents(self) -> Documents:
        """The values before and after, whose references are wanted by name."""
        model = BY_SLUG[self.record.model]
        updates = [change for change in self.changes if change.kind == "updated"]
        texts = [text for change in updates for text in (change.before, change.after) if text]
        stages = [{STAGE: step.remote} for step in self.steps]
        return [(self.record.connection_id, model, values) for values in (*map(json.loads, texts), *stages)]

    def entries(self, slug: str, references: References, *, acts: bool = False) -> list[Entry]:
        """All of it, newest first; `slug` is the tenant's. acts: the reader may see actions."""
        causes = Causes(slug, self.changes, acts=acts)
        found = [self._entry(causes.by(change), change, references) for change in self.changes]
        found += [self._step(step, references) for step in self.steps]
        if self.record.detail_read_at:
            found.append(Entry("arrow-down-tray", "Detail read", self.record.detail_read_at))
        if len(self.changes) < SHOWN and not any(self._first(change) for change in self.changes):
            found.append(Entry("plus-circle", "First seen", self.record.first_seen_at, "by the first sync"))
        if self.record.emptied_at:
            found.append(Entry("archive-box-x-mark", "Values and raw answers emptied", self.record.emptied_at))
        return sorted(found, key=lambda entry: entry.when, reverse=True)

    def _step(self, step: Step, references: References) -> Entry:
        shape, name = BY_SLUG[self.record.model].fields()[STAGE], self.record.connection.speaks.name
        stage = references.of(self.record.connection_id, shape, step.remote)[0].title
        return Entry("arrow-right", f"Came to {stage} in {name}", step.when, f"told by {name}'s own history")

    def _entry(self, by: str, change: Change, references: References) -> Entry:
        back = change.kind == "created" and not self._first(change)
        icon, words = BACK if back else KINDS[change.kind]
        altered = list(self._altered(change, references)) if change.kind == "updated" and change.after else []
        return Entry(icon, words.format(self.record.connection.speaks.name), change.at, by, altered)

    def _first(self, change: Change) -> bool:
        return change.kind == "created" and change.at <= self.record.first_seen_at

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
        words = field_words(name, shown.value)
        return words if len(words) <= LETTERS else words[:LETTERS] + " …"
