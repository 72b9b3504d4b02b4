"""A run told: how far each model has come, what it waits for, and what came of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from atsbridge.dashboard.checks import plural
from atsbridge.records.listing import HEAVY
from atsbridge.records.models import Record
from atsbridge.sync.models import COUNTS, MENDED, Run, Walk
from connectors.unified import BY_SLUG

TRIGGERS = {
    "schedule": "on schedule",
    "link": "after linking",
    "command": "by a command",
    "person": "by somebody",
    "settings": "by a change of settings",
}
FIRST = ("job", "candidate")
"""The models whose first records appear under a first run."""
APPEARING = 6
TICKS = 60
"""Pages that a bar can show apart."""


@dataclass(frozen=True, slots=True)
class Told:
    """One run in words: how long it took or takes, who began it, and its counts over all models.

    warned: how many records were read without a value that nobody could read. drift: what it found out of step."""

    run: Run
    seconds: timedelta | None
    by: str
    counts: dict[str, int]
    warned: int = 0
    drift: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One model's progress. done, of: rows of its list, `of` None where the provider does not say how many."""

    label: str
    plural: str
    state: str
    done: int
    of: int | None
    pages: int
    counts: dict[str, int]
    trouble: str = ""

    @property
    def ticks(self) -> list[float]:
        """Where one page ends and the next begins, in percent of the list; none where they would touch."""
        if not 1 < self.pages <= TICKS:
            return []
        return [self.share * page / self.pages for page in range(1, self.pages)]

    @property
    def share(self) -> float:
        """How much of the list was read, in percent."""
        if self.state == "walked":
            return 100.0
        return min(100.0, 100 * self.done / self.of) if self.of else 0.0


class Progress:
    """How far a run has come."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.walks = {walk.resource: walk for walk in run.walks.exclude(state="refused")}

    @property
    def ended(self) -> bool:
        """Whether nothing of it will change any more."""
        return self.run.ended_at is not None

    def lines(self) -> list[Line]:
        """One line for each model that the run reads from a list, in the schema's order."""
        return [self._line(slug) for slug in BY_SLUG if self._walks(slug) or slug in self.run.counts]

    def troubles(self) -> list[Walk]:
        """The lists that could not be read to their end."""
        return [walk for walk in self.walks.values() if walk.error]

    def first_records(self) -> list[Record]:
        """What a first run has brought last; nothing for other runs."""
        if not self.run.first:
            return []
        found: list[Record] = []
        for model in FIRST:
            rows = Record.objects.filter(connection=self.run.connection_id, model=model, deleted_at__isnull=True)
            found += rows.order_by("-touched_at", "-id").defer("document", *HEAVY)[:APPEARING]
        return found

    def _walks(self, slug: str) -> list[Walk]:
        """The walks through the lists that make a model, the one that carries its rows first."""
        connector = self.run.connection.speaks
        home = connector.home(slug)
        makers = [each for each in connector.resources if slug in each.models]
        makers.sort(key=lambda each: each is not home)
        return [self.walks[each.slug] for each in makers if each.slug in self.walks]

    def _line(self, slug: str) -> Line:
        model, walks = BY_SLUG[slug], self._walks(slug)
        counts = {name: self.run.counts.get(slug, {}).get(name, 0) for name in COUNTS}
        if not walks:
            return Line(_label(model.plural), model.plural, "done", 0, None, 0, counts)
        first = walks[0]
        trouble = "; ".join(walk.error for walk in walks if walk.error)
        return Line(
            _label(model.plural), model.plural, self._state(walks), first.rows_read, first.total, first.pages_read,
            counts, trouble,
        )  # fmt: skip

    def _state(self, walks: list[Walk]) -> str:
        states = {walk.state for walk in walks}
        if "failed" in states:
            return "failed"
        if states == {"waiting"}:
            return "cancelled" if self.ended else "not_begun"
        if states <= {"walked", "settled"}:
            return "walked"
        if self.ended:
            return "cancelled"
        return "waiting" if self.run.waits_for else "walking"


def so_far(run: Run) -> str:
    """How far a run has come in the list that it is at: "4,200 candidates so far", "62 % of candidates"."""
    walk = next((walk for walk in run.walks.all() if walk.state == "walking"), None)
    if walk is None:
        return ""
    many = plural(BY_SLUG[run.connection.speaks.resource(walk.resource).models[0]])
    if walk.total:
        return f"{min(100, 100 * walk.rows_read // walk.total)} % of {many}"
    return f"{walk.rows_read:,} {many} so far"


def drift(run: Run) -> str:
    """What a complete run found out of step: "3 missing, 2 stale, 1 surplus", "none"; "" where it says nothing."""
    if run.kind != "complete" or run.first or run.state not in ("succeeded", "partial"):
        return ""
    total: Counter[str] = Counter()
    for found in run.drift.values():
        total.update(found)
    return ", ".join(f"{total[word]:,} {word}" for word in MENDED.values() if total[word]) or "none"


def told(run: Run) -> Told:
    """One run in words."""
    total: Counter[str] = Counter()
    for counts in run.counts.values():
        total.update(counts)
    return Told(run, _took(run), _by(run), {name: total[name] for name in COUNTS}, total["warned"], drift(run))


def _took(run: Run) -> timedelta | None:
    until: datetime = run.ended_at or timezone.now()
    return until - run.started_at if run.started_at else None


def _by(run: Run) -> str:
    return f"by {run.person}" if run.person else TRIGGERS.get(run.trigger, run.trigger)


def _label(plural: str) -> str:
    return plural.replace("_", " ").capitalize()
